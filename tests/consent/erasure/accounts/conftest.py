"""A member with something in every room: in two businesses, as a partner, at Facebook."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import partner_scope, platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.tasks import send_mail
from consent.erasure.accounts.asking import end_account
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.tasks import carry_out
from consent.ledger.export_models import ConsentExport
from consent.ledger.models import ConsentRecord
from tenants.accounts.invitations import invite_member
from tenants.accounts.models import Invitation, Membership, SupportGrant, User
from tenants.affiliates.models import Partner, Referral
from tests.conftest import Business

MARKER = "Quollinde Markerson"
ADDRESS = "quollinde@markerson.example"


@dataclass
class Leaver:
    user: User
    cafe: Business
    dentist: Business

    @property
    def needles(self) -> tuple[str, str, str]:
        return MARKER, ADDRESS, str(self.user.pk)


@pytest.fixture
def leaver(cafe: Business, dentist: Business, queue, record) -> Leaver:
    return make_leaver(cafe, dentist, record)


def make_leaver(cafe: Business, dentist: Business, record) -> Leaver:
    """An editor of the café and an owner beside the dentist."""
    user = User.objects.create_user(ADDRESS, password="correct-horse-battery", name=MARKER)
    user.emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    browser = Client(headers={"user-agent": MARKER})
    browser.post("/accounts/login/", {"login": ADDRESS, "password": "correct-horse-battery"})
    assert UserSession.objects.filter(user=user).exists()
    account = SocialAccount.objects.create(
        user=user, provider="facebook", uid="4711", extra_data={"name": MARKER}
    )
    SocialToken.objects.create(account=account, token=MARKER)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    partner = Partner.objects.create(user=user, code="quoll")
    with partner_scope(partner.pk):
        Referral.objects.create(
            partner_id=partner.pk,
            referred_tenant_id=cafe.tenant.pk,
            consented_at=timezone.now(),
        )
    for business, role in ((cafe, Membership.Role.EDITOR), (dentist, Membership.Role.OWNER)):
        with business.scope():
            Membership.objects.create(user=user, role=role)
            record(person_id=user.pk, identifier=ADDRESS)
            invite_member(
                business.tenant,
                address=f"guest@{business.tenant.slug}.example",
                role=Membership.Role.VIEWER,
                invited_by=user,
            )
            SupportGrant.objects.create(
                granted_by=user, reason="Help.", ends_at=timezone.now() + timedelta(hours=1)
            )
            ConsentExport.objects.create(asked_by_id=user.pk, language="de")
    with cafe.scope():
        Invitation.objects.create(
            email=ADDRESS, role="viewer", expires_at=timezone.now() + timedelta(days=7)
        )
    return Leaver(user, cafe, dentist)


@pytest.fixture
def ending(leaver: Leaver) -> AccountEnding:
    return end_account(leaver.user)


def carried_out(ending: AccountEnding) -> AccountEnding:
    """As the sweep does, when each try has waited its time."""
    past = timezone.now() - timedelta(seconds=1)
    for _ in range(3):
        AccountEnding.objects.unfinished().update(not_before=past, lease_until=None)
        carry_out("", str(ending.pk))
    return AccountEnding.objects.get(pk=ending.pk)


def withdrawn_in(business: Business) -> int:
    with business.scope():
        return ConsentRecord.objects.filter(way=ConsentRecord.Way.ERASURE).count()


def send_outbox() -> None:
    """The mails to others, which name who left or invited them until they are sent."""
    with platform_scope("test"):
        waiting = list(OutgoingMail.objects.unfinished().values_list("tenant_id", "pk"))
    for tenant_id, pk in waiting:
        send_mail(str(tenant_id or ""), str(pk))
