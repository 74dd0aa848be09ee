"""The landing page: for anybody, in their language, with nothing foreign and no cookie."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.chatbo.dashboard.conftest import Visitor

LOADED = re.compile(r'<(?:script|link|img|iframe|source|use)\b[^>]*\b(?:src|href)="([^"]*)"')


@pytest.mark.parametrize(
    ("language", "heading"),
    [("de", "Ihr Chatbot antwortet"), ("en", "Your chatbot answers")],
)
def test_a_stranger_reads_it_in_their_language(client: Client, language: str, heading: str) -> None:
    """Without the database's fixture: a stranger's visit asks it nothing."""
    answer = client.get("/", headers={"accept-language": language})
    page = answer.content.decode()

    assert answer.status_code == 200
    assert heading in page
    assert f'<html lang="{language}"' in page
    assert not answer.cookies


def test_it_loads_nothing_from_anybody_else(client: Client) -> None:
    answer = client.get("/")
    loaded = LOADED.findall(answer.content.decode())

    assert len(loaded) > 3
    assert [url for url in loaded if not url.startswith(("/", "data:"))] == []
    assert [url for url in loaded if url.startswith("//")] == []
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_imprint_privacy_and_terms_are_one_press_away(client: Client, db: None) -> None:
    page = client.get("/").content.decode()

    for name in ("imprint", "privacy", "terms"):
        assert f'href="/legal/{name}/"' in page
        assert client.get(f"/legal/{name}/").status_code == 200


def test_a_stranger_may_sign_up_and_a_member_goes_to_work(visitor: Visitor, cafe: Any) -> None:
    strange = Client().get("/").content.decode()
    known = visitor(cafe.owner).get("/").content.decode()

    assert 'href="/accounts/signup/"' in strange
    assert 'href="/start/"' not in strange
    assert 'href="/start/"' in known
    assert 'href="/accounts/signup/"' not in known


def test_it_cannot_be_posted_to(client: Client) -> None:
    assert client.post("/").status_code == 405
