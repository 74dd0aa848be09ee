"""The pages of a business that leaves, for its owner, its members, and whoever has the code."""

import json
from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.leaving.models import TenantEnding, TenantExport
from tests.conftest import Business

from .conftest import ask, carried_out, make_file

PAGE = "/app/cafe-morgenrot/ending/"
ANSWER = {"choice": "return", "name": "Café  morgenrot"}


@pytest.fixture
def owner(cafe: Business, client: Client, queue) -> Client:
    client.force_login(cafe.owner)
    return client


def member(business: Business, role: str) -> Client:
    client = Client()
    client.force_login(business.member(role))
    return client


def test_the_settings_lead_to_the_question_and_it_says_what_goes_and_what_stays(
    cafe: Business, owner: Client
) -> None:
    assert f'href="{PAGE}leave/"' in owner.get("/app/cafe-morgenrot/settings/").content.decode()

    page = owner.get(f"{PAGE}leave/").content.decode()

    assert "Mitglied" in page
    assert "Rechenschaft" in page, "on which ground the log is kept"


def test_an_owner_who_types_the_name_sees_how_far_it_is(cafe: Business, owner: Client) -> None:
    answer = owner.post(f"{PAGE}leave/", ANSWER)

    assert answer["Location"] == PAGE
    page = owner.get(PAGE).content.decode()
    assert "kann zurückgenommen werden" in page.lower()
    again = owner.post(f"{PAGE}leave/", ANSWER)
    assert (again.status_code, again["Location"]) == (302, PAGE)


@pytest.mark.parametrize(
    "form",
    [{}, {"choice": "return"}, ANSWER | {"name": "Zahnarzt"}, ANSWER | {"choice": "nothing"}],
)
def test_what_is_missing_or_wrong_changes_nothing(
    cafe: Business, owner: Client, form: dict[str, str]
) -> None:
    assert owner.post(f"{PAGE}leave/", form).status_code == 422

    with cafe.scope():
        assert not TenantEnding.objects.exists()


@pytest.mark.parametrize("role", ["editor", "dpo", "viewer"])
def test_nobody_but_an_owner_lets_it_leave_or_stay_or_takes_the_file(
    cafe: Business, queue, role: str
) -> None:
    client = member(cafe, role)

    assert client.post(f"{PAGE}leave/", ANSWER).status_code == 403
    ask(cafe)
    assert client.post(f"{PAGE}cancel/").status_code == 403
    assert client.get(f"{PAGE}everything/").status_code == 403
    assert client.get(PAGE).status_code == 200


def test_members_of_a_business_that_leaves_read_and_change_nothing(
    cafe: Business, owner: Client
) -> None:
    ask(cafe)

    assert owner.get("/app/cafe-morgenrot/bots/").status_code == 200
    assert owner.post("/app/cafe-morgenrot/bots/new/", {"name": "New"}).status_code == 403
    assert owner.post("/app/cafe-morgenrot/members/invite/", {}).status_code == 403
    assert PAGE in owner.get("/app/cafe-morgenrot/").content.decode()


def test_an_owner_lets_it_stay(cafe: Business, owner: Client) -> None:
    ask(cafe)

    assert owner.post(f"{PAGE}cancel/")["Location"] == "/app/cafe-morgenrot/"
    assert owner.post(f"{PAGE}cancel/").status_code == 302, "a second press is told so"
    with cafe.scope():
        assert TenantEnding.objects.get().state == TenantEnding.State.CANCELLED


def test_the_neighbour_finds_no_page(cafe: Business, dentist: Business, client: Client) -> None:
    ask(cafe)
    client.force_login(dentist.owner)

    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}everything/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_each_download_of_the_file_is_in_the_log(cafe: Business, owner: Client) -> None:
    ask(cafe)
    assert owner.get(f"{PAGE}everything/")["Location"] == PAGE, "it is not there yet"
    export = make_file(cafe)

    answer: Any = owner.get(f"{PAGE}everything/")

    content = b"".join(answer.streaming_content)
    assert (content[:2], len(content)) == (b"PK", export.size)
    assert answer["Cache-Control"] == "private, no-store"
    with cafe.scope():
        assert AuditEntry.objects.filter(action="tenant.exported").count() == 1


def test_the_file_is_made_anew_when_an_owner_asks(cafe: Business, owner: Client) -> None:
    ask(cafe)
    with cafe.scope():
        TenantExport.objects.update(state=TenantExport.State.FAILED)

    owner.post(f"{PAGE}everything/renew/")

    with cafe.scope():
        assert TenantExport.objects.get().state == TenantExport.State.ASKED


@pytest.mark.django_db(transaction=True)
def test_the_certificate_is_there_for_the_code_alone(
    cafe: Business, owner: Client, grace_is_over
) -> None:
    ask(cafe)
    make_file(cafe)
    grace_is_over(cafe)
    ending = carried_out(cafe)
    stranger = Client()

    page = stranger.get(f"/erasure/business/{ending.code}/")

    assert page.status_code == 200
    assert "Café Morgenrot" not in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    said = json.loads(stranger.get(f"/erasure/business/{ending.code}/certificate.json").content)
    assert said["certificate"]["deleted"] == ending.counts
    assert f"ending {ending.code}\n" in said["signature"]
    assert stranger.get(f"/erasure/business/{ending.code[:-1]}/").status_code == 404
    assert owner.get(PAGE).status_code == 404
