"""Who has been inactive for as long as their bot's business has set is erased by itself."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from chatbo.celery import app
from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.retention import change_retention, erase_inactive, inactive_on
from consent.erasure.tasks import carry_out_many, retain, retain_bot
from tenants.bots.models import Message, Subscriber

from .crowds import channel_of_bot, someone

Origin, State = Erasure.Origin, Erasure.State


def local(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.fixture
def frieda(cafe, queue):
    with cafe.scope():
        return channel_of_bot("Frieda")


def retained(business, channel) -> Erasure | None:
    with business.scope():
        bot = type(channel.bot).objects.get(pk=channel.bot_id)
        return erase_inactive(bot)


@pytest.mark.parametrize(
    ("last", "months", "due"),
    [
        ("2025-11-29T23:59", 12, "2026-11-30"),
        ("2025-11-30T00:00", 12, "2026-12-01"),
        ("2025-08-31T12:00", 6, "2026-03-01"),
        ("2025-08-28T12:00", 6, "2026-03-01"),
        ("2025-08-27T12:00", 6, "2026-02-28"),
        ("2025-09-30T12:00", 6, "2026-03-31"),
        ("2027-12-31T12:00", 2, "2028-03-01"),
        ("2027-12-29T12:00", 2, "2028-03-01"),
        ("2027-12-28T12:00", 2, "2028-02-29"),
        # Where clocks change, a day begins at its midnight all the same.
        ("2026-03-29T00:00", 7, "2026-10-30"),
        ("2026-10-25T23:59", 5, "2027-03-26"),
    ],
)
def test_the_period_ends_with_its_last_day_by_the_calendar(cafe, frieda, last, months, due):
    day = datetime.fromisoformat(due).date()
    with cafe.scope():
        who = someone(frieda, "guest", seen=local(last))

        assert list(inactive_on(day, frieda.bot, months)) == [who]
        assert not inactive_on(day - timedelta(days=1), frieda.bot, months).exists()


def test_the_inactive_go_with_all_that_they_said_and_the_others_stay(cafe, frieda):
    now = timezone.now()
    with cafe.scope():
        someone(frieda, "long ago", seen=now - timedelta(days=367))
        someone(frieda, "a trial", seen=now - timedelta(days=400), is_trial=True)
        active = someone(frieda, "active", seen=now - timedelta(days=360))
        # Of whoever is active everything stays, however old: the promise is the person's.
        Message.objects.filter(subscriber=active).update(at=now - timedelta(days=900))

    erasure = retained(cafe, frieda)
    assert erasure is not None
    carry_out_many(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        assert list(Subscriber.objects.all()) == [active]
        assert Message.objects.get().subscriber == active
        erasure.refresh_from_db()
    assert (erasure.origin, erasure.state, erasure.done) == (Origin.RETENTION, State.DONE, 2)


def test_each_bot_has_its_own_months(cafe, frieda):
    with cafe.scope():
        otto = channel_of_bot("Otto")
        change_retention(otto.bot, months=36)
        for channel in (frieda, otto):
            someone(channel, "guest", seen=timezone.now() - timedelta(days=500))

    assert retained(cafe, otto) is None
    assert retained(cafe, frieda).total == 1


def test_where_nobody_is_due_there_is_no_job(cafe, frieda):
    with cafe.scope():
        someone(frieda, "guest")

    assert retained(cafe, frieda) is None
    with cafe.scope():
        assert not Erasure.objects.exists()


def test_twice_on_a_day_is_once_also_after_it_was_carried_out(cafe, frieda):
    with cafe.scope():
        someone(frieda, "guest", seen=timezone.now() - timedelta(days=500))

    first = retained(cafe, frieda)
    assert retained(cafe, frieda) is None
    carry_out_many(str(cafe.tenant.pk), str(first.pk))
    assert retained(cafe, frieda) is None
    with cafe.scope():
        assert Erasure.objects.count() == 1


def test_a_job_that_lasts_longer_than_a_day_is_not_joined_by_another(cafe, frieda):
    with cafe.scope():
        someone(frieda, "guest", seen=timezone.now() - timedelta(days=500))
    retained(cafe, frieda)

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert retained(cafe, frieda) is None


def test_who_writes_before_their_turn_stays(cafe, frieda):
    with cafe.scope():
        who = someone(frieda, "guest", seen=timezone.now() - timedelta(days=500))
    erasure = retained(cafe, frieda)
    with cafe.scope():
        Subscriber.objects.update(last_seen_at=timezone.now())

    carry_out_many(str(cafe.tenant.pk), str(erasure.pk))

    with cafe.scope():
        assert list(Subscriber.objects.all()) == [who]
        erasure.refresh_from_db()
    assert (erasure.state, erasure.done, erasure.counts) == (State.DONE, 0, {})


def test_who_is_being_erased_already_is_not_in_it(cafe, frieda):
    with cafe.scope():
        who = someone(frieda, "guest", seen=timezone.now() - timedelta(days=500))
        request_erasure(who, origin=Origin.BOT)

    assert retained(cafe, frieda) is None


def test_the_night_calls_for_each_bot_of_each_business_by_itself(cafe, dentist, queue):
    bots = []
    for business in (cafe, dentist):
        with business.scope():
            bots += [(business, channel_of_bot(name)) for name in ("One", "Two")]
            for _of, channel in bots[-2:]:
                someone(channel, "guest", seen=timezone.now() - timedelta(days=500))
    queue.clear()

    retain()

    wanted = {
        ("erasure.retain_bot", str(business.tenant.pk), str(channel.bot_id))
        for business, channel in bots
    }
    assert set(queue) == wanted
    assert len(queue) == len(wanted)
    retain_bot(*queue[0][1:])
    with cafe.scope():
        count = Erasure.objects.count()
    with dentist.scope():
        assert {count, Erasure.objects.count()} == {0, 1}


def test_a_bot_that_is_gone_or_somebody_elses_is_no_fault(cafe, dentist, frieda):
    with cafe.scope():
        someone(frieda, "guest", seen=timezone.now() - timedelta(days=500))

    retain_bot(str(dentist.tenant.pk), str(frieda.bot_id))
    retain_bot(str(cafe.tenant.pk), str(cafe.tenant.pk))

    with cafe.scope():
        assert not Erasure.objects.exists()


def test_the_schedule_calls_it_every_night_where_bulk_work_waits():
    entry = app.conf.beat_schedule["erase-inactive"]
    assert entry["task"] in app.tasks
    for task in (entry["task"], "erasure.retain_bot"):
        assert app.amqp.router.route({}, task)["queue"].name == "bulk"


def test_another_period_is_noted_before_and_after_and_the_same_one_is_not(cafe, frieda):
    with cafe.scope():
        for _twice in range(2):
            bot = change_retention(frieda.bot, months=6)

        assert bot.retention_months == 6
        entry = AuditEntry.objects.get(action="bot.retention_changed")
    assert entry.details["before"] == {"retention_months": 12}
    assert entry.details["after"] == {"retention_months": 6}


@pytest.mark.parametrize("months", [-1, 0, 1, 37, 100_000])
def test_nothing_shorter_than_two_months_or_longer_than_three_years(cafe, frieda, months):
    with cafe.scope(), pytest.raises(ValueError, match=str(months)):
        change_retention(frieda.bot, months=months)
