"""Somebody who signs up, as their browser does it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from standins.testing import Running, running
from tenants.accounts.models import User
from tests.consent.signup.facebook_people import ALL, MAIL_AT_FACEBOOK, at_facebook, dialog_in

MARKER = "bakerysunrise"
ADDRESS = f"owner@{MARKER}.example"
PASSWORD = "rolls-and-bread-at-dawn"


@dataclass
class Applicant:
    """A browser, and the mailbox that belongs to it."""

    client: Client
    address: str = ADDRESS
    answers: dict[str, str] = field(default_factory=lambda: {"terms": "on"})

    def open_form(self, query: str = "") -> dict[str, str]:
        page = self.client.get(f"/accounts/signup/{query}").content.decode()
        return dict(re.findall(r'type="hidden" name="(shown|ref)" value="([^"]*)"', page))

    def apply(self, query: str = "", **changes: str) -> HttpResponse:
        data = {"email": self.address, **self.open_form(query), **self.answers, **changes}
        return self.client.post("/accounts/signup/", data)

    def link(self) -> str:
        """The path in the newest mail's link."""
        match = re.search(r"/accounts/confirm/\S+/", mail.outbox[-1].body)
        assert match, mail.outbox[-1].body
        return match.group()

    def confirm(self, link: str = "", **changes: str) -> HttpResponse:
        data = {"name": "Baker", "company": "Bakery Sunrise", "password": PASSWORD, **changes}
        return self.client.post(link or self.link(), data)


@pytest.fixture
def applicant(client: Client, db: None) -> Applicant:
    return Applicant(client)


@pytest.fixture
def stored(owner_db: Any) -> Callable[[], dict[str, str]]:
    """A digest of every table, read past all policies: equal means that nothing was written."""

    def digest() -> dict[str, str]:
        tables = owner_db.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace ORDER BY relname"
        ).fetchall()
        return {
            table: owner_db.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM"
                f' "{table}" t'
            ).fetchone()[0]
            for (table,) in tables
        }

    return digest


@pytest.fixture
def tables_with(owner_db: Any, stored: Any) -> Callable[[str], list[str]]:
    """The tables in which a word stands, in any column."""

    def search(word: str) -> list[str]:
        return [
            table
            for table in stored()
            if owner_db.execute(
                f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"]
            ).fetchone()
        ]

    return search


@pytest.fixture
def facebook(tmp_path: Path, settings: Any) -> Iterator[Running]:
    with running(tmp_path, webhook="http://testserver/webhooks/meta/") as standins:
        settings.META_GRAPH_URL = standins.graph_url
        settings.FACEBOOK_OAUTH_URL = standins.facebook_url
        yield standins


@pytest.fixture
def linked(facebook: Running, applicant: Any) -> User:
    """Somebody who signed up with Facebook, and is logged out again."""
    dialog = dialog_in(applicant.apply(**ALL))
    applicant.client.get(at_facebook(dialog, email="1"))
    applicant.client.post(applicant.link(), {"name": "Tester", "company": "Testfirma"})
    applicant.client.logout()
    mail.outbox.clear()
    return User.objects.get(email=MAIL_AT_FACEBOOK)
