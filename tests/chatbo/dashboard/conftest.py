"""People who come to the pages: a browser each, logged in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenants.accounts.models import PlatformRole, User

Visitor = Callable[[User], Client]


@pytest.fixture
def visitor() -> Visitor:
    def log_in(user: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in


def colleague(name: str, role: PlatformRole) -> User:
    return User.objects.create_user(
        f"{name}@chatbo.example", name=name.title(), platform_role=role, language="en"
    )


@pytest.fixture
def admin(db: None) -> User:
    return colleague("admin", PlatformRole.ADMIN)


@pytest.fixture
def second_lawyer(db: None) -> User:
    return colleague("second-lawyer", PlatformRole.LAWYER)


@pytest.fixture
def lawyer(db: None) -> User:
    return User.objects.get(email="lawyer@chatbo.example")
