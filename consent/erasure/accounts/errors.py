"""What ending one's own account can run into."""

from collections.abc import Sequence

from tenants.accounts.models import Tenant


class AccountEndingError(Exception):
    """Base of the errors around the end of an account."""


class StillOwnerError(AccountEndingError):
    """The last owner of businesses, which would be left to nobody."""

    def __init__(self, tenants: Sequence[Tenant]) -> None:
        super().__init__()
        self.tenants = tenants


class LastAdminError(AccountEndingError):
    """ChatBo's last administrator: nobody could let anybody in any more."""


class NotMineAnyMoreError(AccountEndingError):
    """The lease has run out and somebody else is at it, or it is done."""
