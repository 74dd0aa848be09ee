"""What somebody had agreed to on a day: the last word on each purpose until then."""

import datetime

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
    corrected = {record.corrects_id for record in known}
    last = {record.purpose: record for record in known if record.pk not in corrected}
    return [last[purpose] for purpose in ConsentRecord.Purpose if purpose in last]
