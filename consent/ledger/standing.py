"""What somebody had agreed to on a day: the last word on each purpose until then."""

import datetime
import uuid
from collections.abc import Iterable

from django.utils import timezone

from consent.ledger.models import ConsentRecord


def standing_on(identifier: str, day: datetime.date) -> list[ConsentRecord]:
    """The record that counted on each purpose at the end of a day.

    Of the person with this e-mail address or platform id, exactly.
    What was corrected since does not count; what was not given yet does not either. In the
    tenant's scope.
    """
    end = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min)
    known = (
        ConsentRecord.objects.about(identifier)
        .filter(given_at__lt=timezone.make_aware(end))
        .select_related("text_version")
        .order_by("given_at", "id")
    )
    return _what_counts(known)


def standing_now(subject_id: uuid.UUID) -> list[ConsentRecord]:
    """The record that counts on each purpose, of whoever is behind a pseudonym."""
    known = (
        ConsentRecord.objects.filter(subject_id=subject_id)
        .select_related("text_version")
        .order_by("given_at", "id")
    )
    return _what_counts(known)


def _what_counts(known: Iterable[ConsentRecord]) -> list[ConsentRecord]:
    """Of records in their order: the last one on each purpose that was not set right."""
    known = list(known)
    corrected = {record.corrects_id for record in known}
    last = {record.purpose: record for record in known if record.pk not in corrected}
    return [last[purpose] for purpose in ConsentRecord.Purpose if purpose in last]
