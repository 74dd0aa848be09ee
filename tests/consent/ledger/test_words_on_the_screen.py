"""What stood on the screen, where the database's owner took it away or wrote something else."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client

from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from tests.conftest import Business

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("DELETE FROM ledger_shownform", "The words on the screen are missing"),
        ("UPDATE ledger_shownform SET content = 'Send me anything.'", "Not genuine"),
    ],
)
def test_words_that_were_not_on_the_screen_are_not_shown_as_those(
    cafe: Business,
    record: Callable[..., ConsentRecord],
    owner: psycopg.Connection[Any],
    client: Client,
    deed: str,
    words: str,
) -> None:
    with cafe.scope():
        made = record(form="Yes, send me <b>news</b>.")
        receipt = receipt_address(made)
    client.force_login(cafe.owner)
    client.cookies["django_language"] = "en"
    pages = (receipt, f"/app/cafe-morgenrot/consents/{made.pk}/")
    assert all("send me news" in client.get(page).text for page in pages)

    owner.execute(deed)

    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        assert words in answer.text
        assert "anything" not in answer.text
        assert "send me news" not in answer.text
    said = client.get(f"{receipt}receipt.jsonld").json()
    assert said["dpv:hasRecordOfActivity"]["dpv:hasNotice"]["chatbo:shown"] is None
