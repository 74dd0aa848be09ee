"""On a person's page nothing is given out or erased past a request that nobody has looked at."""

import pytest
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure, PersonExport
from consent.erasure.person_exports.asking import ask_for_data_of
from consent.erasure.requests import request_erasure
from consent.rights.models import RightsRequest
from tests.consent.erasure.carrying_out import carried_out
from tests.consent.rights.by_hand.test_identity import check
from tests.visitors import visitor

PEOPLE = "/app/cafe-morgenrot/erasures/people/"
ERASE = f"{PEOPLE}erase/"
Kind = RightsRequest.Kind


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner, language="de")


@pytest.fixture
def here(person):
    return f"{PEOPLE}{person.subscriber.pk}/"


def jobs(cafe):
    with cafe.scope():
        return list(Erasure.objects.all())


def test_the_person_s_page_says_that_it_is_not_known_who_asks(cafe, owner, here, enter):
    assert "nicht bekannt, wer" not in owner.get(here).text
    wish = enter()

    assert "nicht bekannt, wer" in owner.get(here).text
    with cafe.scope():
        check(wish, cafe)
    assert "nicht bekannt, wer" not in owner.get(here).text


@pytest.mark.parametrize("kind", Kind.values)
def test_past_an_unchecked_request_the_business_erases_only_if_it_says_that_it_knows(
    cafe, person, owner, enter, kind
):
    wish = enter(kind=kind)
    sent = {"subject": str(person.subscriber.pk)}
    assert f"/requests/{wish.pk}/" in owner.get(ERASE, sent).text

    refused = owner.post(ERASE, sent)
    assert refused.status_code == 422
    assert jobs(cafe) == []
    for _time in range(2):
        owner.post(ERASE, sent | {"passed_over": "on"})

    (erasure,) = jobs(cafe)
    assert erasure.origin == "tenant"
    with cafe.scope():
        (entry,) = AuditEntry.objects.filter(action="rights_request.passed_over")
    assert (entry.target_id, entry.actor_id) == (str(wish.pk), cafe.owner.pk)


def test_what_somebody_is_still_to_get_is_named_before_they_are_erased(cafe, person, owner, enter):
    enter(checked=True, kind=Kind.ACCESS)

    assert owner.post(ERASE, {"subject": str(person.subscriber.pk)}).status_code == 422
    assert jobs(cafe) == []


def test_without_a_request_and_after_the_check_of_a_wish_to_be_erased_nothing_more_is_asked(
    cafe, person, owner, enter
):
    enter(checked=True)

    assert owner.post(ERASE, {"subject": str(person.subscriber.pk)}).status_code == 302
    assert len(jobs(cafe)) == 1


def test_everybody_is_not_erased_past_one_either(cafe, owner, enter):
    enter()
    said = {"everybody": "1", "typed": cafe.tenant.company}

    assert owner.post(ERASE, said).status_code == 422
    assert jobs(cafe) == []
    assert owner.post(ERASE, said | {"passed_over": "on"}).status_code == 302


def test_the_tap_in_the_chat_works_whatever_came_by_letter(cafe, person, enter):
    enter()
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)

    assert carried_out(erasure).deleted_at


def test_no_download_is_prepared_or_taken_before_it_is_known_who_wants_it(
    cafe, person, owner, here, enter, queue
):
    with cafe.scope():
        ready = ask_for_data_of(person.subscriber, way=PersonExport.Way.DOWNLOAD, user=cafe.owner)
    make_and_tell(str(cafe.tenant.pk), str(ready.pk))
    assert "Herunterladen (ZIP)" in owner.get(here).text
    wish = enter(kind=Kind.ACCESS)

    assert "Herunterladen (ZIP)" not in owner.get(here).text
    for answer in (
        owner.post(f"{here}copies/", {"way": "download"}),
        owner.get(f"{here}copies/copy.zip"),
    ):
        assert answer.url == f"/app/cafe-morgenrot/requests/{wish.pk}/"
    with cafe.scope():
        assert PersonExport.objects.count() == 1
        check(wish, cafe, on=timezone.localdate())
    assert b"".join(owner.get(f"{here}copies/copy.zip").streaming_content)


def test_a_link_into_the_person_s_own_chat_needs_no_check(cafe, owner, here, enter):
    enter(kind=Kind.ACCESS)

    owner.post(f"{here}copies/", {"way": "chat"})

    with cafe.scope():
        assert PersonExport.objects.get().way == "chat"


def test_a_second_request_that_was_checked_opens_the_download(cafe, owner, here, enter):
    enter(kind=Kind.ACCESS)
    enter(kind=Kind.ACCESS, checked=True, asked="I stand at the counter")

    owner.post(f"{here}copies/", {"way": "download"})

    with cafe.scope():
        assert PersonExport.objects.get().way == "download"
