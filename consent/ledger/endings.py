"""What really ends with a withdrawal: each room says it of its own purposes."""

import uuid
from collections.abc import Callable

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.models import ConsentRecord

declare_store(Medium.MEMORY, __name__, NoPersonalData("What ends what, said at the start."))

Ending = Callable[[uuid.UUID], None]
"""Takes the person's number. Runs in the withdrawal's transaction and in the record's tenant; may
raise ``NoOtherWayInError``, and then nothing is withdrawn."""

_endings: dict[ConsentRecord.Purpose, Ending] = {}


def ends_with(purpose: ConsentRecord.Purpose, ending: Ending) -> None:
    """Have ``ending`` run when somebody takes back their consent to ``purpose``."""
    _endings[purpose] = ending


def end(purpose: ConsentRecord.Purpose, person_id: uuid.UUID) -> None:
    if ending := _endings.get(purpose):
        ending(person_id)
