"""A week before a hold ends, whoever set it is told by mail, once: to extend it or let it go."""

import uuid
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.one_by_one import one_by_one
from chatbo.foundation.mail.outbox import queue_mail
from consent.erasure.holds.models import WARN_BEFORE, Hold
from tenants.accounts.models import Membership, Tenant


def warn_of_ending_holds() -> int:
    """Say how many holds somebody was told of. Killed in between, the next hour goes on; one that
    fails is tried again then, and holds up no other."""
    soon = timezone.localdate() + WARN_BEFORE
    with platform_scope("erasure: find holds that end soon"):
        waiting = list(
            Hold.objects.filter(warned_at=None, ends_on__lte=soon).values_list("tenant_id", "pk")
        )
    return one_by_one(
        (hold_id, partial(_warn_in, tenant_id, hold_id)) for tenant_id, hold_id in waiting
    )


def _warn_in(tenant_id: uuid.UUID, hold_id: uuid.UUID) -> bool:
    with tenant_scope(tenant_id), transaction.atomic():
        return _warn(hold_id)


def _warn(hold_id: uuid.UUID) -> bool:
    hold = Hold.objects.select_for_update().filter(pk=hold_id, warned_at=None).first()
    if hold is None:
        return False
    hold.warned_at = timezone.now()
    hold.save(update_fields=["warned_at"])
    tenant = Tenant.objects.get(pk=hold.tenant_id)
    active = Membership.objects.filter(user__is_active=True).select_related("user")
    # Where whoever set it is not there any more, it is the owners' business.
    setter = active.filter(user_id=hold.set_by_id) if hold.set_by_id else active.none()
    members = setter or active.filter(role=Membership.Role.OWNER)
    url = settings.BASE_URL + reverse("erasure:hold", args=[tenant.slug, hold.pk])
    for member in members:
        queue_mail(
            to=member.user.email,
            template="consent/erasure/mail/hold_ends",
            context={"company": tenant.company, "hold": hold, "url": url},
            language=member.user.language,
        )
    return True
