"""The audit log's one table."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Walled, WrittenOnce
from chatbo.foundation.personal_data import Category, Kept, PersonalData, YearsAfterEndOfYear

KEPT = Kept(
    ground=_("accountability and security of processing"),
    law=_("Arts. 5(2), 32 GDPR"),
    until=YearsAfterEndOfYear(3, _("of the deed"), lambda entry: entry.at),
)


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Searching: ``audit.searching``."""


class AuditEntry(models.Model):
    """Who did what, when, to what. Ids and facts, no content and no names. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant_id = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=80)
    target_kind = models.CharField(max_length=80, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = AuditQuerySet.as_manager()

    isolation: ClassVar = Walled(ownerless="What the platform's own people did.")
    written_once: ClassVar = WrittenOnce(ended_by="delete_due_audit_entries()")
    personal_data: ClassVar = (
        PersonalData(
            subject="accounts.User",
            match={"actor_id": "id"},
            holds=dict.fromkeys(
                ("actor_id", "action", "target_kind", "target_id", "details"), Category.SECURITY
            ),
            facts=Category.SECURITY,
            end=KEPT,
            export="deeds",
            besides={"tenant_id": "In which business it was done."},
        ),
        PersonalData(
            subject="accounts.User",
            match={"target_id": "id"},
            holds=dict.fromkeys(("target_id", "action", "details"), Category.SECURITY),
            facts=Category.SECURITY,
            end=KEPT,
            export="deeds_on_the_account",
        ),
    )

    class Meta:
        verbose_name = _("entry of the log")
        verbose_name_plural = _("entries of the log")
        indexes = [
            models.Index(fields=["tenant_id", "-at"], name="audit_tenant_time"),
            models.Index(fields=["tenant_id", "action", "-at"], name="audit_tenant_action"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["target_id", "-at"], name="audit_target"),
            # Over all tenants, for the platform.
            models.Index(fields=["-at"], name="audit_time"),
            models.Index(fields=["action", "-at"], name="audit_action"),
        ]
