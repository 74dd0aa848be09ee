"""Partners, and the customers whom their links led here."""

import uuid
from datetime import datetime

from django.db import transaction

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import partner_scope, tenant_scope
from chatbo.foundation.isolation.ids import new_code
from tenants.accounts.models import Membership, Tenant, User
from tenants.affiliates.models import Partner, Referral


@transaction.atomic
def make_partner(user: User, *, code: str = "") -> Partner:
    """Let a user refer customers, under a code (upper case; made up where none is given)."""
    partner = Partner.objects.create(user=user, code=(code or new_code(8)).upper())
    record("partner.made", target=partner)
    return partner


def partner_of(code: str) -> Partner | None:
    """Whose code this is, however it was typed."""
    code = code.strip().upper()
    return Partner.objects.filter(code=code).first() if code.isalnum() else None


@transaction.atomic
def refer_tenant(tenant: Tenant, *, code: str, consented_at: datetime) -> Referral | None:
    """Credit a new tenant to the partner whose code it came with, once.

    Nothing comes of an unknown code or of a partner's own business: a sign-up never fails for
    the link that led to it. The referral names no person; the partner cannot see the tenant.
    """
    partner = partner_of(code)
    if partner is None or _is_own(tenant.pk, partner):
        return None
    with partner_scope(partner.pk):
        referral, is_new = Referral.objects.get_or_create(
            partner_id=partner.pk,
            referred_tenant_id=tenant.pk,
            defaults={"consented_at": consented_at},
        )
        if is_new:
            record("tenant.referred", target=referral)
    return referral


def _is_own(tenant_id: uuid.UUID, partner: Partner) -> bool:
    with tenant_scope(tenant_id):
        return Membership.objects.filter(user_id=partner.user_id).exists()
