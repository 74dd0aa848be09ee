"""Contracts at every stage, made by the use cases."""

from collections.abc import Callable
from typing import Any

import pytest

from chatbo.foundation.isolation import platform_scope
from dpa.contracts.company import CompanyData
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from dpa.contracts.signing import countersign_contract, sign_contract
from tenants.accounts.models import PlatformRole, User

DATA = CompanyData(
    company="Café Morgenrot GmbH",
    legal_form="gmbh",
    street="Rosenweg 4",
    postal_code="04109",
    city="Leipzig",
    register_number="Amtsgericht Leipzig, HRB 12345",
    representative="Maria Beispiel",
    representative_function="Geschäftsführerin",
    contact_email="owner@cafe-morgenrot.example",
)


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_user(
        "admin@chatbo.example",
        password="correct-horse-battery",
        name="Alex Admin",
        platform_role=PlatformRole.ADMIN,
        language="en",
    )


@pytest.fixture
def drafted(cafe: Any) -> Contract:
    with cafe.scope():
        return draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")


def sign(contract: Contract, owner: User, **changes: Any) -> Contract:
    facts: dict[str, Any] = {
        "signatory": owner,
        "name": "Maria Beispiel",
        "function": "Geschäftsführerin",
        "read_sha256": contract.draft_sha256,
        "authority_confirmed": True,
        "network": "203.0.113.77",
    }
    return sign_contract(contract, **{**facts, **changes})


@pytest.fixture
def signed(drafted: Contract, cafe: Any) -> Contract:
    with cafe.scope():
        return sign(drafted, cafe.owner)


@pytest.fixture
def countersigned(signed: Contract, admin: User, queue: list[Any]) -> Contract:
    with platform_scope("test"):
        return countersign_contract(signed, admin=admin)


@pytest.fixture
def logged_in(client: Any) -> Callable[[User], Any]:
    def log_in(user: User) -> Any:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in
