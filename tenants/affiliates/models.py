"""Affiliate partners and whom they referred; never the customer's personal data."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared, Walled
from chatbo.foundation.personal_data import Category, Deleted, PersonalData


class Partner(models.Model):
    """Somebody who refers customers, by a code."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="partner"
    )
    code = models.CharField(max_length=20, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    isolation: ClassVar = Shared(
        "Its code is looked up at a sign-up, before any scope can be open."
    )
    audit_target: ClassVar = Target(_("Partner"), named="user__name")
    personal_data: ClassVar = PersonalData(
        subject="accounts.User",
        match={"user_id": "id"},
        holds={"code": Category.CONTRACT},
        end=Deleted(),
        export="partner",
    )

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")


class Referral(models.Model):
    """That a partner's link led to a sign-up. Isolated by ``partner_id``.

    The partner sees when, that consent came first, and the state; not who.
    """

    class State(models.TextChoices):
        SIGNED_UP = "signed_up", _("signed up")
        CUSTOMER = "customer", _("customer")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner_id = models.UUIDField()
    referred_tenant_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=State, default=State.SIGNED_UP)
    consented_at = models.DateTimeField()
    """When the customer agreed to the terms: before anything was stored."""
    created_at = models.DateTimeField(auto_now_add=True)

    isolation: ClassVar = Walled(by="partner_id")
    audit_target: ClassVar = Target(_("Recommendation"))
    personal_data: ClassVar = (
        PersonalData(
            subject="affiliates.Partner",
            match={"partner_id": "id"},
            facts=Category.CONTRACT,
            end=Deleted(),
            export="referrals",
        ),
        PersonalData(
            subject="accounts.Tenant",
            match={"referred_tenant_id": "id"},
            facts=Category.CONTRACT,
            end=Deleted(),
            export="referrals",
        ),
    )

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        constraints = [
            models.UniqueConstraint(
                fields=["partner_id", "referred_tenant_id"], name="referral_once"
            )
        ]
