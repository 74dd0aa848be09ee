"""The way from a person to the records of what they were shown and decided."""

from django.urls import reverse

from chatbo.foundation.searching import PARAMETER, sealed_search
from consent.ledger.models import ConsentIdentity
from tenants.accounts.access import TenantRequest
from tenants.bots.models import Subscriber


def consents_of(request: TenantRequest, subscriber: Subscriber) -> str:
    """Where all records on them are read; empty, where there are none."""
    pseudonym = (
        ConsentIdentity.objects.filter(person_id=subscriber.pk)
        .order_by("pk")
        .values_list("subject_id", flat=True)
        .first()
    )
    if pseudonym is None:
        return ""
    url = reverse("ledger:list", args=[request.tenant.slug])
    return f"{url}?{PARAMETER}={sealed_search(str(pseudonym), user=request.user.pk, page=url)}"
