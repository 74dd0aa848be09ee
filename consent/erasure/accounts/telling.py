"""The last mail to somebody whose account is deleted.

Past the outbox, which would hold the address a second time: the job itself is tried again.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from consent.erasure.accounts.certificates import examine
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.words import certified

TEMPLATE = "consent/erasure/accounts/mail/ended"


def last_mail(ending: AccountEnding, address: str) -> EmailMessage:
    """What was deleted, what is kept and until when, and the certificate's address.

    Without the numbers where they are not what we signed: the page tells why.
    """
    certificate = examine(ending).certificate
    with translation.override(ending.language):
        said = certified(certificate) if certificate else None
        context = {"said": said, "url": page_of(ending)}
        subject = " ".join(render_to_string(f"{TEMPLATE}.subject.txt", context).split())
        body = render_to_string(f"{TEMPLATE}.txt", context).strip() + "\n"
    return EmailMessage(subject=subject, body=body, to=[address])


def page_of(ending: AccountEnding) -> str:
    return f"{settings.BASE_URL}{reverse('account_ending:status', args=[ending.code])}"
