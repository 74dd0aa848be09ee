"""Naming the recipients to the register of processing (Arts. 13(1)(e), 30(1)(d) GDPR)."""

import uuid

from django.utils.translation import gettext as _

from consent.erasure.recipients.models import Recipient
from consent.register.activities import Recipient as Named
from consent.register.offers import name_recipients


def recipients_named_by(tenant_id: uuid.UUID) -> list[Named]:
    """Those that are told of erasures: paused ones too, for which notices are held."""
    return [
        Named(
            name=each.name,
            role=_("system named by the company, is told who was erased"),
            country=each.country_name,
            ground="",
        )
        for each in Recipient.objects.filter(tenant_id=tenant_id).exclude(
            state=Recipient.State.GONE
        )
    ]


name_recipients(recipients_named_by)
