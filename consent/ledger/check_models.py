"""What verifying the ledger found, each time."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.statements import Shared, WrittenOnce
from chatbo.foundation.personal_data import NoPersonalData
from consent.ledger.faults import in_words


class LedgerCheck(models.Model):
    """One verification of the whole ledger. The newest says whether it can be relied on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    leaves = models.BigIntegerField()
    heads = models.BigIntegerField()
    found = models.PositiveIntegerField()
    """How many things are not as they were."""
    faults = models.JSONField(default=list)
    """The first of them, each as its code and what it is about (``verifying.Fault``)."""

    isolation: ClassVar = Shared("The platform's own: whether its tree is what was signed.")
    written_once: ClassVar = WrittenOnce()
    personal_data: ClassVar = NoPersonalData("Numbers of records, leaves and heads.")

    class Meta:
        get_latest_by = "at"

    def sentences(self) -> list[str]:
        """Each fault in the language that is active."""
        return [in_words(fault) for fault in self.faults]
