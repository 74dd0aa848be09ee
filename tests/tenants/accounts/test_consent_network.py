"""Choosing how much of a visitor's network address the records of consent keep."""

import re
from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from tenants.accounts.consent_network import choose_consent_network
from tenants.accounts.models import Membership, Tenant
from tests.conftest import Business

Network = Tenant.ConsentNetwork

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(cafe: Business, client: Client) -> Client:
    client.force_login(cafe.owner)
    return client


def settings_of(business: Business) -> str:
    return f"/app/{business.tenant.slug}/settings/"


def choose(client: Client, business: Business, kept: str) -> Any:
    return client.post(f"{settings_of(business)}consents/", {"kept": kept}, follow=True)


def chosen_by(business: Business) -> str:
    with business.scope():
        return Tenant.objects.get().consent_network


def entries(business: Business) -> list[AuditEntry]:
    with business.scope():
        return list(AuditEntry.objects.filter(action="tenant.consent_network_chosen"))


def test_a_business_begins_with_what_is_recommended(cafe: Business, owner: Client) -> None:
    page = owner.get(settings_of(cafe)).text

    assert chosen_by(cafe) == Network.SHORTENED
    (checked,) = re.findall(r"<input[^>]*checked[^>]*>", page)
    assert 'value="shortened"' in checked
    assert "Gekürzt (empfohlen)" in page
    assert "Art. 5 Abs. 1 Buchst. c DSGVO" in page


@pytest.mark.parametrize("kept", [Network.NONE, Network.FULL])
def test_the_owner_chooses_and_the_log_tells_before_and_after(
    cafe: Business, owner: Client, kept: Network
) -> None:
    answer = choose(owner, cafe, kept)

    assert "Gespeichert." in answer.text
    assert chosen_by(cafe) == kept
    (entry,) = entries(cafe)
    assert entry.details["before"] == {"consent_network": "shortened"}
    assert entry.details["after"] == {"consent_network": kept}
    log = owner.get(f"/app/{cafe.tenant.slug}/log/").text
    assert f"gekürzt → {'keine' if kept == Network.NONE else 'vollständig'}" in log


def test_the_same_choice_again_is_no_change(cafe: Business, owner: Client) -> None:
    choose(owner, cafe, Network.SHORTENED)

    assert entries(cafe) == []


@pytest.mark.parametrize("kept", ["", "some", "FULL", "full\x00", "x" * 5000])
def test_what_is_no_choice_is_refused_in_words_and_changes_nothing(
    cafe: Business, owner: Client, kept: str
) -> None:
    answer = choose(owner, cafe, kept)

    assert "Bitte wählen Sie eine der drei Möglichkeiten." in answer.text
    assert chosen_by(cafe) == Network.SHORTENED
    assert entries(cafe) == []


@pytest.mark.parametrize(
    "role", [role for role in Membership.Role if role != Membership.Role.OWNER]
)
def test_nobody_chooses_but_who_may_change_the_business_s_data(
    cafe: Business, client: Client, role: Membership.Role
) -> None:
    with cafe.scope():
        Membership.objects.update(role=role)
    client.force_login(cafe.owner)

    assert choose(client, cafe, Network.FULL).status_code == 403
    assert chosen_by(cafe) == Network.SHORTENED


def test_a_neighbour_chooses_for_itself_alone(
    cafe: Business, dentist: Business, client: Client
) -> None:
    client.force_login(dentist.owner)

    assert choose(client, cafe, Network.FULL).status_code == 404
    assert choose(client, dentist, Network.FULL).status_code == 200
    assert (chosen_by(cafe), chosen_by(dentist)) == (Network.SHORTENED, Network.FULL)


def test_the_company_s_form_leaves_the_choice_alone(cafe: Business, owner: Client) -> None:
    with cafe.scope():
        choose_consent_network(cafe.tenant, Network.NONE)
    facts = {"company": "Café Abendrot", "country": "DE", "consent_network": "full"}

    assert owner.post(settings_of(cafe), facts).status_code == 302
    assert chosen_by(cafe) == Network.NONE
