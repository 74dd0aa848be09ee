"""The partner's dashboard: when and that consent came first; never who."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.accounts.models import User
from tenants.affiliates.models import Partner
from tenants.affiliates.referring import make_partner, refer_tenant


def partner_named(name: str) -> Partner:
    user = User.objects.create_user(f"{name}@partner.example", name=name)
    return make_partner(user, code=name)


@pytest.fixture
def linde(db: None) -> Partner:
    return partner_named("LINDE10")


def page_of(partner: Partner) -> str:
    client = Client()
    client.force_login(partner.user)
    return client.get("/partner/").content.decode()


def test_the_partner_sees_the_referral_without_the_customer(linde: Partner, cafe: Any) -> None:
    refer_tenant(cafe.tenant, code=linde.code, consented_at=timezone.now())
    page = page_of(linde)
    assert page.count("<tr") == 2
    for secret in ("Morgenrot", "cafe", str(cafe.tenant.pk), cafe.owner.email):
        assert secret not in page


def test_a_partner_does_not_see_another_s_referrals(linde: Partner, cafe: Any) -> None:
    refer_tenant(cafe.tenant, code=linde.code, consented_at=timezone.now())
    page = page_of(partner_named("OTHER20"))
    assert "<tr" not in page


def test_the_link_is_there_to_copy(linde: Partner) -> None:
    page = page_of(linde)
    assert "/r/LINDE10/" in page
    assert "data-copy" in page


def test_all_others_find_nothing_there(cafe: Any, client: Client) -> None:
    assert client.get("/partner/").status_code == 302
    client.force_login(cafe.owner)
    assert client.get("/partner/").status_code == 404
