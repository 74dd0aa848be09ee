"""On the screen: a naming is taken back, a longer time told, and an answer says how it was done."""

import pytest
from django.utils import timezone

from chatbo.foundation.isolation import tenant_scope
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.rights.by_hand.checking import extend_time
from consent.rights.by_hand.outcomes import known_of
from consent.rights.models import RightsRequest
from tenants.bots.models import Subscriber
from tests.consent.erasure.carrying_out import carried_out
from tests.visitors import visitor

PEOPLE = "/app/cafe-morgenrot/erasures/people/"
LIST = "/app/cafe-morgenrot/requests/"
TODAY = timezone.localdate().isoformat()
Kind = RightsRequest.Kind


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner, language="de")


def test_whom_it_is_about_is_taken_back_from_its_page(owner, enter, fresh):
    wish = enter(checked=True)
    address = f"{LIST}{wish.pk}/"
    assert f"{address}not-theirs/" in owner.get(address).text
    assert "niemandem zugeordnet" in owner.get(f"{address}not-theirs/").text

    assert owner.post(f"{address}not-theirs/").url == address

    assert not fresh(wish).about_somebody
    page = owner.get(address).text
    assert "Niemand wurde gefunden" in page
    assert f"{address}not-theirs/" not in page


def test_once_its_erasure_has_begun_its_page_offers_the_answer_alone(owner, enter, fresh):
    wish = enter(checked=True)
    address = f"{LIST}{wish.pk}/"
    given_up = [f"{address}{page}/" for page in ("refuse", "withdraw")]
    assert all(page in owner.get(address).text for page in given_up)
    owner.post(f"{address}erase/")

    assert not any(page in owner.get(address).text for page in given_up)
    said = {"ground": "excessive", "reason": "Zu oft", "on": TODAY, "reply": "mail"}
    refused = owner.post(given_up[0], said)
    withdrawn = owner.post(given_up[1], follow=True)

    assert refused.status_code == 422
    for answer in (refused, withdrawn):
        assert "kann nur noch beantwortet werden" in answer.text
    assert fresh(wish).state == "in_progress"


def test_whoever_was_erased_and_came_back_is_looked_up_once_more(cafe, person, owner, enter, fresh):
    """Before, the request stayed with nobody, and the letter said that nothing is stored."""
    wish = enter(kind=Kind.ACCESS)
    address = f"{LIST}{wish.pk}/"
    assert "noch einmal" not in owner.get(f"{address}answer/").text
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carried_out(erasure)
    with cafe.scope():
        again = Subscriber.objects.create(channel=person.channel, external_id=person.address)
    answer = owner.get(f"{address}answer/").text
    assert "Suchen Sie die Person noch einmal" in answer
    assert f'href="{PEOPLE}"' in answer
    assert f"{address}not-theirs/" in owner.get(address).text

    owner.post(f"{address}not-theirs/")
    assert owner.post(f"{address}person/{again.pk}/").url == address

    assert f"{PEOPLE}{again.pk}/" in owner.get(address).text
    assert "noch einmal" not in owner.get(f"{address}answer/").text
    with cafe.scope():
        assert known_of(fresh(wish)) is None


def test_who_was_erased_by_the_request_itself_is_not_taken_back(owner, enter, fresh):
    wish = enter(checked=True)
    address = f"{LIST}{wish.pk}/"
    owner.post(f"{address}erase/")
    with tenant_scope(wish.tenant_id):
        erasure = Erasure.objects.get()
    carried_out(erasure)

    assert f"{address}not-theirs/" not in owner.get(address).text
    answer = owner.get(f"{address}answer/").text
    assert "Suchen Sie die Person noch einmal" in answer
    assert "Nicht der Antrag" not in answer
    assert fresh(wish).about_somebody


def test_that_nobody_was_told_of_a_longer_time_is_shown_until_it_is_noted(cafe, owner, enter):
    wish = enter()
    address = f"{LIST}{wish.pk}/"
    assert f"{address}longer/told/" not in owner.get(address).text
    with cafe.scope():
        extend_time(wish, reason="Sehr viele")
    page = owner.get(address).text
    assert "weiß noch nicht, dass es länger dauert" in page
    assert f"{address}longer/told/" in page
    assert owner.get(f"{address}letter/?about=longer").status_code == 200

    told = {"on": TODAY, "reply": "mail"}
    assert owner.post(f"{address}longer/told/", told).url == address

    page = owner.get(address).text
    assert "weiß noch nicht" not in page
    assert "per E-Mail" in page


def test_what_chatbo_does_not_know_the_answer_asks_for(cafe, owner, enter, fresh):
    wish = enter(checked=True, kind=Kind.ACCESS)
    address = f"{LIST}{wish.pk}/"
    said = {"on": TODAY, "reply": "letter", "how": ""}
    assert 'name="how"' in owner.get(f"{address}answer/").text

    refused = owner.post(f"{address}answer/", said)
    assert refused.status_code == 422
    assert "weiß nicht, dass es erledigt ist" in refused.text
    done = owner.post(f"{address}answer/", said | {"how": "Auf Papier geschickt"})

    assert done.url == address
    assert fresh(wish).outcome == "outside"
    assert "Auf Papier geschickt" in owner.get(address).text
    assert "Auf Papier geschickt" in owner.get(f"{address}letter/").text


def test_what_chatbo_knows_the_answer_does_not_ask_for(owner, enter, carry_out):
    wish = enter(checked=True, kind=Kind.RESTRICTION)
    carry_out(Kind.RESTRICTION)

    page = owner.get(f"{LIST}{wish.pk}/answer/").text

    assert 'name="how"' not in page
    assert owner.post(f"{LIST}{wish.pk}/answer/", {"on": TODAY, "reply": "mail"}).status_code == 302
