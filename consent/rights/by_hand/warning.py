"""A week before a request is due, whoever looks after data protection is told by mail, once."""

import uuid
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.one_by_one import one_by_one
from chatbo.foundation.mail.outbox import queue_mail
from consent.rights.by_hand.models import RightsRequest
from tenants.accounts.models import Membership, Tenant
from tenants.accounts.roles import PROTECTORS


def warn_of_due_requests() -> int:
    """Say of how many somebody was told. Killed in between, the next hour goes on; one that
    fails is tried again then, and holds up no other."""
    with platform_scope("rights: find requests that are due soon"):
        waiting = list(
            RightsRequest.objects.soon_due()
            .filter(warned_at=None)
            .order_by("due_on")
            .values_list("tenant_id", "pk")
        )
    return one_by_one(
        (request_id, partial(_warn_in, tenant_id, request_id)) for tenant_id, request_id in waiting
    )


def _warn_in(tenant_id: uuid.UUID, request_id: uuid.UUID) -> bool:
    with tenant_scope(tenant_id), transaction.atomic():
        return _warn(request_id)


def _warn(request_id: uuid.UUID) -> bool:
    """Once: whoever comes second waits for the row, and finds that it was done."""
    unwarned = RightsRequest.objects.unanswered().filter(pk=request_id, warned_at=None)
    request = unwarned.select_for_update().first()
    if request is None:
        return False
    request.warned_at = timezone.now()
    request.save(update_fields=["warned_at"])
    tenant = Tenant.objects.get(pk=request.tenant_id)
    url = settings.BASE_URL + reverse("requests:show", args=[tenant.slug, request.pk])
    members = Membership.objects.filter(role__in=PROTECTORS, user__is_active=True)
    for member in members.select_related("user"):
        queue_mail(
            to=member.user.email,
            template="consent/rights/mail/request_due",
            context={
                "company": tenant.company,
                "request": request,
                "is_overdue": request.days_left < 0,
                "url": url,
            },
            language=member.user.language,
        )
    return True
