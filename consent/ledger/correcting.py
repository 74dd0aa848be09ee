"""Setting a record right: the business says that somebody did not agree after all."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.audit.words import MISTAKES
from chatbo.foundation.turns import wait_for_turn
from consent.ledger.errors import CannotBeCorrectedError
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent

Decision = ConsentRecord.Decision


@transaction.atomic
def correct_record(record: ConsentRecord, *, why: str) -> ConsentRecord:
    """Record that this consent was recorded wrongly, in its tenant's scope. Twice is once.

    The new record says that the person refused, under the same pseudonym and of the same text;
    the wrong one stays as it was, and counts for nothing any more. Only in this direction: nobody
    makes a consent for somebody else (Art. 4(11) GDPR). ``why``: of ``MISTAKES``, for the log;
    words of one's own might name somebody where nothing is ever erased. Raises
    ``CannotBeCorrectedError``.
    """
    wait_for_turn("correct", record.pk)
    done = correction_of(record)
    if done is not None:
        return done
    if not record.may_be_corrected or why not in MISTAKES:
        raise CannotBeCorrectedError
    corrected = record_consent(
        record.text_version,
        purpose=ConsentRecord.Purpose(record.purpose),
        decision=Decision.REFUSED,
        source=ConsentRecord.Source(record.source),
        controller=ConsentRecord.Controller(record.controller),
        place=record.place,
        given_at=max(timezone.now(), record.given_at + timedelta(microseconds=1)),
        follows=record,
        corrects=record,
    )
    note("consents.corrected", target=record, details={"mistake": why})
    return corrected


def correction_of(record: ConsentRecord) -> ConsentRecord | None:
    """What sets this record right, if anything does."""
    return ConsentRecord.objects.filter(corrects_id=record.pk).order_by("given_at", "id").first()
