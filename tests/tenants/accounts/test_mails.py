"""The mails that allauth writes, in our name."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_a_mail_about_the_password_is_signed_by_chatbo_and_not_by_a_host(
    client: Client, cafe: Any
) -> None:
    client.post(reverse("account_reset_password"), {"email": cafe.owner.email})

    (sent,) = mail.outbox
    assert "ChatBo, ProXpert GmbH" in sent.body
    assert "testserver" not in sent.subject
    assert "Hello from" not in sent.body
    assert "Hallo von" not in sent.body
