"""What a sign-up's texts were, and since when they were on the screen."""

import dataclasses
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope, tenant_scope
from consent.ledger.models import ConsentRecord, ShownForm
from consent.ledger.receipts import receipt_address
from consent.signup.application import Application
from consent.signup.shown import as_label, behind
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
    label = as_label(text, behind([text]))

    assert label.count('href="/legal/terms/?lang=de&amp;version=1"') == 2
    assert "<br>\nNoch ein Absatz." in label
    assert "<p>" not in label
    assert "</p>" not in label


def form_of(purpose: str) -> str:
    """What stood on the screen, as the ledger has it."""
    with platform_scope("test"):
        record = ConsentRecord.objects.get(purpose=purpose)
        return ShownForm.objects.get(sha256=record.form_sha256, tenant_id=record.tenant_id).content


def test_the_record_says_which_terms_were_agreed_to(applicant: Any) -> None:
    """Their number, day and hash stand on the screen, and so in the form's hash."""
    terms, policy = text_in_force("terms", "de"), text_in_force("privacy", "de")
    page = applicant.client.get("/accounts/signup/").text
    applicant.apply()
    later = publish_next("terms", Effect.ASK)
    applicant.confirm()

    form = form_of("terms")
    assert form in page
    for text in (terms, policy):
        assert text.sha256 in form
        assert f'href="/legal/{text.key}/?lang=de&amp;version={text.number}"' in form
        assert f"{text.title}, Fassung {text.number} vom " in form
    assert later.sha256 not in form
    assert "Zu Ihrer Information:" in form


@pytest.mark.parametrize("key", ["terms", "privacy"])
def test_terms_that_change_while_the_form_is_open_are_shown_before_anything_counts(
    applicant: Any, key: str
) -> None:
    form = applicant.open_form()
    newer = publish_next(key, Effect.INFORM)
    sent = {"email": applicant.address, "terms": "on", **form}

    answer = applicant.client.post("/accounts/signup/", sent)

    assert answer.status_code == 422
    assert newer.sha256 in answer.text
    assert mail.outbox == []


def test_a_link_of_the_release_before_names_the_terms_that_were_in_force_then(
    applicant: Any,
) -> None:
    start = timezone.now()
    terms = text_in_force("terms", "de")
    with time_machine.travel(start + timedelta(minutes=1)):
        applicant.apply()
    token = applicant.link().split("/")[-2]
    old = dataclasses.replace(Application.unseal(token), behind={})
    with time_machine.travel(start + timedelta(minutes=2)):
        publish_next("terms", Effect.ASK)
        applicant.confirm(f"/accounts/confirm/{old.seal()}/")

    assert terms.sha256 in form_of("terms")


def test_the_receipt_leads_to_the_very_terms_that_were_agreed_to(
    applicant: Any, client: Client
) -> None:
    applicant.apply()
    applicant.confirm()
    publish_next("terms", Effect.ASK)
    with platform_scope("test"):
        record = ConsentRecord.objects.get(purpose="terms")
    with tenant_scope(record.tenant_id):
        path = "/" + receipt_address(record).split("/", 3)[3]

    page = client.get(path).text

    (address,) = set(re.findall(r'href="(/legal/terms/\?lang=de&amp;version=\d+)"', page))
    terms = client.get(unescape(address))
    assert "Diese Fassung gilt für neue Verträge nicht mehr" in terms.text
    assert "version=1" in address
