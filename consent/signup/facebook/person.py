"""Who came back from Facebook, kept in that person's own browser until the account is opened."""

import dataclasses
import hmac
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from chatbo.foundation.cookies import safe_name
from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from consent.signup.application import LINK_LIVES, Application

declare_store(
    Medium.COOKIE,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"uid": Category.IDENTIFIER, "name": Category.CONTACT},
        end="With the confirmation link, in the person's own browser.",
        export="accounts_elsewhere",
    ),
)

COOKIE = "facebook-person"
PATH = "/accounts/confirm/"


@dataclasses.dataclass(frozen=True)
class FacebookPerson:
    uid: str
    name: str
    key: str
    """Random; the confirmation link carries it too. Facebook may only log in to the account
    whose link is opened in the browser that came back from Facebook: else somebody could send
    a stranger's address a link that opens an account with a foreign key to it."""


def remember(response: HttpResponse, person: FacebookPerson) -> None:
    """Hand the person their own encrypted data as a cookie, for as long as the link lives.

    Strictly necessary for what they asked for (sec. 25(2) no. 2 TDDDG), and after their consent
    to it; the server keeps nothing.
    """
    response.set_cookie(
        safe_name(COOKIE),
        seal_token(dataclasses.asdict(person), purpose="signup-facebook"),
        max_age=LINK_LIVES,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def recall(request: HttpRequest, application: Application) -> FacebookPerson | None:
    """The person this application belongs to, if this is the browser it was begun in."""
    if not application.facebook:
        return None
    try:
        data = open_token(
            request.COOKIES.get(safe_name(COOKIE), ""),
            purpose="signup-facebook",
            max_age=LINK_LIVES + timedelta(minutes=1),
        )
    except InvalidTokenError:
        return None
    person = FacebookPerson(**data)
    return person if hmac.compare_digest(person.key, application.facebook) else None


def forget(response: HttpResponse) -> None:
    response.delete_cookie(safe_name(COOKIE), path=PATH, samesite="Lax")
