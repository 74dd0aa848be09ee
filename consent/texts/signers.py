"""In whose name texts are approved, and whether a signature on an approval is what it says.

Which keys are believed is the foundation's to say (``foundation.signing``), for texts as for the
ledger.
"""

from functools import lru_cache
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, NoteKey, read
from chatbo.foundation.signing import keep_keys

declare_store(Medium.MEMORY, __name__, NoPersonalData("The platform's own key."))
declare_store(Medium.LOG, __name__, NoPersonalData("That a store is away."))

log = structlog.get_logger(__name__)


def signing_name() -> str:
    """In whose name texts are approved: ``<host>/texts``."""
    return f"{urlsplit(settings.BASE_URL).netloc}/texts"


def keep_signers_known() -> None:
    """Have the ring's keys kept for the time after it. By the hour, and at each approval.

    With the outside store away nobody has to wait: the ring still has the key, the alarm is
    raised, and the next call tries again.
    """
    try:
        keep_keys()
    except OSError:
        log.exception("keys_not_kept")


def has_signed(key: NoteKey, note: str, text: str) -> bool:
    """Whether the note is this text, signed with this key. Answered once a process and note."""
    return _has_signed(key, note, text)


@lru_cache(maxsize=4096)
def _has_signed(key: NoteKey, note: str, text: str) -> bool:
    try:
        return read(note, [key]) == text
    except NoteError:
        return False
