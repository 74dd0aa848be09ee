"""What a record keeps of the network address: as the business chose, from then on."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.signing import note_keys
from consent.ledger.heads import origin
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tenants.accounts.consent_network import choose_consent_network
from tenants.accounts.models import Tenant
from tests.conftest import Business

Recording = Callable[..., ConsentRecord]
Network, Controller = Tenant.ConsentNetwork, ConsentRecord.Controller

SCRIPT = Path(__file__).parents[3] / "static" / "verify" / "chatbo-verify.py"
IPV4 = "203.0.113.77"
IPV6 = "2001:db8:1234:5678:9abc:def0:1234:5678"

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(cafe: Business, record: Recording) -> Callable[[str], str]:
    """What the café's next record keeps of an address."""

    def keeping(address: str, controller: Controller = Controller.TENANT) -> str:
        with cafe.scope():
            return record(network=address, controller=controller).network

    return keeping


def choose(business: Business, choice: Network) -> None:
    with business.scope():
        choose_consent_network(business.tenant, choice)


def test_who_chose_nothing_keeps_it_shortened(kept: Callable[..., str]) -> None:
    assert [kept(IPV4), kept(IPV6)] == ["203.0.113.0", "2001:db8:1234::"]


@pytest.mark.parametrize(
    ("choice", "remains"),
    [
        (Network.NONE, {IPV4: "", IPV6: ""}),
        (Network.SHORTENED, {IPV4: "203.0.113.0", IPV6: "2001:db8:1234::"}),
        (
            Network.FULL,
            {
                IPV4: IPV4,
                IPV6: IPV6,
                "::ffff:203.0.113.77": IPV4,
                "2001:0DB8:0:0:0:0:0:1": "2001:db8::1",
                "fe80::1%" + "x" * 90: "fe80::1",
            },
        ),
    ],
)
def test_a_record_keeps_what_the_business_chose(
    cafe: Business, kept: Callable[..., str], choice: Network, remains: dict[str, str]
) -> None:
    choose(cafe, choice)

    assert {address: kept(address) for address in remains} == remains


@pytest.mark.parametrize("choice", Network)
@pytest.mark.parametrize("address", ["", "no address", "203.0.113.777", "1.2.3.4, 5.6.7.8"])
def test_what_is_no_address_is_never_kept(
    cafe: Business, kept: Callable[..., str], choice: Network, address: str
) -> None:
    choose(cafe, choice)

    assert kept(address) == ""


@pytest.mark.parametrize("choice", Network)
def test_chatbo_s_own_records_are_shortened_whatever_the_business_chose(
    cafe: Business, kept: Callable[..., str], choice: Network
) -> None:
    choose(cafe, choice)

    assert kept(IPV4, Controller.PLATFORM) == "203.0.113.0"


def test_a_choice_holds_from_then_on_and_for_this_business_alone(
    cafe: Business, dentist: Business, record: Recording, kept: Callable[..., str]
) -> None:
    with cafe.scope():
        earlier = record(network=IPV4, controller=Controller.TENANT)
    choose(cafe, Network.FULL)
    assert kept(IPV4) == IPV4
    choose(cafe, Network.NONE)

    assert kept(IPV4) == ""
    with cafe.scope():
        assert ConsentRecord.objects.get(pk=earlier.pk).network == "203.0.113.0"
        assert ConsentRecord.objects.filter(network=IPV4).count() == 1
    with dentist.scope():
        assert record(network=IPV4, controller=Controller.TENANT).network == "203.0.113.0"


def test_the_business_is_asked_once_and_only_where_there_is_an_address(
    cafe: Business, record: Recording
) -> None:
    def queries(**more: Any) -> list[str]:
        with cafe.scope(), CaptureQueriesContext(connection) as seen:
            record(**more)
        return [each["sql"] for each in seen.captured_queries if "accounts_tenant" in each["sql"]]

    assert queries(network="", controller=Controller.TENANT) == []
    assert queries(network=IPV4, controller=Controller.PLATFORM) == []
    (asked,) = queries(network=IPV4, controller=Controller.TENANT)
    assert asked.startswith('SELECT "accounts_tenant"."consent_network" AS')


@pytest.fixture
def two(cafe: Business, record: Recording) -> tuple[ConsentRecord, ConsentRecord]:
    """A record with an address in full, and one with a shortened one; both sealed."""
    choose(cafe, Network.FULL)
    person = {"person_id": new_id(), "identifier": "guest@example.org"}
    with cafe.scope():
        full = record(network=IPV6, controller=Controller.TENANT, **person)
        short = record(network=IPV4, controller=Controller.PLATFORM)
    seal()
    return full, short


def test_an_address_in_full_is_proved_like_any(
    cafe: Business, two: tuple[ConsentRecord, ...], client: Client, tmp_path: Path
) -> None:
    with cafe.scope():
        receipt = "/" + receipt_address(two[0]).split("/", 3)[3]
    shown = tmp_path / "receipt.jsonld"
    shown.write_bytes(client.get(f"{receipt}receipt.jsonld").content)
    key = str(note_keys(origin())[0])
    checked = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "--key", key, str(shown)], check=False
    )

    assert verify_ledger().faults == []
    assert IPV6 in shown.read_text()
    assert checked.returncode == 0


def test_pages_and_files_tell_what_was_shortened_and_what_was_not(
    cafe: Business, two: tuple[ConsentRecord, ...], client: Client
) -> None:
    with cafe.scope():
        receipts = ["/" + receipt_address(each).split("/", 3)[3] for each in two]
    consents = f"/app/{cafe.tenant.slug}/consents/"
    client.force_login(cafe.owner)

    for full, short in (
        [client.get(receipt).text for receipt in receipts],
        [client.get(f"{consents}{each.pk}/").text for each in two],
    ):
        assert IPV6 in full
        assert "203.0.113.0" in short
        assert ["(gekürzt)" in page for page in (full, short)] == [False, True]
    assert IPV6 in client.get(f"{consents}export.csv").text
