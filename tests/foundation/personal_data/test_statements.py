"""What Django writes once is carried out for whoever it is about."""

import pytest

from chatbo.foundation.personal_data.rows import Several
from chatbo.foundation.personal_data.statements import (
    Anybody,
    Statements,
    is_there_any,
    sql_of,
)
from chatbo.foundation.sets import among
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def guests(cafe):
    """The first has said one thing, the second two, the third nothing."""
    with cafe.scope():
        bot = Bot.objects.create(name="Frieda")
        channel = Channel.objects.create(bot=bot, platform=Platform.TELEGRAM, external_id="7")
        people = [
            Subscriber.objects.create(
                channel=channel, external_id=str(number), external_index=str(number)
            )
            for number in range(3)
        ]
        for guest in (people[0], people[1], people[1]):
            Message.objects.create(
                subscriber=guest, direction="in", text="Hallo", at=guest.first_seen_at
            )
    return people


def messages(subjects):
    return Message.objects.filter(among("subscriber_id", subjects.all_of("id")))


def people(subjects):
    return Subscriber.objects.filter(among("id", subjects.all_of("id")))


def test_the_same_statements_answer_for_one_and_for_another(cafe, guests):
    with cafe.scope():
        written = Statements(
            sql_of(rows(Anybody()).order_by("pk").values("pk").query) for rows in (messages, people)
        )
        for said, guest in zip([1, 2, 0], guests, strict=True):
            theirs, themselves = written.answers(Several([guest]))

            assert theirs.count == len(theirs.rows) == said
            assert themselves.rows == [(guest.pk,)]


def test_whether_there_is_any_row_is_asked_of_all_of_them_at_once(
    cafe, guests, django_assert_num_queries
):
    with cafe.scope():
        with django_assert_num_queries(1):
            assert is_there_any(Several(guests), messages, people) == [True, True]
        assert is_there_any(Several(guests[2:]), messages, people) == [False, True]


def test_nobody_reads_what_is_stored_on_anybody():
    with pytest.raises(TypeError, match="one of their fields"):
        list(Anybody())
