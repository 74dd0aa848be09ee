"""Sending what the outbox holds."""

from contextlib import AbstractContextManager
from smtplib import SMTPRecipientsRefused

from celery import shared_task
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage

from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))
declare_store(
    Medium.FILES,
    __name__,
    NoPersonalData("Only reads what a mail attaches; dpa.contracts.files declares it."),
)

GIVE_UP_AFTER = 12
"""Tries; with the pauses between them that is about a day."""


def _scope(tenant_id: str) -> AbstractContextManager[None]:
    return tenant_scope(tenant_id) if tenant_id else platform_scope("mail: send the platform's own")


@shared_task(name="mail.send", ignore_result=True)
def send_mail(tenant_id: str, mail_id: str) -> None:
    """Send one mail. It may arrive twice only if the process dies between send and note."""
    with _scope(tenant_id):
        mail = OutgoingMail.objects.claim(mail_id)
    if mail is None:
        return
    try:
        _written(mail, tenant_id).send()
    except SMTPRecipientsRefused:
        _give_up(mail, tenant_id, "refused")
    except SuspiciousFileOperation as error:  # An attachment of somebody else's.
        _give_up(mail, tenant_id, type(error).__name__)
    except UnreadableError:
        _give_up(mail, tenant_id, "unreadable")
    except OSError as error:
        if mail.attempts >= GIVE_UP_AFTER:
            _give_up(mail, tenant_id, type(error).__name__)
        else:
            with _scope(tenant_id):
                mail.try_again(type(error).__name__)
    else:
        with _scope(tenant_id):
            mail.recipient = mail.subject = mail.body = ""
            mail.finish()


def _written(mail: OutgoingMail, tenant_id: str) -> EmailMessage:
    message = EmailMessage(subject=mail.subject, body=mail.body, to=[mail.recipient])
    if mail.attachments:
        with _scope(tenant_id):  # Closed again before the server is talked to.
            for file_name, stored_name in mail.attachments:
                with default_storage.open(stored_name) as file:
                    message.attach(file_name, file.read())
    return message


def _give_up(mail: OutgoingMail, tenant_id: str, error: str) -> None:
    with _scope(tenant_id):
        mail.gave_up = True
        mail.last_error = error
        mail.body = ""
        mail.finish()


sweep_up(OutgoingMail, send_mail)
