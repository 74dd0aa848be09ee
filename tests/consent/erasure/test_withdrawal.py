"""Being forgotten withdraws: what a person had agreed to ends on record, and their name goes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import TextField, Value
from django.test import Client
from django.utils import timezone

from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from consent.erasure import deletion
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.ledger.ending import end_due_records
from consent.ledger.leaves import identity_hash
from consent.ledger.models import ConsentIdentity, ConsentRecord, Leaf, PendingLeaf
from consent.ledger.receipts import receipt_address
from consent.ledger.recording import record_consent
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from consent.texts.versions import text_in_force
from tests.conftest import Business
from tests.consent.conftest import Person

Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
Source, Way = ConsentRecord.Source, ConsentRecord.Way
BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(timezone.localdate().year - 5, 6, 1, tzinfo=BERLIN)

Recording = Callable[..., ConsentRecord]


@pytest.fixture
def agree(cafe: Business, person: Person) -> Recording:
    """The person agrees to the newsletter, or what else is asked for; needs a scope."""

    def agreeing(**more: Any) -> ConsentRecord:
        asked: dict[str, Any] = {
            "purpose": Purpose.NEWSLETTER,
            "decision": Decision.GRANTED,
            "source": Source.PAGE,
            "controller": ConsentRecord.Controller.TENANT,
            "way": Way.CLICK,
            "person_id": person.subscriber.pk,
            "identifier": person.address,
        }
        return record_consent(text_in_force("consent-newsletter", "de"), **{**asked, **more})

    return agreeing


def erase(person: Person, origin: Erasure.Origin = Erasure.Origin.BOT) -> dict[str, int]:
    return delete_subject(request_erasure(person.subscriber, origin=origin)).counts


def withdrawn() -> list[ConsentRecord]:
    return list(ConsentRecord.objects.filter(way=Way.ERASURE).order_by("purpose"))


def test_what_was_agreed_to_is_withdrawn_by_the_erasure(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        given = [agree(), agree(purpose=Purpose.CHAT)]
        erase(person)
        ended = withdrawn()

        assert {each.purpose for each in ended} == {Purpose.NEWSLETTER, Purpose.CHAT}
        for each in ended:
            assert (each.decision, each.source, each.place) == (
                Decision.WITHDRAWN,
                Source.BOT,
                "Bot",
            )
            assert each.subject_id == given[0].subject_id
            assert each.text_version == given[0].text_version
            assert each.controller == given[0].controller
            assert each.given_at > given[1].given_at
            assert each.network == ""
        assert not ConsentIdentity.objects.exists()


def test_who_is_erased_from_elsewhere_did_not_withdraw_in_the_chat(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        agree()
        erase(person, Erasure.Origin.TENANT)

        (ended,) = withdrawn()
        assert (ended.source, ended.place) == (Source.PAGE, "")


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ([Decision.SHOWN], False),
        ([Decision.REFUSED], False),
        ([Decision.GRANTED, Decision.WITHDRAWN], False),
        ([Decision.GRANTED, Decision.SHOWN], True),
        ([Decision.GRANTED, Decision.REFUSED], True),
    ],
)
def test_what_holds_is_withdrawn_and_nothing_else(
    cafe: Business, person: Person, agree: Recording, said: list[Decision], holds: bool
) -> None:
    """Being told of other words, or refusing them, ends no consent."""
    with cafe.scope():
        for decision in said:
            agree(decision=decision)
        erase(person)

        assert len(withdrawn()) == holds


def test_what_was_set_right_counts_as_it_was_set_right(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        mistaken = agree(decision=Decision.WITHDRAWN)
        agree(given_at=mistaken.given_at - timedelta(hours=1), corrects=mistaken)
        erase(person)

        assert len(withdrawn()) == 1


def test_who_agreed_to_nothing_gets_no_record(cafe: Business, person: Person) -> None:
    with cafe.scope():
        erase(person)

        assert [each.decision for each in ConsentRecord.objects.all()] == [Decision.SHOWN]


def test_a_person_without_any_record_is_erased_like_any(cafe: Business, person: Person) -> None:
    with cafe.scope():
        ConsentIdentity.objects.all().delete()

        assert erase(person)["bots.Subscriber"] == 1
        assert withdrawn() == []


def test_erasing_twice_withdraws_once(cafe: Business, person: Person, agree: Recording) -> None:
    with cafe.scope():
        agree()
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        delete_subject(erasure)
        delete_subject(erasure)

        assert len(withdrawn()) == 1


def test_another_person_s_consent_goes_on(cafe: Business, person: Person, agree: Recording) -> None:
    with cafe.scope():
        agree()
        other = agree(person_id=new_id(), identifier="other@example.org")
        erase(person)

        assert [each.subject_id for each in withdrawn()] != [other.subject_id]
        assert ConsentIdentity.objects.get().subject_id == other.subject_id


def test_an_erasure_that_breaks_off_withdraws_nothing(
    cafe: Business, person: Person, agree: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError

    with cafe.scope():
        agree()
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    monkeypatch.setattr(deletion, "record", fail)  # the last step of the transaction

    with pytest.raises(ZeroDivisionError), cafe.scope():
        delete_subject(erasure)

    with cafe.scope():
        assert withdrawn() == []
        assert ConsentIdentity.objects.exists()
        assert PendingLeaf.objects.count() == 2


def test_the_clock_of_another_machine_makes_no_consent_outlive_its_person(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        agree(given_at=timezone.now() + timedelta(minutes=3))
        erase(person)

        last = ConsentRecord.objects.filter(purpose=Purpose.NEWSLETTER).latest("given_at", "id")
        assert last.decision == Decision.WITHDRAWN


def test_who_cannot_be_read_any_more_is_withdrawn_and_erased_all_the_same(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        agree()
        unreadable = Value("gAAAAAno-key-opens-this", output_field=TextField())
        ConsentIdentity.objects.update(identifier=unreadable)
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        with pytest.raises(UnreadableError):
            _ = ConsentIdentity.objects.get().identifier
        delete_subject(erasure)

        assert len(withdrawn()) == 1
        assert not ConsentIdentity.objects.exists()


# --- What it proves, and how long it stays ---


def test_the_record_proves_that_it_was_this_person_who_is_gone(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        agree()
        salt = bytes(ConsentIdentity.objects.get().salt)
        erase(person)
        (ended,) = withdrawn()
    seal()

    assert verify_ledger().faults == []
    with platform_scope("test"):
        leaf = Leaf.objects.get(pk=ended.pk)
    assert bytes(leaf.identity_hash) == identity_hash(salt, person.address)


@pytest.mark.parametrize("was_agreed", [True, False])
def test_the_years_count_from_the_erasure_where_something_held_until_then(
    cafe: Business, person: Person, agree: Recording, was_agreed: bool
) -> None:
    """The database's function and the declaration say the same of each record."""
    with cafe.scope():
        decision = Decision.GRANTED if was_agreed else Decision.REFUSED
        record = agree(given_at=LONG_AGO, decision=decision)
        erase(person)
        ends = ConsentRecord.personal_data.end.ends_on(record)
    seal()

    this_year = timezone.localdate().year
    assert ends.year == (this_year if was_agreed else LONG_AGO.year) + 4
    assert end_due_records() == (0 if was_agreed else 1)
    with cafe.scope():
        assert ConsentRecord.objects.filter(pk=record.pk).exists() == was_agreed


# --- What is told ---


def test_what_went_is_counted_and_what_stays_is_not(
    cafe: Business, person: Person, agree: Recording
) -> None:
    with cafe.scope():
        agree()

        assert erase(person) == {
            "bots.Message": 1,
            "bots.Subscriber": 1,
            "ledger.ConsentIdentity": 1,
        }


def test_the_receipt_says_how_it_ended_and_has_no_button_any_more(
    cafe: Business, person: Person, agree: Recording, client: Client
) -> None:
    with cafe.scope():
        given = agree()
        address = "/" + receipt_address(given).split("/", 3)[3]
    assert "<form" in client.get(address).text.partition("<main")[2]
    with cafe.scope():
        erase(person)
        (ended,) = withdrawn()
        own = "/" + receipt_address(ended).split("/", 3)[3]

    page = client.get(address).text
    assert "Sie endete mit der Löschung der Daten der Person." in page
    assert f'action="{address}withdraw/"' not in page
    assert client.post(f"{address}withdraw/").status_code == 409
    assert "durch die Löschung der Daten der Person" in client.get(own).text
    with cafe.scope():
        assert len(withdrawn()) == 1


def test_the_business_reads_of_the_withdrawal_without_a_name(
    cafe: Business, person: Person, agree: Recording, client: Client
) -> None:
    with cafe.scope():
        agree()
        erase(person)
        (ended,) = withdrawn()
    client.force_login(cafe.owner)

    page = client.get(f"/app/{cafe.tenant.slug}/consents/{ended.pk}/").text
    assert "urch die Löschung der Daten der Person" in page
    assert person.address not in page
