"""Queueing a mail: a row in the caller's transaction, sent once that is certain."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from chatbo.foundation.encryption import blind_index
from chatbo.foundation.isolation.scopes import current_scope
from chatbo.foundation.mail.models import OutgoingMail


def mail_index(address: str) -> str:
    """The blind index under which mails to an address are found."""
    return blind_index(address.strip().lower(), purpose="mail")


@transaction.atomic
def queue_mail(
    *,
    to: str,
    template: str,
    context: dict[str, Any],
    language: str,
    attachments: Iterable[tuple[str, str]] = (),
) -> OutgoingMail:
    """Write a mail into the outbox, rendered now in the reader's language.

    ``template`` is a path without ending: ``<template>.subject.txt`` and ``<template>.txt``.
    ``attachments`` are (file name, name in the file storage).
    """
    from chatbo.foundation.mail.tasks import send_mail

    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        body = render_to_string(f"{template}.txt", context).strip() + "\n"
    mail = OutgoingMail.objects.create(
        tenant_id=current_scope().tenant_id,
        recipient=to,
        recipient_index=mail_index(to),
        subject=subject,
        body=body,
        attachments=[list(pair) for pair in attachments],
    )
    transaction.on_commit(
        lambda: send_mail.delay(str(mail.tenant_id or ""), str(mail.pk)), robust=True
    )
    return mail
