"""Asking the owner of an address whether they asked."""

from smtplib import SMTPException

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from chatbo.foundation.limits import MAILBOX, Presser, press
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.signup.application import Application
from consent.signup.errors import MailFailedError
from consent.signup.shown import Purpose
from tenants.accounts.models import User

declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("That a mail was withheld or failed; to nobody in particular."),
)

log = structlog.get_logger(__name__)


def ask_to_confirm(application: Application) -> None:
    """Mail the confirmation link; or, to an address with an account, that it has one.

    Both take the same way and the same time, so the page tells nobody who is a customer.

    It is sent here and now, past the outbox: a row in the outbox would store the address before
    the consent. So it can fail before the visitor's eyes: ``MailFailedError``. The mail carries
    no advertising (BGH I ZR 164/09).
    """
    known = is_known(application.email)
    if press(MAILBOX, Presser(account=application.email)):
        log.info("signup.mail_withheld")
        return
    template = f"consent/signup/mail/{'known' if known else 'confirm'}"
    token = application.seal()
    context = {
        "link": settings.BASE_URL + reverse("signup:confirm", args=[token]),
        "login_url": settings.BASE_URL + reverse("account_login"),
        "reset_url": settings.BASE_URL + reverse("account_reset_password"),
        "newsletter": application.granted(Purpose.NEWSLETTER),
    }
    with translation.override(application.language):
        subject = " ".join(render_to_string(f"{template}.subject.txt", context).split())
        body = render_to_string(f"{template}.txt", context).strip() + "\n"
    try:
        EmailMessage(subject=subject, body=body, to=[application.email]).send()
    except (SMTPException, OSError) as error:
        # The kind only: a mail server's words may repeat the address.
        log.warning("signup.mail_failed", error=type(error).__name__)
        raise MailFailedError from None


def is_known(address: str) -> bool:
    """Whether an account has this address, as its first one or as another confirmed one."""
    first = User.objects.filter(email=address).exists()
    other = EmailAddress.objects.filter(email__iexact=address, verified=True).exists()
    return bool(first or other)  # Both are asked always, so that both take the same time.
