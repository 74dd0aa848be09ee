"""What can stand in the way of inviting, joining and leaving. The edges have the sentences."""


class AccountsError(Exception):
    """Base of this room's errors."""


class AlreadyMemberError(AccountsError):
    """The address belongs to somebody who is a member already."""


class LastOwnerError(AccountsError):
    """A business without an owner would be nobody's: hand it over first."""


class NotEntitledError(AccountsError):
    """Only an owner may do this, or not to this person."""


class InvitationError(AccountsError):
    """The invitation cannot be accepted: unknown, used, withdrawn or expired."""


class LockedError(AccountsError):
    """ChatBo has locked the business: nobody joins it now."""


class GoneError(AccountsError):
    """The membership has ended meanwhile."""


class AnotherAddressError(AccountsError):
    """The invitation is for another mail address than the account's."""


class AddressTakenError(AccountsError):
    """There is an account with this address already: log in and accept there."""


class TooManyInvitationsError(AccountsError):
    """So many invitations in an hour are no business's."""


class NoSecondFactorError(AccountsError):
    """Whoever demands a second factor of others needs one too."""


class ReasonMissingError(AccountsError):
    """Nobody is locked out without being told why."""


class OwnRoleError(AccountsError):
    """Nobody changes what they themselves are at ChatBo."""
