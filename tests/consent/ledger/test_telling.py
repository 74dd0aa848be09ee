"""How, where and when something was decided, in words that fit."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone, translation

from chatbo.foundation.isolation.ids import new_id
from consent.ledger import telling, withdrawing
from consent.ledger.models import ConsentRecord
from consent.signup import changed_texts, opening
from consent.signup.facebook import disconnecting

Way, Decision = ConsentRecord.Way, ConsentRecord.Decision
SIGNUP = "/accounts/signup/"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def _record(**facts: Any) -> ConsentRecord:
    """Stored nowhere: words need no database."""
    return ConsentRecord(tenant_id=new_id(), **facts)


@pytest.mark.parametrize(
    ("way", "decision", "place", "words"),
    [
        (Way.TICK, Decision.GRANTED, SIGNUP, "by a tick"),
        (Way.TICK, Decision.REFUSED, SIGNUP, "by leaving the box empty"),
        (Way.TICK, Decision.GRANTED, telling.CHANGES, "by choosing “yes”"),
        (Way.TICK, Decision.REFUSED, telling.CHANGES, "by choosing “no”"),
        (Way.CLICK, Decision.SHOWN, telling.CHANGES, "by a click"),
        (Way.CLICK, Decision.REFUSED, "Ask us (v1)", "by a click"),
    ],
)
def test_the_words_for_how_fit_the_decision(
    way: ConsentRecord.Way, decision: ConsentRecord.Decision, place: str, words: str
) -> None:
    assert telling.how(_record(way=way, decision=decision, place=place)).startswith(words)


def test_each_of_our_own_pages_has_words() -> None:
    """A page that records something and has none would stand there as a technical address."""
    places = {
        changed_texts.PLACE,
        opening.FORM,
        opening.CONFIRMATION,
        disconnecting.PLACE,
        withdrawing.PLACE,
    }

    for place in places:
        said = telling.where(_record(source=ConsentRecord.Source.PAGE, place=place))
        assert said.startswith("Page: ")
        assert "/" not in said


def test_what_a_business_named_itself_stays_as_it_named_it() -> None:
    record = _record(source=ConsentRecord.Source.BOT, place="Anna")

    assert telling.where(record) == "Bot: Anna"
    record.place = ""
    assert telling.where(record) == "Bot"


@pytest.mark.parametrize(
    ("language", "month", "zone"), [("de", 7, "MESZ"), ("de", 12, "MEZ"), ("en", 7, "CEST")]
)
def test_a_time_has_its_zone(language: str, month: int, zone: str) -> None:
    at = datetime(2026, month, 1, 12, 0, tzinfo=UTC)

    with translation.override(language), timezone.override("Europe/Berlin"):
        assert telling.when(at).endswith(f" {zone}")


@pytest.mark.django_db(transaction=True)
def test_page_and_table_call_a_refusal_one(
    client: Any, cafe: Any, record: Callable[..., ConsentRecord]
) -> None:
    with cafe.scope():
        refused = record(decision=Decision.REFUSED, place=SIGNUP)
    client.force_login(cafe.owner)

    page = client.get(f"/app/cafe-morgenrot/consents/{refused.pk}/").text
    table = client.get("/app/cafe-morgenrot/consents/export.csv").text

    assert "<dt>Entschieden</dt>" in page
    assert "<dt>Erteilt</dt>" not in page
    assert "Durch Leerlassen des Kästchens" in page
    assert "durch Leerlassen des Kästchens" in table
    assert "Registrierung: Formular" in page
