"""Events that a restored database would answer, from people who were erased after its copy."""

from chatbo.conversation.handling import finish
from chatbo.conversation.intake import unpacked
from chatbo.conversation.models import IncomingEvent
from chatbo.foundation.encryption import text_or
from consent.erasure.never_back.waiting import Erased

READ_AT_ONCE = 500


def drop_events_of(erased: Erased) -> None:
    """Empty what they sent before their erasure and nobody has worked on; the digest stays.

    What no key opens is left: nobody can work on it, either.
    """
    for event in IncomingEvent.objects.unfinished().iterator(chunk_size=READ_AT_ONCE):
        payload = text_or(event, "payload", "")
        # By whichever clock is earlier: the platform's may be wrong, and a delivery late.
        before = min(event.happened_at, event.created_at)
        if payload and erased.includes(event.channel_id, unpacked(payload).sender, before=before):
            finish(event)
