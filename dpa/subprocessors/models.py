"""Who else processes: the firms that ChatBo itself uses (Art. 28(2), (4) GDPR)."""

import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.countries import EEA
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared
from chatbo.foundation.personal_data import NoPersonalData


class SubProcessorQuerySet(models.QuerySet["SubProcessor"]):
    def used_on(self, day: datetime.date) -> "SubProcessorQuerySet":
        return self.filter(since__lte=day).exclude(until__lt=day)

    def used_today(self) -> "SubProcessorQuerySet":
        return self.used_on(timezone.localdate())


class SubProcessor(models.Model):
    """A firm, what for, where, and since when. The platform's own list, the same for everybody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=160)
    purpose_de = models.CharField(_("purpose in German"), max_length=300)
    purpose_en = models.CharField(_("purpose in English"), max_length=300)
    place = models.CharField(_("place of processing"), max_length=120)
    country = models.CharField(_("country"), max_length=2)
    transfer_ground = models.CharField(_("ground of the transfer"), max_length=300, blank=True)
    """Demanded by the database where the country is outside the EEA (Arts. 44-49 GDPR)."""
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = SubProcessorQuerySet.as_manager()

    isolation: ClassVar = Shared("The platform's own list, which it publishes.")
    audit_target: ClassVar = Target(_("Sub-processor"), named="name")
    personal_data: ClassVar = NoPersonalData("Firms, published by the platform.")

    class Meta:
        ordering = ["name", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__in=EEA) | ~models.Q(transfer_ground=""),
                name="subprocessor_transfer_has_ground",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def purpose(self) -> str:
        """In the active language, German where it is neither."""
        english = (translation.get_language() or "").startswith("en")
        return self.purpose_en if english else self.purpose_de
