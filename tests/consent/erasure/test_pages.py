"""What the tenant sees of erasures, and what whoever holds a code sees."""

from typing import Any

import pytest

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure


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


def test_a_code_can_be_typed(client, db):
    assert client.get("/erasure/?code=ABC").url == "/erasure/abc/"


def test_a_stuck_erasure_is_tried_again_on_the_owners_word(client, cafe, erasure, queue, commit):
    client.force_login(cafe.owner)
    queue.clear()

    with commit():
        client.post(f"/app/cafe-morgenrot/erasures/{erasure.code}/retry/")

    assert queue == [("erasure.carry_out", str(cafe.tenant.pk), str(erasure.pk))]


@pytest.mark.parametrize("shape", ["{}", " {} ", "https://chatbo.example/erasure/{}/"])
def test_a_code_is_found_however_it_was_copied(client: Any, shape: str) -> None:
    typed = shape.format("6d9hr pyxt9cbgs7ncmft")
    response = client.get("/erasure/", {"code": typed})

    assert response.status_code == 302
    assert response["Location"] == "/erasure/6d9hrpyxt9cbgs7ncmft/"


@pytest.mark.parametrize("typed", ["ü", "😀", "²", "///"])
def test_what_is_no_code_is_said_to_be_unknown(client: Any, typed: str) -> None:
    assert client.get("/erasure/", {"code": typed}).status_code == 404


def test_the_length_of_a_page_is_not_for_the_asking(client: Any, cafe: Any) -> None:
    client.force_login(cafe.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    for asked in ("-1", "1000000", "x"):
        page = client.get(f"/app/{cafe.tenant.slug}/erasures/", {"per_page": asked})
        assert page.status_code == 200
        assert page.context["table"].paginator.per_page == 25


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_that_was_typed_is_said_again(client: Any, erasure: Any, language: str) -> None:
    code = erasure.code
    for address in (
        "/erasure/zzqqzz/",
        "/erasure/?code=zzqqzz",
        "/erasure/?code=%C3%BC&zzqqzz=1",
        "/erasure/?code=&zzqqzz=1",
        f"/erasure/{code}/?zzqqzz=1",
    ):
        page = client.get(address, headers={"accept-language": language}, follow=True)
        assert "zzqqzz" not in page.text, address
    written_large = client.get(f"/erasure/{code.upper()}/")
    assert code in written_large.text
    assert code.upper() not in written_large.text
    assert "code" not in client.get("/erasure/zzqqzz/").context
