"""What stands on a purpose: the one rule, and whoever asks reads it here.

A consent that was given ends by a withdrawal alone (Art. 7(3) GDPR): being shown something later,
or refusing newer words, ends nothing. So the last of what was granted and withdrawn counts; where
nothing was, the last refusal; else what was shown last. What was set right does not count, on no
day. The database says the same in ``delete_due_consents()``, and a test holds them together.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # The models read the rule: how long a record is kept follows from it.
    from consent.ledger.models import ConsentRecord

WEIGHTS: Final = {"shown": 0, "refused": 1, "granted": 2, "withdrawn": 2}
"""By decision: the weightiest counts, and of these the last."""


def what_stands(counting: Iterable["ConsentRecord"]) -> dict[str, "ConsentRecord"]:
    """By purpose, of one person's records that count (``ConsentQuerySet.counted``)."""
    return {record.purpose: record for record in sorted(counting, key=_weight)}


def _weight(record: "ConsentRecord") -> tuple[int, datetime.datetime, uuid.UUID]:
    return WEIGHTS[record.decision], record.given_at, record.pk
