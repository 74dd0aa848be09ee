"""How often who may press which door: one table, counted in Redis.

Redis counts under keyed digests, which name nobody and cannot be turned back into an address. The
tenant or tool whose door it is goes into the digest: one business's flood is not another's. With
Redis away nothing is limited (``foundation.cache``): doors stay open rather than shut for all.

``foundation.requests.LimitPresses`` obeys the table for each address of the product; a few doors
are counted by the code behind them (``BY_HAND``). allauth's own limits are off: their keys would
show the addresses, and let a stranger keep somebody out by failing in their name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from chatbo.foundation.cache import counters
from chatbo.foundation.encryption import blind_index
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store

declare_store(
    Medium.CACHE,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"address": Category.NETWORK, "account": Category.SECURITY},
        end="With the limit's time, after 30 days at the latest.",
        export="In none: counted under keyed digests, which lead to nobody.",
    ),
)

MINUTE, HOUR, DAY = 60, 3600, 86_400
REMEMBERED = 30 * DAY


class Per(StrEnum):
    ADDRESS = "address"
    """An address of the network, as ``network.client_network`` gives it."""

    ACCOUNT = "account"
    """Whoever is logged in, is about to be, or is named in the form."""

    ACCOUNT_AT_ADDRESS = "account at address"

    ACCOUNT_ELSEWHERE = "account elsewhere"
    """An account, from addresses that have not got in through this door in the last 30 days: who
    fails everywhere in somebody's name does not shut the door at that person's own place."""


@dataclass(frozen=True)
class Limit:
    most: int
    seconds: int
    per: Per
    failures: bool = False
    """Only what the door refuses counts."""


@dataclass(frozen=True)
class Presser:
    """Who presses. What is not known is empty; limits on an account then do not apply."""

    address: str = ""
    account: str = ""
    place: str = ""
    """The tenant or the tool whose door it is."""


STRANGERS = "strangers"
MEMBERS = "members"
NEWCOMERS = "newcomers to a web chat"
MAILBOX = "mailbox of a sign-up"
FORGED = "forged webhooks"
GROWTH = "proofs that the ledger only grew"
CODES = "codes of erasures that nobody has"
CERTIFICATES = "certificates on paper"
MY_DATA = "links to a person's data that nobody has"
BY_HAND = {NEWCOMERS, MAILBOX, FORGED, GROWTH, CODES, CERTIFICATES, MY_DATA}

PASSWORD = (
    Limit(30, 5 * MINUTE, Per.ADDRESS, failures=True),
    Limit(6, 5 * MINUTE, Per.ACCOUNT_AT_ADDRESS, failures=True),
    Limit(20, 10 * MINUTE, Per.ACCOUNT_ELSEWHERE, failures=True),
)
ONE_TIME_CODE = (
    Limit(30, 5 * MINUTE, Per.ADDRESS, failures=True),
    Limit(6, 5 * MINUTE, Per.ACCOUNT, failures=True),
    Limit(50, DAY, Per.ACCOUNT_ELSEWHERE, failures=True),
)
OWN_ACCOUNT = (Limit(20, 10 * MINUTE, Per.ACCOUNT),)
MAILS_SOMEBODY = (Limit(20, HOUR, Per.ACCOUNT),)
SIGNED: tuple[Limit, ...] = ()
"""A platform's: whatever bears its signature comes in. Forgeries are counted, under ``FORGED``."""

LIMITS: dict[str, tuple[Limit, ...]] = {
    # What holds at every door that a POST can reach, but for the signed ones.
    STRANGERS: (Limit(300, 5 * MINUTE, Per.ADDRESS),),
    MEMBERS: (Limit(300, 5 * MINUTE, Per.ACCOUNT),),
    # Log-in
    "account_login": PASSWORD,
    "account_reauthenticate": PASSWORD,
    "account_confirm_login_code": ONE_TIME_CODE,
    "mfa_authenticate": ONE_TIME_CODE,
    "mfa_reauthenticate": ONE_TIME_CODE,
    "account_reauthenticate_code": ONE_TIME_CODE,
    "account_send_code": (Limit(5, 10 * MINUTE, Per.ACCOUNT),),
    "account_email_verification_sent": ONE_TIME_CODE,
    "mfa_login_webauthn": (Limit(30, 5 * MINUTE, Per.ADDRESS, failures=True),),
    "mfa_reauthenticate_webauthn": OWN_ACCOUNT,
    "mfa_add_webauthn": OWN_ACCOUNT,
    "mfa_edit_webauthn": OWN_ACCOUNT,
    "mfa_remove_webauthn": OWN_ACCOUNT,
    "mfa_activate_totp": OWN_ACCOUNT,
    "mfa_deactivate_totp": OWN_ACCOUNT,
    "mfa_generate_recovery_codes": OWN_ACCOUNT,
    "account_change_password": OWN_ACCOUNT,
    "account_set_password": OWN_ACCOUNT,
    "account_email": MAILS_SOMEBODY,
    "account_reset_password": (
        Limit(20, 10 * MINUTE, Per.ADDRESS),
        Limit(4, HOUR, Per.ACCOUNT),
    ),
    "account_reset_password_from_key": (Limit(20, 10 * MINUTE, Per.ADDRESS),),
    "usersessions_list": OWN_ACCOUNT,
    "usersessions_end": OWN_ACCOUNT,
    "account_end": OWN_ACCOUNT,
    # Sign-up
    "signup:start": (Limit(40, HOUR, Per.ADDRESS),),
    "signup:confirm": (Limit(40, HOUR, Per.ADDRESS),),
    "facebook_login": (Limit(40, HOUR, Per.ADDRESS),),
    "facebook_address": (Limit(40, HOUR, Per.ADDRESS),),
    MAILBOX: (Limit(4, HOUR, Per.ACCOUNT),),
    # Invitations; how many a business may send stands in ``tenants.accounts.invitations``.
    "accounts:invite": MAILS_SOMEBODY,
    "accounts:resend_invitation": MAILS_SOMEBODY,
    "platform:resend_invitation": MAILS_SOMEBODY,
    "invitation": (Limit(30, 10 * MINUTE, Per.ADDRESS), *OWN_ACCOUNT),
    # Each keeps a worker busy, or mails all members.
    "leaving:ask": MAILS_SOMEBODY,
    "leaving:cancel": MAILS_SOMEBODY,
    "leaving:renew": MAILS_SOMEBODY,
    # Each keeps a worker busy, and mails whoever asked.
    "ledger:prepare": MAILS_SOMEBODY,
    "ledger:retry_prepared": MAILS_SOMEBODY,
    # Each asks a system elsewhere.
    "erasure:test_recipient": OWN_ACCOUNT,
    "erasure:retry_notices": OWN_ACCOUNT,
    "rights:copies": OWN_ACCOUNT,  # Each keeps a worker busy.
    # For everybody
    "site:verify": (Limit(30, 10 * MINUTE, Per.ADDRESS),),
    GROWTH: (Limit(60, 10 * MINUTE, Per.ADDRESS),),  # Each reads the tree.
    CODES: (Limit(30, 10 * MINUTE, Per.ADDRESS, failures=True),),
    CERTIFICATES: (Limit(20, 10 * MINUTE, Per.ADDRESS),),  # Each is set, and sealed.
    MY_DATA: (Limit(30, 10 * MINUTE, Per.ADDRESS, failures=True),),
    "receipt:withdraw": (Limit(30, 10 * MINUTE, Per.ADDRESS),),
    "tool:consent": (Limit(60, 10 * MINUTE, Per.ADDRESS),),  # A school's, perhaps; no flood.
    "webchat:chat": (Limit(200, 10 * MINUTE, Per.ADDRESS),),
    NEWCOMERS: (Limit(60, 10 * MINUTE, Per.ADDRESS),),
    # The platforms
    "conversation:meta": SIGNED,
    "conversation:data_deletion": SIGNED,
    "conversation:deauthorize": SIGNED,
    "conversation:telegram": SIGNED,
    FORGED: (Limit(60, 10 * MINUTE, Per.ADDRESS),),
}


def press(door: str, presser: Presser) -> int:
    """Count one press, and say in how many seconds the next one makes sense: 0, if this one may."""
    keys = _keys(door, presser)
    if not keys:
        return 0
    counts, is_known = counters().count_up(
        {key: limit.seconds for key, limit in keys.items()}, known=_known(door, presser)
    )
    return max(
        (
            left
            for limit, (times, left) in zip(keys.values(), counts, strict=False)
            if times > limit.most and not (is_known and limit.per == Per.ACCOUNT_ELSEWHERE)
        ),
        default=0,
    )


def succeed(door: str, presser: Presser) -> None:
    """Give back what counts failures only, and know this account at this address from now on."""
    keys = _keys(door, presser)
    if taken := [key for key, limit in keys.items() if limit.failures]:
        counters().give_back(taken)
    if any(limit.per == Per.ACCOUNT_ELSEWHERE for limit in keys.values()):
        counters().set(_known(door, presser), 1, REMEMBERED)


def _keys(door: str, presser: Presser) -> Mapping[str, Limit]:
    keys = {}
    for limit in LIMITS.get(door, ()):
        value = _value(limit.per, presser)
        if value is not None:
            keys[_key(f"{door} {limit.per} {limit.seconds}", presser.place, value)] = limit
    return keys


def _value(per: Per, presser: Presser) -> str | None:
    """What is counted; nothing, where the limit does not apply."""
    if per == Per.ADDRESS:
        return presser.address
    if not presser.account:
        return None
    at = f" {presser.address}" if per == Per.ACCOUNT_AT_ADDRESS else ""
    return presser.account + at


def _known(door: str, presser: Presser) -> str:
    return _key(f"{door} known", presser.place, f"{presser.account} {presser.address}")


def _key(*parts: str) -> str:
    return f"limit:{blind_index(chr(10).join(parts), purpose='limit')}"


def count(purpose: str, value: str, *, seconds: int) -> int:
    """How often this value has come, this time included, since a window of ``seconds`` began.

    For what an address of the product is too coarse for. Where a flood is to be answered with
    429, a line in ``LIMITS`` does it.
    """
    counts, _ = counters().count_up({_key(purpose, value): seconds}, known="")
    return counts[0][0] if counts else 0
