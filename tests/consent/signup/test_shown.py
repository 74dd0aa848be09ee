"""What a sign-up's texts were, and since when they were on the screen."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from consent.ledger.models import ConsentRecord
from consent.signup.shown import as_label
from consent.texts.versions import Effect, text_in_force
from tests.next_versions import publish_next


def test_records_say_when_the_form_was_shown_sent_and_confirmed(applicant: Any) -> None:
    start = timezone.now().replace(microsecond=0)
    with time_machine.travel(start, tick=False):
        form = applicant.open_form()
    with time_machine.travel(start + timedelta(minutes=7), tick=False):
        applicant.client.post(
            "/accounts/signup/", {"email": applicant.address, "terms": "on", **form}
        )
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        applicant.confirm()

    with platform_scope("test"):
        records = list(ConsentRecord.objects.all())
    assert len(records) == 3
    for record in records:
        assert record.shown_at == start
        assert record.given_at == start + timedelta(minutes=7)
        assert record.received_at == start + timedelta(minutes=20)


@pytest.mark.parametrize("effect", [Effect.INFORM, Effect.ASK])
def test_a_text_that_changes_while_the_form_is_open_is_shown_before_anything_counts(
    applicant: Any, effect: Effect
) -> None:
    form = applicant.open_form()
    publish_next("consent-terms", effect, words=" Noch ein Satz.")

    answer = applicant.client.post(
        "/accounts/signup/", {"email": applicant.address, "terms": "on", **form}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Ein Text hat sich geändert, während diese Seite offen war." in page
    assert "Noch ein Satz." in page
    assert " checked" not in page
    assert f'value="{applicant.address}"' in page
    assert mail.outbox == []
    assert applicant.apply().status_code == 302


def test_an_editorial_change_meanwhile_holds_nobody_up(applicant: Any) -> None:
    form = applicant.open_form()
    shown = text_in_force("consent-terms", "de")
    publish_next("consent-terms", Effect.EDITORIAL)

    answer = applicant.client.post(
        "/accounts/signup/", {"email": applicant.address, "terms": "on", **form}
    )
    assert answer.status_code == 302
    applicant.confirm()

    with platform_scope("test"):
        record = ConsentRecord.objects.get(purpose=ConsentRecord.Purpose.TERMS)
    assert record.text_version == shown, "what was on the screen, truthfully"


def test_a_box_s_words_lead_to_the_texts_in_their_language_and_are_phrases_alone(
    applicant: Any,
) -> None:
    text = publish_next("consent-terms", Effect.ASK, words="\n\nNoch ein Absatz.")
    label = as_label(text)

    assert 'href="/legal/terms/?lang=de"' in label
    assert "<br>\nNoch ein Absatz." in label
    assert "<p>" not in label
    assert "</p>" not in label
