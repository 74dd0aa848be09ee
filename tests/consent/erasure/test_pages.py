"""What the tenant sees of erasures, and what whoever holds a code sees."""

import pytest

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out


@pytest.fixture
def erasure(cafe, person):
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


def test_without_any_the_page_says_what_will_stand_here(client, cafe):
    client.force_login(cafe.owner)

    page = client.get("/app/cafe-morgenrot/erasures/", headers={"accept-language": "en"})

    assert "Nobody has asked to be deleted" in page.text


def test_the_tenant_sees_the_job_and_no_person(client, cafe, person, erasure):
    client.force_login(cafe.owner)

    for address in ("", f"{erasure.code}/"):
        page = client.get(f"/app/cafe-morgenrot/erasures/{address}")
        assert erasure.code in page.text
        assert person.address not in page.text


def test_the_neighbour_sees_neither_list_nor_job(client, dentist, erasure):
    client.force_login(dentist.owner)

    assert client.get("/app/cafe-morgenrot/erasures/").status_code == 404
    assert client.get(f"/app/zahnarzt-linde/erasures/{erasure.code}/").status_code == 404
    assert erasure.code not in client.get("/app/zahnarzt-linde/erasures/").text


def test_a_search_finds_the_code(client, cafe, erasure):
    client.force_login(cafe.owner)

    assert erasure.code in client.get(f"/app/cafe-morgenrot/erasures/?q={erasure.code}").text
    assert f"{erasure.code}/" not in client.get("/app/cafe-morgenrot/erasures/?q=other").text


def test_whoever_holds_the_code_reads_the_state_and_nothing_else(client, cafe, person, erasure):
    before = client.get(f"/erasure/{erasure.code}/", headers={"accept-language": "en"})
    carry_out(str(cafe.tenant.pk), str(erasure.pk))
    after = client.get(f"/erasure/{erasure.code}/", headers={"accept-language": "en"})

    assert "are being deleted" in before.text
    assert "Everything about you has been deleted" in after.text
    for page in (before, after):
        assert person.address not in page.text
        assert "cafe" not in page.text.lower()
        assert page["X-Robots-Tag"] == "noindex"
        assert page["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("code", ["unknown", "x" * 300, "%00", "ä"])
def test_an_unknown_code_gets_a_friendly_answer(client, db, code):
    assert client.get(f"/erasure/{code}/").status_code == 404


def test_a_code_can_be_typed(client, db):
    assert client.get("/erasure/?code=ABC").url == "/erasure/abc/"


def test_a_stuck_erasure_is_tried_again_on_the_owners_word(client, cafe, erasure, queue, commit):
    client.force_login(cafe.owner)
    queue.clear()

    with commit():
        client.post(f"/app/cafe-morgenrot/erasures/{erasure.code}/retry/")

    assert queue == [("erasure.carry_out", str(cafe.tenant.pk), str(erasure.pk))]
