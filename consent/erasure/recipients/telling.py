"""Telling a business that one of its systems does not take notices any more."""

from django.conf import settings
from django.urls import reverse

from chatbo.foundation.mail.outbox import queue_mail
from consent.erasure.recipients.models import Recipient
from tenants.accounts.models import Membership, Tenant

Role = Membership.Role


def tell_switched_off(recipient: Recipient) -> None:
    """By mail to whoever looks after erasures: owners and data protection officers."""
    tenant = Tenant.objects.get(pk=recipient.tenant_id)
    page = reverse("erasure:recipient", args=[tenant.slug, recipient.pk])
    members = Membership.objects.filter(role__in=[Role.OWNER, Role.DPO]).select_related("user")
    for member in members:
        queue_mail(
            to=member.user.email,
            template="consent/erasure/mail/switched_off",
            context={
                "company": tenant.company,
                "recipient": recipient.name,
                "link": settings.BASE_URL + page,
            },
            language=member.user.language,
        )
