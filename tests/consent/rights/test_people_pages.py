"""The people of a business, found to be erased: numbers and dates, and never a name."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from tenants.bots.models import Message
from tests.consent.erasure.crowds import agree, channel_of_bot, crowd, someone
from tests.visitors import visitor

PEOPLE = "/app/cafe-morgenrot/erasures/people/"


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner)


@pytest.fixture
def frieda(cafe, queue):
    with cafe.scope():
        return channel_of_bot("Frieda")


def test_before_anybody_wrote_the_page_says_what_will_stand_here(owner):
    assert "Nobody is stored" in owner.get(PEOPLE).text


def test_the_newest_come_first_with_dates_and_counts(cafe, frieda, owner):
    with cafe.scope():
        people = crowd(frieda, 3)
        Message.objects.create(
            subscriber=people[1], direction="out", text="MARKER-said", at=timezone.now()
        )

    page = owner.get(PEOPLE)

    rows = [row.record for row in page.context["table"].page.object_list]
    assert rows == people[::-1]
    assert page.context["table"].said == {
        people[0].pk: 1,
        people[1].pk: 2,
        people[2].pk: 1,
    }
    for each in people:
        assert str(each.pk) in page.text
        assert each.external_id not in page.text
        assert each.external_index not in page.text
    assert "MARKER-said" not in page.text


def test_one_bots_people_alone_and_whatever_else_stands_there_all(cafe, frieda, owner):
    with cafe.scope():
        someone(frieda, "one")
        other = someone(channel_of_bot("Otto"), "two")

    def shown(asked: str) -> list[object]:
        table = owner.get(f"{PEOPLE}?bot={asked}").context["table"]
        return [row.record for row in table.page.object_list]

    assert shown(str(other.channel.bot_id)) == [other]
    for asked in ("", "x", str(other.pk)):
        assert len(shown(asked)) == 2


def test_somebody_is_found_by_their_whole_id_on_every_channel(cafe, dentist, frieda, owner):
    with dentist.scope():
        someone(channel_of_bot("Linde"), "4711")
    with cafe.scope():
        found = [someone(frieda, "4711"), someone(channel_of_bot("Otto"), "4711")]
        someone(frieda, "47110")

    page = owner.post("/search/", {"page": PEOPLE, "q": " 4711 "}, follow=True)

    assert "4711" not in page.redirect_chain[-1][0]
    shown = [row.record for row in page.context["table"].page.object_list]
    assert sorted(each.pk for each in shown) == sorted(each.pk for each in found)
    with cafe.scope():
        entries = AuditEntry.objects.filter(action="people.read").order_by("-at")
        assert entries[0].details == {"searched_for_a_person": True}
        assert "4711" not in str(list(entries.values()))


@pytest.mark.parametrize("typed", ["471", "4711x", "%", "ü", "x" * 254])
def test_a_part_of_it_finds_nobody(cafe, frieda, owner, typed):
    with cafe.scope():
        someone(frieda, "4711")

    page = owner.post("/search/", {"page": PEOPLE, "q": typed}, follow=True)

    assert page.status_code == 200
    assert not list(page.context["table"].page.object_list)


def test_a_page_shows_25_and_forged_pages_are_the_first_or_last(cafe, frieda, owner):
    with cafe.scope():
        people = crowd(frieda, 30)

    def shown(asked: str) -> list[object]:
        table = owner.get(f"{PEOPLE}?{asked}").context["table"]
        return [row.record for row in table.page.object_list]

    assert shown("page=1") == shown("page=x") == shown("per_page=999") == people[:4:-1]
    assert shown("page=2") == shown("page=99") == people[4::-1]


def test_a_persons_page_counts_what_is_stored_and_shows_no_word_of_it(cafe, frieda, owner):
    with cafe.scope():
        who = someone(frieda, "4711", seen=timezone.now() - timedelta(days=3))
        agree(who, "4712")

    page = owner.get(f"{PEOPLE}{who.pk}/")

    held = {each.what: each.count for each in page.context["held"]}
    assert held["Message"] == 1
    assert held["Links to records of consent"] == 2
    assert "4711" not in page.text
    assert f"{PEOPLE}erase/?subject={who.pk}" in page.text
    assert owner.get(page.context["consents_url"]).context["table"].paginator.count == 2


def test_of_whom_is_being_erased_the_page_leads_to_it(cafe, frieda, owner):
    with cafe.scope():
        who = someone(frieda, "4711")
        own = request_erasure(who, origin=Erasure.Origin.BOT)

    page = owner.get(f"{PEOPLE}{who.pk}/")

    assert f"/erasures/{own.code}/" in page.text
    assert "Erase this person" not in page.text


def test_the_neighbours_person_is_not_there(cafe, dentist, frieda, owner):
    with dentist.scope():
        theirs = someone(channel_of_bot("Linde"), "4711")

    assert owner.get(f"{PEOPLE}{theirs.pk}/").status_code == 404
    assert str(theirs.pk) not in owner.get(PEOPLE).text
    assert visitor(dentist.owner).get(PEOPLE).status_code == 404


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_does_not_protect_data_sees_no_people(cafe, frieda, role):
    with cafe.scope():
        who = someone(frieda, "4711")
    member = visitor(cafe.member(role))

    assert member.get(PEOPLE).status_code == 403
    assert member.get(f"{PEOPLE}{who.pk}/").status_code == 403


def test_looking_changes_nothing_that_is_stored(cafe, frieda, owner):
    with cafe.scope():
        who = someone(frieda, "4711")
    for address in (PEOPLE, f"{PEOPLE}{who.pk}/"):
        owner.get(address)
        assert owner.post(address).status_code in {403, 405}

    with cafe.scope():
        who.refresh_from_db()
        assert not Erasure.objects.exists()
