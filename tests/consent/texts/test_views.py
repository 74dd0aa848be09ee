"""The platform's public texts, /legal/..."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.texts.models import Approval
from consent.texts.versions import Effect, decide_on_text, submit_text, text_in_force
from tenants.accounts.models import User
from tests.next_versions import publish_next, submit_next


@pytest.mark.parametrize("slug", ["imprint", "privacy", "terms"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_anybody_reads_the_version_in_force_without_a_cookie(
    client: Client, db: None, slug: str, language: str
) -> None:
    page = client.get(reverse("legal", args=[slug]), headers={"accept-language": language})
    text = page.content.decode()
    version = text_in_force(slug, language)

    assert page.status_code == 200
    assert version.title in text
    assert version.sha256 in text
    assert "{{" not in text
    assert "ProXpert GmbH" in text
    assert not page.cookies


def test_other_texts_are_not_public(client: Client, db: None) -> None:
    assert client.get("/legal/avv/").status_code == 404
    assert client.get("/legal/nothing/").status_code == 404


@pytest.mark.parametrize(("asked", "shown"), [("en", "en"), ("de", "de"), ("fr", "de"), ("", "de")])
def test_a_link_may_ask_for_the_language_that_somebody_agreed_in(
    client: Client, db: None, asked: str, shown: str
) -> None:
    page = client.get(f"/legal/terms/?lang={asked}", headers={"accept-language": "de"})

    assert f'<article class="legal prose" lang="{shown}">' in page.text


def test_what_the_lawyer_has_not_approved_is_not_shown(client: Client, lawyer: User) -> None:
    submit_text(key="terms", language="de", title="T", body="A trap", change="x")
    page = client.get("/legal/terms/", headers={"accept-language": "de"})
    assert page.status_code == 200
    assert "A trap" not in page.content.decode()

    version = text_in_force("terms", "de")
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")
    page = client.get("/legal/terms/", headers={"accept-language": "de"})
    assert page.status_code == 503
    assert version.sha256 not in page.content.decode()


def test_each_published_version_keeps_an_address_of_its_own(client: Client, lawyer: User) -> None:
    """Who agreed to the first one reads it for ever, and that it no longer holds."""
    first = text_in_force("terms", "de")
    second = publish_next("terms", Effect.ASK)

    page = client.get(f"/legal/terms/?lang=de&version={first.number}")
    assert first.sha256 in page.text
    assert second.sha256 not in page.text
    assert "Diese Fassung gilt für neue Verträge nicht mehr" in page.text
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies

    page = client.get(f"/legal/terms/?lang=de&version={second.number}")
    assert second.sha256 in page.text
    assert "nicht mehr" not in page.text.partition("<article")[0]
    assert client.get("/legal/terms/?lang=de").get("X-Robots-Tag") is None

    decide_on_text(second, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")
    page = client.get(f"/legal/terms/?lang=de&version={second.number}")
    assert second.sha256 in page.text
    assert "Diese Fassung wurde zurückgezogen" in page.text


@pytest.mark.parametrize("asked", ["2", "0", "-1", "", "x", "\u0663", "9" * 40, "1.0"])
def test_a_version_that_no_lawyer_approved_is_nobody_s_to_read(
    client: Client, db: None, asked: str
) -> None:
    submit_text(key="terms", language="de", title="T", body="A trap", change="x")

    page = client.get("/legal/terms/", {"lang": "de", "version": asked})

    assert page.status_code == 404
    assert "A trap" not in page.text


def test_a_version_that_a_lawyer_rejected_is_nobody_s_to_read(client: Client, lawyer: User) -> None:
    rejected = submit_text(key="terms", language="de", title="T", body="A trap", change="x")
    decide_on_text(rejected, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")

    page = client.get("/legal/terms/", {"lang": "de", "version": rejected.number})

    assert page.status_code == 404
    assert "A trap" not in page.text


def test_texts_that_are_not_public_have_no_such_address(client: Client, db: None) -> None:
    assert client.get("/legal/avv/?lang=de&version=1").status_code == 404


def test_one_for_later_says_that_it_does_not_hold_yet(client: Client, lawyer: User) -> None:
    later = submit_next("terms", Effect.ASK, valid_from=timezone.now() + timezone.timedelta(days=9))
    decide_on_text(later, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)

    page = client.get(f"/legal/terms/?lang=de&version={later.number}").text

    assert "Diese Fassung gilt noch nicht" in page
