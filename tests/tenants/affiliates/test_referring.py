"""Referrals: credited once, to the right partner, and never to oneself."""

from typing import Any

from django.utils import timezone

from chatbo.foundation.isolation import partner_scope
from tenants.affiliates.models import Referral
from tenants.affiliates.referring import make_partner, partner_of, refer_tenant


def referrals_of(partner: Any) -> list[Referral]:
    with partner_scope(partner.pk):
        return list(Referral.objects.all())


def test_a_referral_is_credited_once(cafe: Any, dentist: Any) -> None:
    partner = make_partner(dentist.owner, code="LINDE10")
    for code in ("LINDE10", " linde10 "):
        refer_tenant(cafe.tenant, code=code, consented_at=timezone.now())
    (referral,) = referrals_of(partner)
    assert referral.referred_tenant_id == cafe.tenant.pk


def test_nobody_refers_their_own_business(cafe: Any) -> None:
    partner = make_partner(cafe.owner, code="CAFE")
    assert refer_tenant(cafe.tenant, code="CAFE", consented_at=timezone.now()) is None
    assert referrals_of(partner) == []


def test_an_unknown_code_credits_nobody(cafe: Any) -> None:
    for code in ("", "NOBODY"):
        assert refer_tenant(cafe.tenant, code=code, consented_at=timezone.now()) is None


def test_a_code_is_made_where_none_is_wished(cafe: Any) -> None:
    partner = make_partner(cafe.owner)
    assert partner_of(partner.code) == partner
    assert len(partner.code) == 8
