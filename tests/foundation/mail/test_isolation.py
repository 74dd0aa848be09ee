"""A tenant's mail is nobody else's: not to be claimed, not to be filled with others' files."""

import uuid
from typing import Any

import pytest
from django.core import mail as sent
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection

from chatbo.foundation.files import folder
from chatbo.foundation.isolation import current_scope, user_scope
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.outbox import mail_index
from chatbo.foundation.mail.tasks import send_mail
from tests.conftest import Business

ADDRESS = "guest@bakery.example"


def mail_with(*attachments: tuple[str, str]) -> OutgoingMail:
    return OutgoingMail.objects.create(
        tenant_id=current_scope().tenant_id,
        recipient=ADDRESS,
        recipient_index=mail_index(ADDRESS),
        subject="Hello",
        body="Good day.",
        attachments=[list(pair) for pair in attachments],
    )


def test_a_mail_can_be_claimed_in_its_tenants_scope_alone(
    cafe: Business, dentist: Business
) -> None:
    with cafe.scope():
        mail = mail_with()

    assert OutgoingMail.objects.claim(mail.pk) is None
    with dentist.scope():
        assert OutgoingMail.objects.claim(mail.pk) is None
    with user_scope(cafe.owner.pk):
        assert OutgoingMail.objects.claim(mail.pk) is None
    with cafe.scope():
        assert OutgoingMail.objects.claim(mail.pk) == mail


def test_a_task_with_the_wrong_tenant_sends_nothing(cafe: Business, dentist: Business) -> None:
    with cafe.scope():
        mail = mail_with()

    send_mail(str(dentist.tenant.pk), str(mail.pk))

    assert sent.outbox == []


def test_the_platforms_own_mail_is_no_tenants(cafe: Business) -> None:
    mail = mail_with()

    send_mail(str(cafe.tenant.pk), str(mail.pk))
    with cafe.scope():
        assert not OutgoingMail.objects.exists()
    assert sent.outbox == []


def test_an_attachment_from_the_neighbours_folder_is_never_sent(
    cafe: Business, dentist: Business
) -> None:
    with dentist.scope():
        theirs = default_storage.save(f"{folder()}/{uuid.uuid4()}.pdf", ContentFile(b"theirs"))
    with cafe.scope():
        mail = mail_with(("letter.pdf", theirs))

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    assert sent.outbox == []
    with cafe.scope():
        mail.refresh_from_db()
    assert (mail.gave_up, mail.last_error, mail.body) == (True, "OutsideScopeError", "")


def test_no_transaction_is_open_while_the_server_is_talked_to(
    transactional_db: None, cafe: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_while_sending: list[Any] = []
    monkeypatch.setattr(
        EmailMessage,
        "send",
        lambda self, fail_silently=False: open_while_sending.append(connection.in_atomic_block),
    )
    with cafe.scope():
        own = default_storage.save(f"{folder()}/{uuid.uuid4()}.pdf", ContentFile(b"mine"))
        mail = mail_with(("letter.pdf", own))

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    assert open_while_sending == [False]


def test_an_attachment_that_is_gone_is_tried_again_and_the_tries_are_counted(
    cafe: Business,
) -> None:
    with cafe.scope():
        mail = mail_with(("letter.pdf", f"{folder()}/gone.pdf"))

    send_mail(str(cafe.tenant.pk), str(mail.pk))

    with cafe.scope():
        mail.refresh_from_db()
    assert (mail.attempts, mail.last_error, mail.finished_at) == (1, "FileNotFoundError", None)
