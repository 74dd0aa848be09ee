"""Somebody at a browser: a client that is logged in."""

import time
from typing import Any

from allauth.account.internal.flows import login
from django.test import Client

from tenants.accounts.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

_force_login = Client.force_login


def force_login(client: Client, user: Any, backend: str | None = BACKEND) -> None:
    """Django's ``Client.force_login``, as if the password had been given just now."""
    _force_login(client, user, backend)
    authenticated(client, user, seconds_ago=0)


def visitor(user: User, *, seconds_ago: float = 0, language: str = "en") -> Client:
    """``seconds_ago``: since the password was given; long ago, and it will be asked for again."""
    client = Client(headers={"accept-language": language})
    _force_login(client, user, BACKEND)
    authenticated(client, user, seconds_ago=seconds_ago)
    return client


def authenticated(client: Client, user: Any, *, seconds_ago: float) -> None:
    """Note in the session what allauth notes after a password."""
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time() - seconds_ago, "reauthenticated": True}
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
