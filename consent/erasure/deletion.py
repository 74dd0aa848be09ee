"""Deleting everything stored on people, as the models themselves declare it."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from chatbo.foundation.personal_data import declarations_about
from chatbo.foundation.personal_data.declarations import subjects as kinds_of_people
from chatbo.foundation.personal_data.rows import Several, rows_about_any
from consent.erasure.certificates.issuing import certify
from consent.erasure.holds.models import Hold
from consent.erasure.holds.taking import take_held
from consent.erasure.models import Erasure, ErasurePolicy
from consent.erasure.never_back import tombstones
from consent.erasure.policy import Ending, endings_under, kept_under
from consent.erasure.recipients.notices import write_notices
from consent.ledger.models import ConsentRecord
from consent.ledger.withdrawing import withdraw_by_erasure
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


@dataclass
class Gone:
    """What went, and what stays: rows by model label, and the files that must follow."""

    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    claim_until: datetime.date | None = None


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
    registry. One statement a model, however many people they are.
    """
    subjects = Several(subjects)
    gone = Gone()
    held = take_held(subjects)
    withdraw_by_erasure(subjects.all_of("id"), source=source, place=place)
    gone.kept = count_kept(subjects, policy)
    if held.count:
        gone.kept[Hold._meta.label] = held.count
        gone.claim_until = held.until
    for ending in sorted(endings_under(policy), key=_when):
        if ending.model is Erasure:
            continue  # The job needs the address once more, and then drops it itself.
        _end(ending, subjects, gone)
    gone.counts = {label: count for label, count in gone.counts.items() if count}
    return gone


def _when(ending: Ending) -> tuple[bool, bool]:
    """Last the person's own row; before it what is found by the identifier, opened late."""
    return ending.model is Subscriber, _is_by_identifier(ending)


def _is_by_identifier(ending: Ending) -> bool:
    return "external_index" in ending.declaration.match.values()


def end_what_came_late(erasure: Erasure) -> None:
    """End what the person wrote since their row was deleted, in the transaction that ends the job.

    By their identifier alone, which the job still has. Whoever worked on it afterwards would take
    it for somebody new.
    """
    address = text_or(erasure, "address", "")
    if not address or erasure.channel_id is None:
        return
    person = Subscriber(pk=erasure.subject_id, channel_id=erasure.channel_id, external_id=address)
    for ending in endings_under(erasure.policy):
        if _is_by_identifier(ending):
            _end(ending, [person], Gone())


def _end(ending: Ending, subjects: Sequence[Subscriber], gone: Gone) -> None:
    if ending.end == "kept":
        return
    rows = rows_about_any(subjects, ending.model, ending.declaration)
    if files := ending.declaration.files:
        names = list(rows.values_list(*files))
        if not names:
            return  # Nobody has any: of most people none was ever made.
        gone.files += [name for of_row in names for name in of_row if name]
    if ending.model is Subscriber:
        # Whatever points to them is gone: Django need not fetch them once more to look for it.
        gone.counts[Subscriber._meta.label] = rows._raw_delete(rows.db)
    elif ending.end == "deleted":
        _, deleted = rows.delete()
        for label, count in deleted.items():
            gone.counts[label] = gone.counts.get(label, 0) + count
    else:
        rows.update(**ending.fields)


def count_kept(
    subjects: Sequence[Subscriber] | models.QuerySet[Subscriber], policy: ErasurePolicy
) -> dict[str, int]:
    """What stays of these people, while the links are still there that the deletion takes away."""
    counts = {
        model._meta.label: sum(rows.count() for rows in rows_on(model, Subscriber, subjects))
        for model, _kept in kept_under(policy)
    }
    return {label: count for label, count in counts.items() if count}


def rows_on(
    model: type[models.Model],
    kind: type[models.Model],
    subjects: Sequence[models.Model] | models.QuerySet[Any],
) -> Iterator[models.QuerySet[Any]]:
    """The rows of a model on these people: their own, or of what stands for them in its turn."""
    stand_for_somebody = kinds_of_people()
    for each, declaration in declarations_about(kind._meta.label):
        if each is model:
            yield rows_about_any(subjects, model, declaration)
        elif each is not kind and each._meta.label in stand_for_somebody:
            yield from rows_on(model, each, rows_about_any(subjects, each, declaration))
