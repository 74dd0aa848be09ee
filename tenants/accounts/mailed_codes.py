"""Codes by mail, for who has neither a password nor a second factor: signed up with Facebook.

A session holds one code at a time, as a keyed digest that is of use to its user only. A new code
replaces the old one, a right one is used up, and so is one after five wrong tries.
"""

import time
from collections.abc import MutableMapping
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from chatbo.foundation.encryption import blind_index
from chatbo.foundation.isolation.ids import new_code
from chatbo.foundation.mail.outbox import queue_mail
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from tenants.accounts.models import User

declare_store(
    Medium.SESSION,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"digest": Category.SECURITY},
        end="Once used, or with the session.",
        export="In none: a keyed digest that opens something.",
    ),
)

Session = MutableMapping[str, Any]

LIFETIME = 600
TRIES = 5
LETTERS = 8
"""Of 30: 39 bits, for five guesses."""

_SESSION_KEY = "mailed_code"


class NoMailboxError(Exception):
    """No address of the account is confirmed, so no mail proves anything."""


class NoCodeError(Exception):
    """None was asked for, or it is used up or too old."""


class WrongCodeError(Exception):
    """``left`` says how many tries there still are."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


def mail_code(user: User, session: Session) -> None:
    """Mail a new code to the user's confirmed address. Raises ``NoMailboxError``."""
    mailbox = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary").first()
    if mailbox is None:
        raise NoMailboxError
    code = new_code(LETTERS)
    session[_SESSION_KEY] = {"digest": _digest(user, code), "at": time.time(), "left": TRIES}
    queue_mail(
        to=mailbox.email,
        template="account/email/mailed_code",
        context={
            "code": f"{code[:4]}-{code[4:]}",
            "minutes": LIFETIME // 60,
            "devices_url": settings.BASE_URL + reverse("usersessions_list"),
        },
        language=user.language,
    )


def is_code_out(session: Session) -> bool:
    """Whether a code was mailed that may still be typed."""
    waiting = session.get(_SESSION_KEY)
    return waiting is not None and 0 <= time.time() - waiting["at"] < LIFETIME


def use_code(user: User, session: Session, *, typed: str) -> None:
    """Accept a code once. Capitals, blanks and hyphens do not matter.

    Raises ``WrongCodeError``, and ``NoCodeError`` where there is none to compare with.
    """
    if not is_code_out(session):
        session.pop(_SESSION_KEY, None)
        raise NoCodeError
    waiting = session.pop(_SESSION_KEY)
    plain = "".join(letter for letter in typed.lower() if letter.isalnum())
    if constant_time_compare(waiting["digest"], _digest(user, plain)):
        return
    waiting["left"] -= 1
    if waiting["left"] < 1:
        raise NoCodeError
    session[_SESSION_KEY] = waiting
    raise WrongCodeError(waiting["left"])


def _digest(user: User, code: str) -> str:
    return blind_index(f"{user.pk}:{code}", purpose="mailed-code")
