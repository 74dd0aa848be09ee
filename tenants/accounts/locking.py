"""Locking a business out of changes, with a reason that it reads (Art. 17 DSA).

Its bots then answer as if paused: unsubscribing, imprint and privacy policy go on working.
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation import operator
from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.mail.outbox import queue_mail
from tenants.accounts.errors import ReasonMissingError
from tenants.accounts.models import Membership, Tenant


@transaction.atomic
def lock_tenant(tenant: Tenant, *, reason: str) -> Tenant:
    """Lock it, and tell its owners by mail why and how to object. Locking again changes the reason.

    Called within the platform's scope. Raises ``ReasonMissingError`` for an empty reason.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissingError
    with tenant_scope(tenant.pk):
        tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if tenant.locked_at and tenant.lock_reason == reason:
            return tenant
        tenant.locked_at = tenant.locked_at or timezone.now()
        tenant.lock_reason = reason
        tenant.save(update_fields=["locked_at", "lock_reason"])
        record("tenant.locked", target=tenant)
        _tell_owners(tenant, "tenants/accounts/mail/locked")
    return tenant


@transaction.atomic
def unlock_tenant(tenant: Tenant) -> Tenant:
    """Undo the lock, and tell the owners. A business that is not locked stays as it is."""
    with tenant_scope(tenant.pk):
        tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
        if tenant.locked_at is None:
            return tenant
        tenant.locked_at, tenant.lock_reason = None, ""
        tenant.save(update_fields=["locked_at", "lock_reason"])
        record("tenant.unlocked", target=tenant)
        _tell_owners(tenant, "tenants/accounts/mail/unlocked")
    return tenant


def _tell_owners(tenant: Tenant, template: str) -> None:
    owners = Membership.objects.filter(role=Membership.Role.OWNER).select_related("user")
    for owner in owners:
        queue_mail(
            to=owner.user.email,
            template=template,
            context={
                "company": tenant.company,
                "reason": tenant.lock_reason,
                "objection": operator.EMAIL,
                "link": settings.BASE_URL + reverse("dashboard:home", args=[tenant.slug]),
            },
            language=owner.user.language,
        )
