"""The person is told after the deletion is committed, not before, and then forgotten."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone, translation
from django.utils.formats import date_format

from chatbo.foundation.personal_data import declarations_about
from consent.erasure import tasks
from consent.erasure.certificates.issuing import certify
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import TELL_FOR, carry_out
from consent.erasure.telling import last_message
from tenants.accounts.models import Tenant
from tenants.bots.models import Subscriber
from tenants.bots.platforms.wire import LONGEST
from tests.consent.conftest import PAGE


@pytest.fixture
def erasure(cafe, person):
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def work_on(erasure: Erasure) -> Erasure:
    carry_out(str(erasure.tenant_id), str(erasure.pk))
    with tasks.tenant_scope(erasure.tenant_id):
        erasure.refresh_from_db()
    return erasure


def test_the_person_is_told_with_a_code_and_its_page(platforms, erasure):
    done = work_on(erasure)

    (message,) = platforms.control.received(PAGE)
    assert done.code in message["text"]
    assert f"/erasure/{done.code}/" in message["text"]
    assert "Café Morgenrot" in message["text"]
    assert done.state == Erasure.State.TOLD


def test_it_says_what_went_what_stays_until_when_and_why(platforms, erasure):
    done = work_on(erasure)

    (message,) = platforms.control.received(PAGE)
    kept = done.certificate["said"]["kept"]
    assert "Gelöscht: 1 Nachricht, 1 Kontakt" in message["text"]
    until = f"bis 31. Dezember {kept[0]['until'][:4]}"
    assert f"1 Einwilligungsnachweis, ohne Ihren Namen, {until}" in message["text"]
    assert "Art. 17 Abs. 3 Buchst. e DSGVO" in message["text"]
    with translation.override("de"):
        last_backup = date_format(date.fromisoformat(kept[1]["until"]), "DATE_FORMAT")
    said = f"1 Prüfwert gegen zurückgespielte Sicherungen, ohne Ihren Namen, bis {last_backup}"
    assert said in message["text"]


def test_it_says_where_the_certificate_and_the_conversation_are(platforms, erasure):
    work_on(erasure)

    (message,) = platforms.control.received(PAGE)
    assert "Bescheinigung herunterladen: http" in message["text"]
    assert "im Postfach von Café Morgenrot" in message["text"]
    assert "gedrückt halten" in message["text"]


def test_it_is_in_the_persons_language(cafe, person, platforms):
    with cafe.scope():
        Subscriber.objects.filter(pk=person.subscriber.pk).update(language="en")
        person.subscriber.refresh_from_db()
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    work_on(erasure)

    (message,) = platforms.control.received(PAGE)
    assert "Deleted: 1 message, 1 subscriber" in message["text"]
    assert "1 record of consent, without your name, until 31 December" in message["text"]


def _every():
    return {model._meta.label: 10**6 for model, _ in declarations_about("bots.Subscriber")}


@pytest.mark.parametrize(
    ("language", "why"),
    [("de", "warum, steht auf der Seite unten"), ("en", "the page below says why")],
)
def test_with_all_that_could_be_said_it_still_fits_a_message(cafe, erasure, language, why):
    """Messenger takes 2000 characters (``Outgoing``); the others more. The page has the grounds."""
    done = work_on(erasure)
    every = _every()
    longest = "Ä" * Tenant._meta.get_field("company").max_length
    with cafe.scope():
        assert Tenant.objects.filter(pk=cafe.tenant.pk).update(company=longest) == 1
        done.counts, done.language = every, language
        done.kept = dict.fromkeys(
            ("ledger.ConsentRecord", "erasure.Hold", "rights.RightsRequest"), 10**6
        )
        done.claim_until = date(2029, 12, 31)
        done.certificate = certify(done)
        text = last_message(done).text

    assert longest in text
    assert len(text) <= LONGEST
    assert f"/erasure/{done.code}/" in text
    assert why in text
    assert "2029" in text
    assert "Art. 17" not in text


def test_with_nothing_stored_any_more_it_says_so(cafe, erasure):
    done = work_on(erasure)
    with cafe.scope():
        done.counts = {}
        done.certificate = certify(done)

        assert "Gelöscht: nichts" in last_message(done).text


def test_where_the_certificate_is_not_as_signed_it_says_nothing_wrong(cafe, erasure):
    done = work_on(erasure)
    with cafe.scope():
        done.certificate["said"]["kept"] = []
        text = last_message(done).text

    assert "siehe die Seite unten" in text
    assert "Einwilligungsnachweise: " not in text


def test_the_address_is_dropped_once_it_was_used(erasure):
    done = work_on(erasure)

    assert (done.address, done.subject_index) == ("", "")


def test_nothing_is_said_while_the_deletion_is_not_committed(platforms, erasure, monkeypatch):
    def fail(erasure):
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "delete_subject", fail)

    with pytest.raises(ZeroDivisionError):
        work_on(erasure)

    assert platforms.control.received(PAGE) == []


def test_killed_between_deletion_and_confirmation_the_person_is_told_all_the_same(
    cafe, platforms, erasure
):
    with cafe.scope():
        Erasure.objects.claim(erasure.pk)
        erasure.refresh_from_db()
        delete_subject(erasure)
    # The worker is gone; nobody lets go of the job but time.
    work_on(erasure)
    assert platforms.control.received(PAGE) == []

    with time_machine.travel(timezone.now() + Erasure.LEASE + timedelta(seconds=1)):
        done = work_on(erasure)

    assert done.state == Erasure.State.TOLD
    assert len(platforms.control.received(PAGE)) == 1
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_a_second_worker_tells_nobody_twice(platforms, erasure):
    work_on(erasure)
    work_on(erasure)

    assert len(platforms.control.received(PAGE)) == 1


def test_a_platform_that_stumbles_is_asked_again(platforms, erasure):
    platforms.control.fail("graph", "messages", code=2)

    waiting = work_on(erasure)
    assert waiting.state == Erasure.State.DELETED
    assert waiting.finished_at is None

    with time_machine.travel(waiting.not_before + timedelta(seconds=1)):
        assert work_on(erasure).state == Erasure.State.TOLD


def test_who_has_blocked_the_page_is_gone_all_the_same_and_the_address_too(platforms, erasure):
    platforms.control.block(PAGE)

    done = work_on(erasure)

    assert done.state == Erasure.State.UNTOLD
    assert done.last_error
    assert done.address == ""
    assert done.finished_at is not None


def test_the_address_is_not_held_for_longer_than_stated(platforms, erasure):
    platforms.control.fail("graph", "messages", count=2, code=2)
    work_on(erasure)

    with time_machine.travel(timezone.now() + TELL_FOR + timedelta(minutes=1)):
        done = work_on(erasure)

    assert done.state == Erasure.State.UNTOLD
    assert done.address == ""


def test_a_channel_that_is_gone_leaves_the_deletion_complete(cafe, person, erasure):
    with cafe.scope():
        Erasure.objects.filter(pk=erasure.pk).update(channel_id=erasure.pk)

    assert work_on(erasure).state == Erasure.State.UNTOLD
