"""Holds are visible: on the person's page, in a list with dates, and to read, each time logged."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure, Hold
from consent.erasure.requests import request_erasure
from tenants.accounts.models import Membership, User
from tests.consent.conftest import MARKER
from tests.consent.erasure.carrying_out import carried_out
from tests.visitors import visitor

HOLDS = "/app/cafe-morgenrot/erasures/holds/"


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner, language="de")


@pytest.fixture
def here(person):
    return f"/app/cafe-morgenrot/erasures/people/{person.subscriber.pk}/"


@pytest.fixture
def wish():
    return {
        "ground": "defending",
        "reason": "Offene Rechnung",
        "ends_on": (timezone.localdate() + timedelta(days=90)).isoformat(),
    }


def the_hold(cafe):
    with cafe.scope():
        return Hold.objects.get()


def test_before_anything_is_held_the_list_says_what_it_is_for(owner):
    assert "Nichts wird festgehalten" in owner.get(HOLDS).text


@pytest.mark.parametrize(("language", "words"), [("de", "Höchstens 3 Jahre"), ("en", "At most 3")])
def test_the_longest_time_is_said_in_the_readers_language(cafe, here, language, words):
    assert words in visitor(cafe.owner, language=language).get(f"{here}hold/").text


def test_it_is_set_on_the_person_s_page_and_seen_there_and_in_the_list(
    cafe, person, owner, here, wish
):
    assert f"{here}hold/" in owner.get(here).text

    answer = owner.post(f"{here}hold/", wish)

    address = f"{HOLDS}{the_hold(cafe).pk}/"
    assert answer.url == address
    assert address in owner.get(here).text
    assert address in owner.get(HOLDS).text
    page = owner.get(address).text
    assert "Offene Rechnung" in page
    assert "1 Nachricht festgehalten" in page
    assert MARKER not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "x" * 501},
        {"ground": "curious"},
        {"ends_on": "2000-01-01"},
        {"ends_on": "2999-01-01"},
        {"ends_on": "soon"},
        {"since": "2026-02-01", "until": "2026-01-01"},
    ],
)
def test_what_is_filled_in_wrong_is_said_and_nothing_is_lost(cafe, owner, here, wish, wrong):
    answer = owner.post(f"{here}hold/", wish | wrong)

    assert answer.status_code == 422
    assert "invalid" in answer.text
    with cafe.scope():
        assert not Hold.objects.exists()


def test_what_is_held_is_read_after_the_erasure_and_each_reading_is_in_the_log(
    cafe, person, owner, here, wish
):
    owner.post(f"{here}hold/", wish)
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carried_out(erasure)
    address = f"{HOLDS}{the_hold(cafe).pk}/"

    answer = owner.get(address)

    assert MARKER in answer.text
    assert person.address in answer.text
    assert "no-store" in answer["Cache-Control"]
    with cafe.scope():
        (entry,) = AuditEntry.objects.filter(action="hold.read")
    assert MARKER not in str(vars(entry))
    assert (
        "1 für einen Rechtsanspruch festgehaltener Datensatz"
        in owner.get(f"/app/cafe-morgenrot/erasures/{erasure.code}/").text
    )


def test_it_is_extended_and_released_from_its_page(cafe, person, owner, here, wish):
    owner.post(f"{here}hold/", wish)
    hold = the_hold(cafe)
    address = f"{HOLDS}{hold.pk}/"

    same = {"ends_on": wish["ends_on"], "reason": "Gericht"}
    assert owner.post(f"{address}extend/", same).status_code == 422
    later = {**same, "ends_on": (hold.ends_on + timedelta(days=5)).isoformat()}
    assert owner.post(f"{address}extend/", later).url == address
    assert "Gericht" in owner.get(address).text

    assert owner.get(f"{address}release/").status_code == 200
    the_hold(cafe)
    for _time in range(2):
        assert owner.post(f"{address}release/").url == HOLDS
    assert owner.get(address).status_code == 404


def test_who_does_not_look_after_data_protection_and_other_businesses_see_nothing(
    cafe, dentist, person, owner, here, wish
):
    owner.post(f"{here}hold/", wish)
    address = f"{HOLDS}{the_hold(cafe).pk}/"
    editor = User.objects.create_user("editor@mail.example", name="Editor")
    with cafe.scope():
        Membership.objects.create(user=editor, role=Membership.Role.EDITOR)

    for page in (HOLDS, address, f"{here}hold/", f"{address}extend/", f"{address}release/"):
        assert visitor(editor).get(page).status_code in {403, 404}
        assert visitor(dentist.owner).get(page).status_code == 404
        elsewhere = page.replace("cafe-morgenrot", dentist.tenant.slug)
        if page != HOLDS:
            assert visitor(dentist.owner).get(elsewhere).status_code == 404
