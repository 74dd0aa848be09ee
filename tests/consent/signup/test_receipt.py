"""Who confirmed the newsletter has it on paper: what was agreed to, and the way to take it back."""

import re
from typing import Any

from django.test import Client

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.ledger.models import ConsentRecord
from tests.consent.signup.conftest import ADDRESS, Applicant

Decision = ConsentRecord.Decision


def receipts() -> list[OutgoingMail]:
    with platform_scope("test"):
        return [mail for mail in OutgoingMail.objects.all() if "/receipt/" in mail.body]


def decisions() -> list[str]:
    with platform_scope("test"):
        records = ConsentRecord.objects.filter(purpose=ConsentRecord.Purpose.NEWSLETTER)
        return [each.decision for each in records.order_by("received_at", "id")]


def test_the_newsletter_s_receipt_goes_to_who_confirmed_it(
    applicant: Applicant, queue: list[Any]
) -> None:
    applicant.answers["newsletter"] = "on"
    applicant.apply()
    assert not receipts(), "before the confirmation nothing is stored, and nothing is proved"
    applicant.confirm()

    (mail,) = receipts()
    assert mail.recipient == ADDRESS
    assert mail.subject == "Ihr Beleg: Newsletter"

    (path,) = re.findall(r"https?://[^/]+(/receipt/\S+/)", mail.body)
    page = Client().get(path)
    assert page.status_code == 200
    assert "Bestätigung der E-Mail-Adresse" in page.text
    Client().post(f"{path}withdraw/")
    # The tick is a step; the link in the mail is the consent.
    assert decisions() == [Decision.SHOWN, Decision.GRANTED, Decision.WITHDRAWN]


def test_who_did_not_tick_it_gets_none(applicant: Applicant, queue: list[Any]) -> None:
    applicant.apply()
    applicant.confirm()

    assert not receipts()
    assert decisions() == [Decision.REFUSED]
