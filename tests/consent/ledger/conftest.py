"""Records in the ledger."""

from collections.abc import Callable
from typing import Any

import pytest

from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.versions import text_in_force
from tests.conftest import Business

Recording = Callable[..., ConsentRecord]


@pytest.fixture
def record(db: None) -> Recording:
    """Record that somebody agreed to the newsletter, or what else is asked for; needs a scope."""

    def recording(**more: Any) -> ConsentRecord:
        asked: dict[str, Any] = {
            "purpose": ConsentRecord.Purpose.NEWSLETTER,
            "decision": ConsentRecord.Decision.GRANTED,
            "source": ConsentRecord.Source.SIGNUP,
            "controller": ConsentRecord.Controller.PLATFORM,
            "way": ConsentRecord.Way.TICK,
        }
        return record_consent(text_in_force("consent-newsletter", "de"), **{**asked, **more})

    return recording


@pytest.fixture
def recorded(record: Recording) -> Callable[[Business, int], list[ConsentRecord]]:
    """So many records of a business."""

    def recording(business: Business, number: int) -> list[ConsentRecord]:
        with business.scope():
            return [record(place=f"form {place}") for place in range(number)]

    return recording
