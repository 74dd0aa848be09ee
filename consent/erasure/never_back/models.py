"""Which words outside are known; and what was carried out again after a restore, each time."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.targets import Target
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared
from chatbo.foundation.personal_data import NoPersonalData


class KnownWord(models.Model):
    """A word outside (``words``) that this database knows of."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    noted_at = models.DateTimeField(default=timezone.now)
    """When the row was here as the word says: a backup of earlier may not have it."""

    isolation: ClassVar = Shared("Names of files; they are asked for before anybody is served.")
    personal_data: ClassVar = NoPersonalData("Names of files; each has a row's number.")

    class Meta:
        indexes = [models.Index(fields=["noted_at"], name="word_noted")]


class Replay(models.Model):
    """One time that the database was older than the tombstones, and whoever was back had to go.

    Counted in the transactions that remove them: who goes on after a kill goes on with this row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    """Empty while it runs, and as long as an entry cannot be carried out."""
    entries = models.PositiveIntegerField(default=0)
    """Of the tombstones: how many the database did not know, and does since."""
    removed = models.PositiveIntegerField(default=0)
    """How many people were back."""
    put_back = models.PositiveIntegerField(default=0)
    """How many holds and restrictions are again what they were."""
    ended = models.PositiveIntegerField(default=0)
    """How many businesses were back that had left. Each ends by its own job again."""
    tenants = models.JSONField(default=list)
    """The numbers of the businesses that they were back at."""

    isolation: ClassVar = Shared("The platform's own: how often something was restored.")
    audit_target: ClassVar = Target(_("Repeated erasures"))
    personal_data: ClassVar = NoPersonalData("Numbers, and the businesses concerned.")

    class Meta:
        get_latest_by = "at"

    @classmethod
    def under_way(cls) -> "Replay":
        """The one that is not finished, or a new one, which its first part saves."""
        return cls.objects.filter(finished_at=None).first() or cls()

    @property
    def seconds(self) -> float:
        """How long it took, with the time in which nobody went on."""
        return ((self.finished_at or timezone.now()) - self.at).total_seconds()

    def count(
        self,
        *,
        entries: int,
        removed: int,
        put_back: int = 0,
        tenant_id: uuid.UUID | None = None,
    ) -> None:
        """Note a part that is done, in the transaction that does it."""
        self.put_back += put_back
        self.entries += entries
        self.removed += removed
        if removed and tenant_id and str(tenant_id) not in self.tenants:
            self.tenants.append(str(tenant_id))
        self.save()
