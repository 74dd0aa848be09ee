"""What somebody has agreed to, now or at the end of a day: what stands on each purpose."""

import datetime
import uuid
from collections.abc import Iterable

from django.utils import timezone

from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.weighing import what_stands


def standing_on(identifier: str, day: datetime.date) -> list[ConsentRecord]:
    """The record that counted on each purpose at the end of a day (``weighing``).

    Of the person with this e-mail address or platform id, exactly; where several people of the
    business have it, as subscribers of several channels do, of each. What was not given yet does
    not count; what was set right does not either, also where that came later than the day. In
    the tenant's scope.
    """
    known = ConsentRecord.objects.about(identifier).counted().select_related("text_version")
    by_then = [record for record in known if _was_given_by(record, day)]
    return _in_order(what_stands(said) for said in _by_person(by_then))


def standing_now(person_id: uuid.UUID) -> list[ConsentRecord]:
    """The record that counts on each purpose, of a user or subscriber."""
    return _in_order([what_stands(ConsentRecord.objects.of_person(person_id).counted())])


def standing_beside(record: ConsentRecord) -> ConsentRecord | None:
    """What stands now for the person behind a record on its purpose; nothing, if all of it was
    set right.
    """
    said = ConsentRecord.objects.beside(record).filter(purpose=record.purpose)
    return what_stands(said.counted()).get(record.purpose)


def _was_given_by(record: ConsentRecord, day: datetime.date) -> bool:
    """Compared as days where the reader is: there is no moment after the calendar's last day."""
    return timezone.localdate(record.given_at) <= day


def _by_person(records: Iterable[ConsentRecord]) -> Iterable[list[ConsentRecord]]:
    records = list(records)
    people = dict(
        ConsentIdentity.objects.filter(
            subject_id__in={record.subject_id for record in records}
        ).values_list("subject_id", "person_id")
    )
    said: dict[uuid.UUID, list[ConsentRecord]] = {}
    for record in records:
        said.setdefault(people.get(record.subject_id, record.subject_id), []).append(record)
    return said.values()


def _in_order(standing: Iterable[dict[str, ConsentRecord]]) -> list[ConsentRecord]:
    standing = list(standing)
    return [
        found[purpose]
        for purpose in ConsentRecord.Purpose
        for found in standing
        if purpose in found
    ]
