"""What a business says about itself."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from tenants.accounts.company import change_company
from tenants.accounts.models import Tenant
from tenants.accounts.plausibility import COUNTRIES, is_postal_code, is_vat_id

GOOD = {
    "company": "Café Morgenrot",
    "legal_form": "gmbh",
    "street": "Marktplatz 1",
    "postal_code": "50667",
    "city": "Köln",
    "country": "DE",
    "vat_id": "de 123 456 788",
    "contact_email": "post@cafe-morgenrot.example",
    "imprint_url": "https://cafe-morgenrot.example/impressum",
}


@pytest.fixture
def owner(cafe: Any, client: Client) -> Client:
    client.force_login(cafe.owner)
    return client


def settings_of(business: Any) -> str:
    return f"/app/{business.tenant.slug}/settings/"


def test_the_owner_changes_the_facts(cafe: Any, owner: Client) -> None:
    assert owner.post(settings_of(cafe), GOOD).status_code == 302
    with cafe.scope():
        tenant = Tenant.objects.get()
        entry = AuditEntry.objects.get(action="tenant.changed")
    assert tenant.address == "Marktplatz 1, 50667 Köln"
    assert tenant.vat_id == "DE123456788"
    assert "street" in entry.details["facts"]
    assert "Marktplatz" not in str(entry.details)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("company", ""),
        ("postal_code", "1010"),
        ("vat_id", "DE123456789"),
        ("vat_id", "ATU12345678"),
        ("imprint_url", "http://cafe-morgenrot.example/"),
        ("privacy_url", "ftp://cafe-morgenrot.example/"),
        ("contact_email", "post"),
        ("country", "XX"),
    ],
)
def test_what_cannot_be_true_is_refused_at_its_field(
    cafe: Any, owner: Client, name: str, value: str
) -> None:
    answer = owner.post(settings_of(cafe), {**GOOD, name: value})
    assert answer.status_code == 422
    assert f'id="id_{name}_error"' in answer.content.decode()
    with cafe.scope():
        assert Tenant.objects.get().street == ""


def test_the_rules_hold_without_a_form_too(cafe: Any) -> None:
    with cafe.scope(), pytest.raises(ValidationError) as refusal:
        change_company(cafe.tenant, facts={"vat_id": "DE1", "imprint_url": "http://x.example"})
    assert set(refusal.value.message_dict) == {"vat_id", "imprint_url"}


def test_nothing_changed_is_nothing_recorded(cafe: Any) -> None:
    with cafe.scope():
        change_company(cafe.tenant, facts={"company": cafe.tenant.company})
        assert not AuditEntry.objects.filter(action="tenant.changed").exists()


def test_a_neighbour_finds_no_such_page(cafe: Any, dentist: Any, client: Client) -> None:
    client.force_login(dentist.owner)
    assert client.get(settings_of(cafe)).status_code == 404
    assert client.post(settings_of(cafe), GOOD).status_code == 404


@pytest.mark.parametrize(
    ("country", "code", "is_one"),
    [
        ("DE", "01067", True),
        ("DE", "1067", False),
        ("AT", "1010", True),
        ("LI", "9490", True),
        ("NL", "1012 ab", True),
        ("PL", "00-001", True),
        ("XX", "00001", False),
    ],
)
def test_postal_codes(country: str, code: str, is_one: bool) -> None:
    assert is_postal_code(code, country=country) is is_one


@pytest.mark.parametrize(
    ("country", "vat_id", "is_one"),
    [
        ("DE", "DE123456788", True),
        ("DE", "DE123456780", False),
        ("AT", "ATU12345678", True),
        ("CH", "CHE123456789MWST", True),
        ("XX", "XX1", False),
    ],
)
def test_vat_ids(country: str, vat_id: str, is_one: bool) -> None:
    assert is_vat_id(vat_id, country=country) is is_one


def test_every_country_has_all_it_needs() -> None:
    for code, country in COUNTRIES.items():
        assert len(code) == 2
        assert country.name
