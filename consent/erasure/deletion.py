"""Deleting everything stored on people, as the models themselves declare it."""

from collections.abc import Sequence

from django.db import models, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from chatbo.foundation.personal_data.rows import Several
from chatbo.foundation.personal_data.statements import is_there_any
from consent.erasure.certificates.issuing import certify
from consent.erasure.holds.models import Hold
from consent.erasure.holds.taking import Taken, holds_on, take_held
from consent.erasure.models import Erasure, ErasurePolicy
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.forgetting import (
    forget_what_is_gone,
    of_whom_was_said,
    said_on,
)
from consent.erasure.recipients.notices import write_notices
from consent.erasure.rows import Gone, end_rows, end_rows_by_identifier
from consent.ledger.models import ConsentRecord
from consent.ledger.withdrawing import agreed_by, withdraw_by_erasure
from tenants.bots.models import Subscriber

DONE_HERE = (
    "counts",
    "kept",
    "files",
    "claim_until",
    "done",
    "state",
    "deleted_at",
    "failed_at",
    "certificate",
)
"""The columns of a job that the deletion fills; whose the job is may have changed meanwhile."""


@transaction.atomic
def delete_subject(erasure: Erasure) -> Gone:
    """Delete or blank every row on the erasure's subject; all of it, or nothing.

    Gives back, and keeps in the job, what went and what stays. What they had agreed to is
    withdrawn first: that stays on record, and counts among nothing that went. Where another worker
    was first, nothing happens.
    """
    locked = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if locked.state != Erasure.State.REQUESTED:
        erasure.refresh_from_db(fields=DONE_HERE)
        return Gone(erasure.counts, erasure.kept, erasure.files)
    subject = erasure.subject(locked=True)
    gone = Gone()
    if subject is not None:
        is_in_chat = erasure.origin == Erasure.Origin.BOT
        gone = delete_rows(
            [subject],
            erasure.policy,
            source=ConsentRecord.Source.BOT if is_in_chat else ConsentRecord.Source.PAGE,
            place=subject.channel.bot.name if is_in_chat else "",
        )
        write_notices(erasure, [subject])
    tombstones.note([tombstones.name_of(erasure.pk)])
    erasure.counts, erasure.kept, erasure.files = gone.counts, gone.kept, gone.files
    erasure.claim_until = gone.claim_until
    erasure.done = erasure.total
    erasure.state = Erasure.State.DELETED
    erasure.deleted_at = timezone.now()
    erasure.failed_at = None
    erasure.certificate = certify(erasure)
    erasure.save(update_fields=DONE_HERE)
    record("erasure.deleted", target=erasure, details={"counts": erasure.counts})
    return gone


def delete_rows(
    subjects: Sequence[Subscriber],
    policy: ErasurePolicy,
    *,
    source: ConsentRecord.Source,
    place: str = "",
) -> Gone:
    """End every row on these people, whom the caller has locked, in the caller's transaction.

    No list stands here: whatever declares to be about a subscriber is found in Django's app
    registry (``rows``). What they had agreed to is withdrawn first, and holds take theirs along.
    What was said outside about rows that go, goes with them.
    """
    subjects = Several(subjects)
    if not subjects:
        return Gone()
    is_any_held, has_anybody_agreed, *is_anything_said = is_there_any(
        subjects, _holds, _agreed, *of_whom_was_said().values()
    )
    said = said_on(subjects) if any(is_anything_said) else {}
    held = take_held(subjects) if is_any_held else Taken()
    if has_anybody_agreed:
        withdraw_by_erasure(subjects.all_of("id"), source=source, place=place)
    gone = end_rows(subjects, policy)
    forget_what_is_gone(said)
    if held.count:
        gone.kept[Hold._meta.label] = held.count
        gone.claim_until = held.until
    return gone


def _holds(subjects: Several[Subscriber]) -> models.QuerySet[Hold]:
    return holds_on(subjects.all_of("id"))


def _agreed(subjects: Several[Subscriber]) -> models.QuerySet[ConsentRecord]:
    return agreed_by(subjects.all_of("id"))


def end_what_came_late(erasure: Erasure) -> None:
    """End what the person wrote since their row was deleted, in the transaction that ends the job.

    By their identifier alone, which the job still has. Whoever worked on it afterwards would take
    it for somebody new.
    """
    address = text_or(erasure, "address", "")
    if not address or erasure.channel_id is None:
        return
    person = Subscriber(pk=erasure.subject_id, channel_id=erasure.channel_id, external_id=address)
    end_rows_by_identifier([person], erasure.policy)
