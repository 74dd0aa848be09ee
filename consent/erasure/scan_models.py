"""What the nightly search for erased people looked at and found, each time."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared, WrittenOnce
from chatbo.foundation.personal_data import NoPersonalData
from consent.erasure.scanning.words import in_words


class CompletenessScan(models.Model):
    """One search for people who were erased, in all places. The newest says whether any is left."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField()
    people = models.PositiveIntegerField()
    """Whom it looked for: a sample of those who were erased lately."""
    looked_at = models.JSONField(default=dict)
    """How many items of each ``scanning.Kind``."""
    found = models.PositiveIntegerField()
    hits = models.JSONField(default=list)
    """The first of them: kind, place, part and number; never whom."""
    unread = models.JSONField(default=list)
    """What could not be looked into: names of tables, entries and servers."""
    undeclared = models.JSONField(default=list)
    """Tables and columns that no model knows: nothing there would ever be erased."""

    isolation: ClassVar = Shared("The platform's own: whether erasures leave anything behind.")
    written_once: ClassVar = WrittenOnce()
    audit_target: ClassVar = Target(_("Search for erased people"))
    personal_data: ClassVar = NoPersonalData("Numbers, and places without what stands there.")

    class Meta:
        get_latest_by = "at"

    @property
    def is_clean(self) -> bool:
        return not (self.found or self.unread or self.undeclared)

    def sentences(self) -> list[str]:
        """Each place in the language that is active."""
        return [in_words(hit) for hit in self.hits]
