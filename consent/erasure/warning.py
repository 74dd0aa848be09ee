"""The alarm that an erasure is due within a week and not done: once for each, by mail and log."""

import uuid
from functools import partial

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.one_by_one import one_by_one
from chatbo.foundation.mail.outbox import queue_mail
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from tenants.accounts.administrators import administrators, mail_administrators
from tenants.accounts.models import Membership, Tenant, User

declare_store(Medium.LOG, __name__, NoPersonalData("Which erasure is due soon and not done."))

log = structlog.get_logger(__name__)

TEMPLATE = "consent/erasure/mail/erasure_due"


def warn_of_due_erasures() -> int:
    """Raise the alarm for each erasure that nobody was warned of yet; say how many there were.

    An erasure's alarm is one transaction: its mails, and that it was raised. Killed in between, the
    next hour goes on with the others; one that fails is tried again then, and holds up no other.
    """
    with platform_scope("erasure: find what is due soon and not done"):
        waiting = list(
            Erasure.objects.soon_due()
            .unfinished()
            .filter(warned_at=None)
            .order_by("due_at")
            .values_list("tenant_id", "pk")
        )
        admins = list(administrators())
    return one_by_one(
        (erasure_id, partial(_warn_in, tenant_id, erasure_id, admins))
        for tenant_id, erasure_id in waiting
    )


def warn_of_the_platform_s() -> int:
    """The same for what was asked of ChatBo itself: the end of an account, and Meta's requests."""
    return one_by_one(
        (number, partial(_warn_of_the_platform_s, model, number))
        for model in (AccountEnding, ErasureRequest)
        for number in list(
            model.objects.soon_due()
            .unfinished()
            .filter(warned_at=None)
            .order_by("due_at")
            .values_list("pk", flat=True)
        )
    )


@transaction.atomic
def _warn_of_the_platform_s(
    model: type[AccountEnding] | type[ErasureRequest], number: uuid.UUID
) -> bool:
    due = model.objects.soon_due().unfinished().filter(pk=number, warned_at=None)
    job = due.select_for_update().first()
    if job is None:
        return False
    job.warned_at = timezone.now()
    job.save(update_fields=["warned_at"])
    mail_administrators(
        "consent/erasure/mail/platform_due",
        code=job.code,
        kind=model._meta.label,
        requested=job.created_at,
        due=job.due_at,
        is_overdue=job.due_at < timezone.now(),
    )
    log.error("erasure_due_soon", row=str(job.pk), reason=job.last_error)
    return True


def _warn_in(tenant_id: uuid.UUID, erasure_id: uuid.UUID, admins: list[User]) -> bool:
    with tenant_scope(tenant_id), transaction.atomic():
        return _warn(erasure_id, admins)


def _warn(erasure_id: uuid.UUID, admins: list[User]) -> bool:
    """Once: whoever comes second waits for the row, and finds that it was raised."""
    erasure = (
        Erasure.objects.select_for_update()
        .filter(pk=erasure_id, warned_at=None, deleted_at=None)
        .first()
    )
    if erasure is None:
        return False
    erasure.warned_at = timezone.now()
    erasure.save(update_fields=["warned_at"])
    tenant = Tenant.objects.get(pk=erasure.tenant_id)
    owners = Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True)
    theirs = reverse("erasure:detail", args=[tenant.slug, erasure.code])
    for owner in owners.select_related("user"):
        _tell(owner.user, erasure, tenant, theirs)
    for admin in admins:
        _tell(admin, erasure, tenant, reverse("platform:erasures"))
    log.error("erasure_due_soon", row=str(erasure.pk), reason=erasure.last_error)
    return True


def _tell(user: User, erasure: Erasure, tenant: Tenant, address: str) -> None:
    queue_mail(
        to=user.email,
        template=TEMPLATE,
        context={
            "erasure": erasure,
            "company": tenant.company,
            "is_overdue": erasure.due_at < timezone.now(),
            "url": f"{settings.BASE_URL}{address}",
        },
        language=user.language,
    )
