"""A business erases one person, some, or all: asked first, then done once."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out, carry_out_many
from tenants.accounts.locking import lock_tenant
from tenants.bots.models import Message, Subscriber
from tests.consent.erasure.crowds import channel_of_bot, crowd, someone
from tests.visitors import visitor

ERASE = "/app/cafe-morgenrot/erasures/people/erase/"
PEOPLE = "/app/cafe-morgenrot/erasures/people/"
Origin = Erasure.Origin


@pytest.fixture
def guests(cafe, queue):
    with cafe.scope():
        return crowd(channel_of_bot("Frieda"), 5)


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner)


def jobs(business) -> list[Erasure]:
    with business.scope():
        return list(Erasure.objects.order_by("created_at"))


def stored(business) -> int:
    with business.scope():
        return Subscriber.objects.count()


def test_one_person_is_asked_about_and_then_erased_and_told(cafe, person, platforms, owner):
    address = f"{ERASE}?subject={person.subscriber.pk}"
    question = owner.get(address)

    assert question.status_code == 200
    assert "told in the chat" in question.text
    assert jobs(cafe) == []

    done = owner.post(ERASE, {"subject": str(person.subscriber.pk)}, follow=True)
    (erasure,) = jobs(cafe)
    assert done.redirect_chain[-1][0].endswith(f"/erasures/{erasure.code}/")
    assert "The erasure has begun" in done.text
    assert (erasure.origin, erasure.subject_id) == (Origin.TENANT, person.subscriber.pk)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))
    assert erasure.code in platforms.control.received("messenger-1001")[-1]["text"]
    with cafe.scope():
        entry = AuditEntry.objects.get(action="erasure.requested")
        assert entry.details == {"origin": "tenant"}
        assert entry.actor_id == cafe.owner.pk


def test_the_question_says_what_would_go_and_what_stays(cafe, guests, owner):
    page = owner.get(ERASE, {"subject": [str(each.pk) for each in guests[:3]]})

    text = " ".join(unescape(page.text).split())
    assert "Erase 3 people?" in text
    assert "<dt>Messages</dt><dd>3</dd>" in text
    assert "proof of consent" in text.lower()
    assert stored(cafe) == 5
    assert not [each for each in guests if each.external_id in page.text]


def test_those_who_were_ticked_go_and_nobody_else(cafe, guests, owner):
    owner.post(ERASE, {"subject": [str(each.pk) for each in guests[:3]]})

    (erasure,) = jobs(cafe)
    carry_out_many(str(cafe.tenant.pk), str(erasure.pk))
    with cafe.scope():
        assert set(Subscriber.objects.all()) == set(guests[3:])


@pytest.mark.parametrize("typed", ["", "Otto", "frieda x", "x" * 3000])
def test_all_of_a_bot_needs_its_name(cafe, guests, owner, typed):
    bot = guests[0].channel.bot

    page = owner.post(ERASE, {"bot": str(bot.pk), "typed": typed})

    assert page.status_code == 422
    assert jobs(cafe) == []


def test_all_of_a_bot_go_and_the_other_bots_people_stay(cafe, guests, owner):
    with cafe.scope():
        other = someone(channel_of_bot("Otto"), "other")
        bot = guests[0].channel.bot

    owner.post(ERASE, {"bot": str(bot.pk), "typed": " frieda "})

    (erasure,) = jobs(cafe)
    carry_out_many(str(cafe.tenant.pk), str(erasure.pk))
    with cafe.scope():
        assert list(Subscriber.objects.all()) == [other]


def test_everybody_of_the_business_needs_the_business_name(cafe, dentist, guests, owner):
    with dentist.scope():
        someone(channel_of_bot("Linde"), "theirs")

    assert owner.post(ERASE, {"everybody": "1", "typed": "Frieda"}).status_code == 422
    owner.post(ERASE, {"everybody": "1", "typed": cafe.tenant.company})

    (erasure,) = jobs(cafe)
    carry_out_many(str(cafe.tenant.pk), str(erasure.pk))
    assert (stored(cafe), stored(dentist)) == (0, 1)


def test_who_comes_between_question_and_button_is_not_in_it(cafe, guests, owner):
    page = owner.get(f"{ERASE}?everybody=1")
    asked = dict(page.context["asked"].fields)
    with cafe.scope():
        late = someone(guests[0].channel, "came later")

    owner.post(ERASE, {**asked, "typed": cafe.tenant.company})

    (erasure,) = jobs(cafe)
    carry_out_many(str(cafe.tenant.pk), str(erasure.pk))
    with cafe.scope():
        assert list(Subscriber.objects.all()) == [late]


@pytest.mark.parametrize("until", ["", "soon", "9999-01-01T00:00:00Z", "2026-13-45", "2026-01-01"])
def test_a_moment_that_is_none_or_to_come_is_now(cafe, guests, owner, until):
    owner.post(ERASE, {"everybody": "1", "until": until, "typed": cafe.tenant.company})

    (erasure,) = jobs(cafe)
    moment = timezone.datetime.fromisoformat(erasure.selection["until"])
    assert timezone.now() - timedelta(minutes=1) < moment <= timezone.now()
    assert erasure.total == 5


def test_pressed_twice_is_done_once(cafe, guests, owner):
    asked = {"subject": [str(each.pk) for each in guests[:2]]}
    first, second = (owner.post(ERASE, asked) for _twice in range(2))
    assert first.url == second.url

    one = {"subject": str(guests[4].pk)}
    first, second = (owner.post(ERASE, one) for _twice in range(2))
    assert first.url == second.url
    assert len(jobs(cafe)) == 2


@pytest.mark.parametrize("how_many", [1, 2])
def test_who_is_gone_meanwhile_is_said_to_be_gone(cafe, guests, owner, how_many):
    asked = {"subject": [str(each.pk) for each in guests[:how_many]]}
    with cafe.scope():
        Message.objects.all().delete()
        Subscriber.objects.all().delete()

    for answer in (owner.get(ERASE, asked, follow=True), owner.post(ERASE, asked, follow=True)):
        assert "Nothing is stored on them any more" in answer.text
    assert jobs(cafe) == []


def test_numbers_of_the_neighbours_people_are_nobody(cafe, dentist, guests, owner):
    with dentist.scope():
        theirs = crowd(channel_of_bot("Linde"), 2)
        bot = theirs[0].channel.bot

    for asked in (
        {"subject": str(theirs[0].pk)},
        {"subject": [str(each.pk) for each in theirs]},
        {"bot": str(bot.pk), "typed": "Linde"},
    ):
        answer = owner.post(ERASE, asked)
        assert (answer.status_code, answer.url) == (302, PEOPLE)
    assert jobs(cafe) == jobs(dentist) == []
    assert stored(dentist) == 2


@pytest.mark.parametrize(
    "asked",
    [{}, {"subject": "x"}, {"subject": "%00"}, {"bot": "x"}, {"bot": ""}, {"everybody": ""}],
)
def test_what_names_nobody_leads_back(cafe, guests, owner, asked):
    for answer in (owner.get(ERASE, asked), owner.post(ERASE, asked)):
        assert (answer.status_code, answer.url) == (302, PEOPLE)
    assert jobs(cafe) == []


def test_too_many_ticks_are_refused_in_words(cafe, guests, owner):
    asked = {"subject": [str(guests[0].pk)] * 101}

    assert "At most 100 people" in owner.post(ERASE, asked, follow=True).text
    assert jobs(cafe) == []


def test_whose_own_erasure_is_under_way_is_left_to_it(cafe, guests, owner):
    with cafe.scope():
        own = request_erasure(guests[0], origin=Origin.BOT)

    asked = {"subject": str(guests[0].pk)}
    assert owner.get(ERASE, asked).url == PEOPLE
    assert owner.post(ERASE, asked).url.endswith(f"/{own.code}/")
    assert jobs(cafe) == [own]


def test_it_takes_a_fresh_proof_of_who_one_is(cafe, guests):
    late = visitor(cafe.owner, seconds_ago=3600)

    answer = late.post(ERASE, {"subject": str(guests[0].pk)})

    assert "/accounts/reauthenticate/" in answer.url
    assert jobs(cafe) == []
    assert late.get(ERASE, {"subject": str(guests[0].pk)}).status_code == 200


@pytest.mark.parametrize(("role", "may"), [("dpo", True), ("editor", False), ("viewer", False)])
def test_only_who_protects_data_may(cafe, guests, role, may):
    member = visitor(cafe.member(role))
    asked = {"subject": str(guests[0].pk)}

    assert (member.get(ERASE, asked).status_code == 200) == may
    assert (member.post(ERASE, asked).status_code == 302) == may
    assert bool(jobs(cafe)) == may


def test_a_locked_business_may_still_erase(cafe, guests, owner):
    with platform_scope("a test locks the business"):
        lock_tenant(cafe.tenant, reason="Test")

    assert owner.get(ERASE, {"subject": str(guests[0].pk)}).status_code == 200
    owner.post(ERASE, {"subject": str(guests[0].pk)})

    assert len(jobs(cafe)) == 1


def test_without_a_token_against_forged_forms_nothing_happens(cafe, guests):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cafe.owner)

    assert strict.post(ERASE, {"subject": str(guests[0].pk)}).status_code == 403
    assert jobs(cafe) == []
