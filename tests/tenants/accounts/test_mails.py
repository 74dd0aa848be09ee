"""The mails that allauth asks for: in our words, in the reader's language, by the outbox."""

import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from chatbo.foundation.mail.outbox import queue_mail
from tenants.accounts.account_mails import LETTERS, NOTICES, letter
from tests.outbox import mails
from tests.visitors import visitor

PACKAGE = Path(allauth.__file__).parent
NOT_OFFERED = {
    "account/email/login_code",  # ACCOUNT_LOGIN_BY_CODE_ENABLED
    "account/email/password_reset_code",  # ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED
    "account/email/password_reset",  # sent as a notice
}


def test_a_mail_about_the_password_is_signed_by_chatbo_and_not_by_a_host(
    client: Client, cafe: Any
) -> None:
    client.post(reverse("account_reset_password"), {"email": cafe.owner.email})

    (sent,) = mails()
    assert "ChatBo, ProXpert GmbH" in sent.body
    assert "testserver" not in sent.subject + sent.body
    assert mail.outbox == []


def test_no_mail_that_allauth_can_ask_for_is_missing() -> None:
    asked = set()
    for path in PACKAGE.rglob("*.py"):
        asked |= set(
            re.findall(r'"((?:account|mfa|socialaccount)/email/\w+)"', path.read_text("utf-8"))
        )

    assert len(asked) > 12
    assert asked - set(LETTERS) - set(NOTICES) - NOT_OFFERED == set()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("prefix", sorted(LETTERS | NOTICES))
def test_each_is_written_in_both_languages(db: None, prefix: str, language: str) -> None:
    context = {
        "password_reset_url": "https://chatbo.example/reset",
        "code": "ABCD-EFGH",
        "timestamp": timezone.now(),
        "ip": "203.0.113.0",
        "user_agent": "Firefox/150.0 (Windows)",
        "user": object(),
    }
    template, words = letter(prefix, "linde@bakery.example", context)

    written = queue_mail(
        to="linde@bakery.example", template=template, context=words, language=language
    )

    assert written.subject
    assert ("Freundliche Grüße" in written.body) == (language == "de")
    with translation.override(language):
        if prefix in NOTICES:
            assert str(NOTICES[prefix]) in written.body
            assert "203.0.113.x" in written.body


def test_a_mail_speaks_the_language_of_its_reader_not_of_the_page(cafe: Any) -> None:
    assert cafe.owner.language == "de"

    Client(headers={"accept-language": "en"}).post(
        reverse("account_reset_password"), {"email": cafe.owner.email}
    )

    (sent,) = mails()
    assert sent.subject == "Ihr neues Passwort"


def test_whoever_has_no_account_reads_it_in_the_language_of_the_page(db: None) -> None:
    Client(headers={"accept-language": "en"}).post(
        reverse("account_reset_password"), {"email": "stranger@bakery.example"}
    )

    (sent,) = mails()
    assert sent.subject == "There is no account with this address"


def test_a_changed_password_is_told_to_its_owner(cafe: Any) -> None:
    visitor(cafe.owner).post(
        reverse("account_change_password"),
        {
            "oldpassword": "correct-horse-battery",
            "password1": "another-horse-battery",
            "password2": "another-horse-battery",
        },
    )

    (sent,) = mails()
    assert sent.recipient == cafe.owner.email
    assert "Ihr Passwort wurde geändert." in sent.body
