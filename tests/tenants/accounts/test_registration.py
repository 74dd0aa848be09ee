"""Making a business: its address, its owner, and nothing without the other."""

from typing import Any

import pytest
from django.db import DataError

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import directory, tenant_scope, user_scope
from tenants.accounts.models import Membership, User
from tenants.accounts.registration import found_tenant


@pytest.fixture
def founder(db: None) -> User:
    return User.objects.create_user(" Founder@Bakery.Example ", name="Founder")


def test_the_founder_owns_it_and_nobody_else(founder: User, cafe: Any) -> None:
    tenant = found_tenant(founder, company="Bäckerei Öhl")

    with tenant_scope(tenant.pk):
        (membership,) = Membership.objects.all()
        entry = AuditEntry.objects.get(action="tenant.founded")
    assert (membership.user, membership.role) == (founder, Membership.Role.OWNER)
    assert entry.actor_id == founder.pk
    with user_scope(cafe.owner.pk):
        assert not Membership.objects.filter(tenant_id=tenant.pk).exists()


@pytest.mark.parametrize(
    ("company", "slug"),
    [
        ("Bäckerei Öhl & Söhne", "baeckerei-oehl-soehne"),
        ("  Gießerei Groß ", "giesserei-gross"),
        ("寿司", "business"),
        ("x" * 160, "x" * 50),
    ],
)
def test_its_address_is_its_name(founder: User, company: str, slug: str) -> None:
    tenant = found_tenant(founder, company=company)

    found = directory.find("slug", tenant.slug)
    assert tenant.slug == slug
    assert found is not None
    assert found.tenant_id == tenant.pk


def test_a_namesake_gets_an_address_of_its_own(cafe: Any, founder: User) -> None:
    namesake = found_tenant(founder, company=cafe.tenant.company)

    assert namesake.slug.startswith(f"{cafe.tenant.slug}-")
    entry = directory.find("slug", cafe.tenant.slug)
    assert entry is not None
    assert entry.tenant_id == cafe.tenant.pk


def test_a_founding_that_fails_leaves_no_address_behind(founder: User) -> None:
    with pytest.raises(DataError):
        found_tenant(founder, company="Bakery " * 30)

    assert directory.find("slug", ("bakery-" * 30)[:50].strip("-")) is None
    assert found_tenant(founder, company="Bakery " * 20).slug == ("bakery-" * 30)[:50].strip("-")


def test_addresses_of_mail_are_compared_in_lower_case(founder: User) -> None:
    assert founder.email == "founder@bakery.example"
    assert User.objects.get_by_natural_key("FOUNDER@bakery.example ") == founder
