"""What a legal claim needs outlives an erasure, with ground and date; everything else goes."""

import datetime
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.holds import warning
from consent.erasure.holds.errors import (
    BadDateError,
    BadPeriodError,
    HoldError,
    NobodyToHoldError,
    NoReasonError,
    NotLaterError,
    TooLongError,
)
from consent.erasure.holds.holding import extend_hold, release_hold, set_hold
from consent.erasure.holds.models import LONGEST, Hold
from consent.erasure.holds.warning import warn_of_ending_holds
from consent.erasure.leaving.kept import end_kept_rows
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.replaying import replay_erasures
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.retention import erase_inactive
from consent.erasure.scanning.erased import Erased, Gone
from consent.erasure.scanning.items import search
from consent.erasure.scanning.tables import rows
from consent.erasure.selecting import these
from consent.erasure.telling import last_message
from tenants.bots.models import Message, Subscriber
from tests.consent.conftest import MARKER
from tests.consent.erasure.carrying_out import carried_out, certificate_of
from tests.consent.erasure.test_deletion import places_that_name
from tests.outbox import mails

LABEL = "erasure.Hold"


def held(person: Any, **more: Any) -> Hold:
    wish = {
        "ground": Hold.Ground.DEFENDING,
        "reason": "Unpaid order",
        "ends_on": timezone.localdate() + timedelta(days=90),
        "set_by_id": Hold._meta.pk.get_default(),
    }
    return set_hold(person.subscriber.pk, **{**wish, **more})


def erased(cafe: Any, person: Any, origin: Erasure.Origin = Erasure.Origin.BOT) -> Erasure:
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=origin)
    return carried_out(erasure)


def fresh(cafe: Any, hold: Hold) -> Hold:
    with cafe.scope():
        return Hold.objects.get(pk=hold.pk)


def test_what_is_held_outlives_the_erasure_and_nothing_else_of_the_person_does(cafe, person):
    with cafe.scope():
        hold = held(person)
    needles = (MARKER, person.address, str(person.subscriber.pk))

    erasure = erased(cafe, person)

    assert places_that_name(*needles) == {"erasure.Erasure.subject_id", "erasure.Hold.snapshot"}
    taken = fresh(cafe, hold)
    assert taken.taken_at is not None
    assert taken.held.identifier == person.address
    assert [(each.direction, each.text) for each in taken.held.messages] == [("in", MARKER)]
    assert erasure.kept[LABEL] == 1


@pytest.mark.parametrize("origin", [Erasure.Origin.TENANT, Erasure.Origin.META])
def test_whoever_erases_leaves_what_is_held(cafe, person, origin):
    with cafe.scope():
        hold = held(person)

    erased(cafe, person, origin)

    assert fresh(cafe, hold).held.messages


def test_an_erasure_of_many_and_the_retention_period_leave_it_too(cafe, person):
    with cafe.scope():
        hold = held(person)
        many = request_erasure_of_many(
            these([person.subscriber.pk]), origin=Erasure.Origin.TENANT, language="de"
        )
    many = carried_out(many)
    assert fresh(cafe, hold).held.identifier == person.address
    assert many.claim_until == hold.ends_on
    said = many.certificate["said"]["kept"]
    assert {"what": LABEL, "until": hold.ends_on.isoformat()}.items() <= said[0].items()

    with cafe.scope():
        again = Subscriber.objects.create(channel=person.channel, external_id="later")
        Subscriber.objects.update(last_seen_at=timezone.now() - timedelta(days=800))
        other = set_hold(
            again.pk,
            ground=Hold.Ground.EXERCISING,
            reason="Damage",
            ends_on=hold.ends_on,
            set_by_id=hold.set_by_id,
        )
        night = erase_inactive(person.channel.bot)
    carried_out(night)
    assert fresh(cafe, other).held.identifier == "later"


def test_a_restored_backup_s_erasure_leaves_it(cafe, person, monkeypatch):
    with cafe.scope():
        hold = held(person)
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        tombstones.put_up(tombstones.name_of(erasure.pk), [person.subscriber])
        Erasure.objects.all().delete()

    replay_erasures()

    with cafe.scope():
        assert not Subscriber.objects.exists()
    assert fresh(cafe, hold).held.identifier == person.address


def test_a_tap_without_words_is_held_as_such_and_not_as_unreadable(cafe, person):
    with cafe.scope():
        hold = held(person)
        Message.objects.filter(subscriber=person.subscriber).update(text="")

    erased(cafe, person)

    assert [each.text for each in fresh(cafe, hold).held.messages] == [""]


def test_only_messages_of_the_days_that_were_named_are_held(cafe, person):
    today = timezone.localdate()
    with cafe.scope():
        for days in range(1, 5):
            Message.objects.create(
                subscriber=person.subscriber,
                direction="out",
                text=f"{days} days ago",
                at=timezone.now() - timedelta(days=days),
            )
        hold = held(person, since=today - timedelta(days=3), until=today - timedelta(days=2))

    erased(cafe, person)

    texts = [each.text for each in fresh(cafe, hold).held.messages]
    assert texts == ["3 days ago", "2 days ago"]


def test_the_person_and_the_certificate_are_told_ground_law_and_date(cafe, person, client):
    with cafe.scope():
        hold = held(person)

    erasure = erased(cafe, person)

    (said,) = (each for each in erasure.certificate["said"]["kept"] if each["what"] == LABEL)
    assert said["until"] == hold.ends_on.isoformat()
    assert said["law"] == "Art. 17(3)(e) GDPR"
    with cafe.scope():
        message = last_message(erasure).text
    assert "1 für einen Rechtsanspruch festgehaltener Datensatz, mit Ihrer Kennung" in message
    assert "1 Einwilligungsnachweis, ohne Ihren Namen" in message
    assert "Noch aufbewahrt: " in message, "which of it bears the name, each says by itself"
    assert str(hold.ends_on.year) in message
    assert certificate_of(client, erasure).status_code == 200


def test_whoever_writes_again_begins_at_zero_and_is_not_held(cafe, person):
    with cafe.scope():
        hold = held(person)
    erased(cafe, person)

    with cafe.scope():
        Subscriber.objects.create(
            channel=person.channel,
            external_id=person.address,
            external_index=person.subscriber.external_index,
        )
        assert fresh(cafe, hold).subscriber_id is None


def test_the_nightly_search_does_not_take_a_hold_for_a_leftover(cafe, person):
    with cafe.scope():
        held(person)
    gone = Gone(cafe.tenant.pk, person.channel.pk, timezone.now() + timedelta(minutes=1))
    erased(cafe, person)
    sought = Erased()
    sought.of_number[person.subscriber.pk] = gone

    assert not list(search(rows([]), sought))


def test_a_hold_whose_day_is_over_takes_nothing(cafe, person):
    with cafe.scope():
        hold = held(person)
        Hold.objects.update(ends_on=timezone.localdate() - timedelta(days=1))

    erasure = erased(cafe, person)

    assert LABEL not in erasure.kept
    with cafe.scope():
        assert not Hold.objects.filter(pk=hold.pk).exists()


def test_on_its_day_it_is_held_and_on_the_next_what_is_held_goes(cafe, person):
    with cafe.scope():
        hold = held(person)
    erased(cafe, person)
    with cafe.scope():
        Hold.objects.update(ends_on=timezone.localdate())
    end_kept_rows()
    assert fresh(cafe, hold).held is not None

    with cafe.scope():
        Hold.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert end_kept_rows()[LABEL] == 1

    assert not places_that_name(MARKER)


def test_released_it_goes_at_once_and_stays_in_the_log_without_a_word(cafe, person):
    with cafe.scope():
        hold = held(person)
    erased(cafe, person)

    with cafe.scope():
        release_hold(hold)
        release_hold(hold)

        assert not Hold.objects.exists()
        actions = list(
            AuditEntry.objects.filter(action__startswith="hold.").values_list("action", flat=True)
        )
        assert sorted(actions) == ["hold.released", "hold.set"]
        assert "Unpaid order" not in str(list(AuditEntry.objects.values()))
    assert not places_that_name(MARKER, "Unpaid order")


def test_it_is_extended_with_a_reason_and_to_a_later_day_only(cafe, person):
    with cafe.scope():
        hold = held(person)
        for day, reason, wrong in (
            (hold.ends_on, "Court", NotLaterError),
            (hold.ends_on + timedelta(days=1), "  ", NoReasonError),
            (hold.ends_on + timedelta(days=366 * LONGEST), "Court", BadDateError),
        ):
            with pytest.raises(wrong):
                extend_hold(hold, ends_on=day, reason=reason)

        longer = extend_hold(hold, ends_on=hold.ends_on + timedelta(days=9), reason="Court")

    assert longer.ends_on == hold.ends_on + timedelta(days=9)
    assert "Unpaid order" in longer.reason
    assert "Court" in longer.reason


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"reason": " "}, NoReasonError),
        ({"reason": "x" * 501}, TooLongError),
        ({"ends_on": datetime.date(2000, 1, 1)}, BadDateError),
        ({"ends_on": datetime.date(2999, 1, 1)}, BadDateError),
        ({"since": datetime.date(2026, 2, 1), "until": datetime.date(2026, 1, 1)}, BadPeriodError),
    ],
)
def test_what_makes_no_sense_is_not_held(cafe, person, wish, wrong):
    with cafe.scope(), pytest.raises(wrong):
        held(person, **wish)
    with cafe.scope():
        assert not Hold.objects.exists()


def test_the_same_hold_twice_is_one_and_nobody_else_s_person_can_be_held(cafe, dentist, person):
    with cafe.scope():
        assert held(person) == held(person)
    with dentist.scope(), pytest.raises(NobodyToHoldError):
        held(person)
    assert issubclass(NobodyToHoldError, HoldError)


def test_one_hold_of_which_nobody_can_be_told_holds_up_no_other(cafe, person, monkeypatch):
    soon = timezone.localdate() + timedelta(days=7)
    with cafe.scope():
        failing = held(person, set_by_id=cafe.owner.pk, ends_on=soon)
        held(person, set_by_id=cafe.owner.pk, ends_on=soon, reason="another claim")
    queue = warning.queue_mail

    def fails(**mail):
        if mail["context"]["hold"] == failing:
            raise ZeroDivisionError
        queue(**mail)

    with monkeypatch.context() as patch:
        patch.setattr(warning, "queue_mail", fails)
        assert warn_of_ending_holds() == 1
    assert warn_of_ending_holds() == 1
    assert len(mails()) == 2


def test_a_week_before_its_end_whoever_set_it_is_told_once(cafe, person):
    with cafe.scope():
        hold = held(person, set_by_id=cafe.owner.pk)
    warn_of_ending_holds()
    assert not mails()

    with cafe.scope():
        Hold.objects.update(ends_on=timezone.localdate() + timedelta(days=7))
    assert warn_of_ending_holds() == 1
    assert warn_of_ending_holds() == 0

    (mail,) = mails()
    assert mail.recipient == cafe.owner.email
    assert f"/erasures/holds/{hold.pk}/" in mail.body
    assert "Unpaid order" not in mail.body
