"""The two who matter to texts: the lawyer who decides and the admin who may not."""

import pytest

from tenants.accounts.models import PlatformRole, User


@pytest.fixture
def lawyer(db: None) -> User:
    return User.objects.get(email="lawyer@chatbo.example")


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
