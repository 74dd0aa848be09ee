"""The platform's public texts, /legal/..."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.texts.models import Approval
from consent.texts.versions import decide_on_text, submit_text, text_in_force
from tenants.accounts.models import User


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
