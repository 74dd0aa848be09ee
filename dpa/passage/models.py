"""Where a business's own server fetches the current passage."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.listing import Listed
from chatbo.foundation.isolation.models import TenantModel
from chatbo.foundation.personal_data import NoPersonalData


class PassageAddress(TenantModel):
    """A business's address ``/passage/<code>.json``. It has one, once it asked for it."""

    code = models.CharField(max_length=32)
    made_at = models.DateTimeField(auto_now_add=True)

    listed: ClassVar = (Listed("passage", lambda row: row.code),)
    audit_target: ClassVar = Target(_("Address of the privacy passage"))
    personal_data: ClassVar = NoPersonalData("An address, random; no person.")

    class Meta:
        verbose_name = _("address of the privacy passage")
        verbose_name_plural = _("addresses of the privacy passage")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id"], name="passage_address_once"),
        ]
