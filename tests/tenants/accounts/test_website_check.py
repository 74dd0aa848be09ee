"""Whether a business's own imprint and privacy policy can be read, asked of the website itself."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from chatbo.foundation.outbound import Reason
from standins.testing import running
from tenants.accounts import website_check
from tenants.accounts.models import Tenant
from tenants.accounts.website_check import Finding, look_at
from tenants.accounts.website_views import NOT_REACHED, WRONG_LOGO
from tests.foundation.outbound.conftest import (  # noqa: F401 (fixtures)
    OTHER_PUBLIC,
    Internet,
    answer,
    authority,
    internet,
    redirect,
)
from tests.visitors import visitor

CAFE = "https://cafe-morgenrot.example/impressum"
PATH = "/app/cafe-morgenrot/settings/check/"


@pytest.fixture
def web(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> Internet:  # noqa: F811
    """The guarded client as it is, over the tests' own wires."""
    monkeypatch.setattr(website_check, "fetch", internet.client().fetch)
    return internet


def named(business: Any, *, imprint: str = "", privacy: str = "") -> None:
    with business.scope():
        Tenant.objects.update(imprint_url=imprint, privacy_url=privacy)


def told(user: Any) -> list[str]:
    page = visitor(user, language="de").post(PATH, follow=True)
    return [str(message) for message in page.context["messages"]]


def test_a_page_that_comes_is_reachable(web: Internet, cafe: Any) -> None:
    web.add("cafe-morgenrot.example")
    named(cafe, imprint=CAFE)
    assert told(cafe.owner) == ["Impressum: für alle erreichbar."]


def test_both_are_looked_at_side_by_side(web: Internet, cafe: Any) -> None:
    def after_a_while(connection: Any) -> None:
        time.sleep(1)
        connection.sendall(answer())

    site = web.add("cafe-morgenrot.example")
    site.answers = dict.fromkeys(["/impressum", "/datenschutz"], after_a_while)
    begin = time.monotonic()

    findings = look_at([CAFE, "https://cafe-morgenrot.example/datenschutz"])

    assert all(finding.is_reachable for finding in findings)
    assert time.monotonic() - begin < 1.8


def test_a_page_that_is_missing_says_its_number(web: Internet, cafe: Any) -> None:
    web.add("cafe-morgenrot.example").answers["/impressum"] = answer(status="404 Not Found")
    named(cafe, imprint=CAFE)
    (said,) = told(cafe.owner)
    assert said.startswith("Impressum: Die Website antwortet mit dem Fehler 404.")


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("https://www.cafe-morgenrot.example/impressum", ""),
        ("https://hoster.example/parking", "hoster.example"),
    ],
)
def test_a_redirect_off_the_website_is_told_and_one_within_is_not(
    web: Internet, target: str, leads_to: str
) -> None:
    web.add("cafe-morgenrot.example").answers["/impressum"] = redirect(target)
    web.add(target.split("/")[2], address=OTHER_PUBLIC)
    assert look_at([CAFE]) == [Finding(CAFE, status=200, leads_to=leads_to)]


def test_where_it_leads_to_is_shown_as_text(web: Internet, cafe: Any) -> None:
    web.add("cafe-morgenrot.example").answers["/impressum"] = redirect("https://hoster.example/<b>")
    web.add("hoster.example", address=OTHER_PUBLIC)
    named(cafe, imprint=CAFE)
    (said,) = told(cafe.owner)
    assert said == (
        "Impressum: erreichbar, leitet aber weiter zu hoster.example."
        " Geben Sie besser gleich diese Adresse an."
    )


def test_an_address_that_leads_inside_is_told_and_not_opened(web: Internet, cafe: Any) -> None:
    inside = web.add("cafe-morgenrot.example", address="169.254.169.254")
    named(cafe, imprint=CAFE)
    (said,) = told(cafe.owner)
    assert said == (
        "Impressum: nicht erreichbar."
        " Der Name führt in ein privates Netz, nicht zu einer öffentlichen Website."
    )
    assert inside.connections == 0


def test_the_database_does_not_wait_for_the_website(
    web: Internet, cafe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No scope is open while the page is fetched; outside of tests that is: no transaction."""
    scopes: list[Any] = []
    fetch = website_check.fetch

    def watched(url: str) -> Any:
        scopes.append(depth[0])
        return fetch(url)

    depth = [0]
    looked_at = website_check.look_at

    def from_the_view(urls: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.tenant_id', true)")
            depth[0] = cursor.fetchone()[0]
        return looked_at(urls)

    monkeypatch.setattr(website_check, "fetch", watched)
    monkeypatch.setattr("tenants.accounts.website_views.look_at", from_the_view)
    web.add("cafe-morgenrot.example")
    named(cafe, imprint=CAFE)
    told(cafe.owner)
    assert len(scopes) == 1
    assert not scopes[0]


def test_without_addresses_nothing_is_asked(web: Internet, cafe: Any) -> None:
    assert told(cafe.owner) == [
        "Sie haben keine eigenen Seiten angegeben. ChatBo stellt beide für Sie bereit."
    ]
    assert web.resolved == []


def test_the_eleventh_time_waits_for_this_business_only(
    web: Internet, cafe: Any, dentist: Any
) -> None:
    site = web.add("cafe-morgenrot.example")
    for business in (cafe, dentist):
        named(business, imprint=CAFE)
    for _ in range(10):
        visitor(cafe.owner).post(PATH)
    assert len(site.requests) == 10

    assert told(cafe.owner) == ["Das war zu oft in kurzer Zeit. Bitte warten Sie zehn Minuten."]
    assert len(site.requests) == 10
    visitor(dentist.owner).post("/app/zahnarzt-linde/settings/check/")
    assert len(site.requests) == 11


@pytest.mark.parametrize("role", ["editor", "dpo", "viewer"])
def test_who_may_not_change_the_settings_sends_us_nowhere(
    web: Internet, cafe: Any, role: str
) -> None:
    web.add("cafe-morgenrot.example")
    named(cafe, imprint=CAFE)
    assert visitor(cafe.member(role)).post(PATH).status_code == 403
    assert web.resolved == []


def test_nor_does_the_neighbour_or_a_stranger(web: Internet, cafe: Any, dentist: Any) -> None:
    web.add("cafe-morgenrot.example")
    named(cafe, imprint=CAFE)
    assert visitor(dentist.owner).post(PATH).status_code == 404
    assert Client().post(PATH).status_code == 302
    assert visitor(cafe.owner).get(PATH).status_code == 405
    assert web.resolved == []


def test_in_the_demo_the_stand_ins_pages_are_reachable(
    cafe: Any, tmp_path: Path, settings: Any
) -> None:
    with running(tmp_path) as stand_ins:
        settings.STANDINS_URL = stand_ins.url
        named(
            cafe,
            imprint=f"{stand_ins.url}/site/cafe-morgenrot/impressum",
            privacy=f"{stand_ins.url}/site/nobody/datenschutz",
        )
        imprint, privacy = told(cafe.owner)
    assert imprint == "Impressum: für alle erreichbar."
    assert "Fehler 404" in privacy


@pytest.mark.parametrize(
    "address",
    [
        "https://owner:secret@cafe-morgenrot.example/",
        "https://cafe-morgenrot.example:8443/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://192.168.178.1/",
        "http://127.0.0.1:8200/site/cafe-morgenrot/impressum",
    ],
)
def test_an_address_that_we_would_not_open_is_not_taken(cafe: Any, address: str) -> None:
    facts = {"company": "Café Morgenrot", "country": "DE", "imprint_url": address}
    page = visitor(cafe.owner).post("/app/cafe-morgenrot/settings/", facts)
    assert page.status_code == 422
    assert "id_imprint_url_error" in page.content.decode()


def test_every_refusal_of_the_client_has_its_words() -> None:
    assert set(NOT_REACHED) == set(Reason)
    assert len({str(words) for words in (*NOT_REACHED.values(), *WRONG_LOGO.values())}) == 16
