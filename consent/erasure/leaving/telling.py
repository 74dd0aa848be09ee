"""The mails around the end of a business, to all its members, each in their own language."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from chatbo.foundation.mail.outbox import queue_mail
from consent.erasure.leaving.models import TenantEnding
from tenants.accounts.models import Membership, Tenant, User


def tell_asked(tenant: Tenant, ending: TenantEnding) -> None:
    _tell_members(tenant, ending, "ending_asked")


def tell_cancelled(tenant: Tenant, ending: TenantEnding) -> None:
    _tell_members(tenant, ending, "ending_cancelled")


def tell_soon(tenant: Tenant, ending: TenantEnding) -> None:
    _tell_members(tenant, ending, "ending_soon")


def tell_done(company: str, ending: TenantEnding, user: User, *, is_owner: bool) -> None:
    """The confirmation in text form, and to owners the certificate's address. Called outside the
    business's scope: nothing of it is to lie there any more."""
    queue_mail(
        to=user.email,
        template="consent/erasure/leaving/mail/ending_done",
        context={
            "company": company,
            "name": user.name,
            "kept": sum(ending.kept.values()),
            "url": certificate_address(ending) if is_owner else "",
        },
        language=user.language,
    )


def certificate_address(ending: TenantEnding) -> str:
    return f"{settings.BASE_URL}{reverse('ending:certificate', args=[ending.code])}"


def _tell_members(tenant: Tenant, ending: TenantEnding, template: str) -> None:
    page = settings.BASE_URL + reverse("leaving:show", args=[tenant.slug])
    for membership in Membership.objects.select_related("user"):
        context: dict[str, Any] = {
            "company": tenant.company,
            "name": membership.user.name,
            "ends_at": ending.ends_at,
            "url": page,
            "is_owner": membership.role == Membership.Role.OWNER,
        }
        queue_mail(
            to=membership.user.email,
            template=f"consent/erasure/leaving/mail/{template}",
            context=context,
            language=membership.user.language,
        )
