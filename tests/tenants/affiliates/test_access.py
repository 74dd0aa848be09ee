"""The partners' pages: each partner among their own referrals, everybody else outside."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import current_scope
from chatbo.foundation.isolation.scopes import Scope
from tenants.accounts.models import PlatformRole, User
from tenants.affiliates.models import Partner, Referral
from tenants.affiliates.referring import make_partner, refer_tenant


@pytest.fixture
def linde(db: None) -> Partner:
    user = User.objects.create_user("linde@partner.example", name="Linde")
    return make_partner(user, code="LINDE10")


def test_the_page_is_rendered_within_the_partner_s_scope_and_no_further(
    linde: Partner, cafe: Any, client: Client
) -> None:
    refer_tenant(cafe.tenant, code=linde.code, consented_at=timezone.now())
    client.force_login(linde.user)

    answer = client.get("/partner/")

    assert answer.context["total"] == 1
    assert current_scope() == Scope()
    assert not Referral.objects.exists()


def test_a_stranger_is_asked_to_log_in(client: Client, db: None) -> None:
    assert client.get("/partner/").url == "/accounts/login/?next=/partner/"


@pytest.mark.parametrize("role", [*PlatformRole])
def test_no_role_at_chatbo_opens_it(linde: Partner, client: Client, role: PlatformRole) -> None:
    user = User.objects.create_user("colleague@chatbo.example", name="C", platform_role=role)
    client.force_login(user)

    assert client.get("/partner/").status_code == 404


def test_whoever_is_a_partner_no_more_is_outside(linde: Partner, client: Client) -> None:
    client.force_login(linde.user)
    assert client.get("/partner/").status_code == 200

    linde.delete()

    assert client.get("/partner/").status_code == 404
