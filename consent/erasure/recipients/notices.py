"""Writing the notices of an erasure: in its transaction, so that none is missing or too early."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import text_or
from consent.erasure.models import Erasure
from consent.erasure.recipients.models import ErasureNotice, Recipient
from tenants.bots.models import Channel, Subscriber

MOST_PEOPLE = 100
"""People a notice: some 15 kB, as receivers take it (Standard Webhooks: less than 20 kB)."""


def write_notices(erasure: Erasure, people: Sequence[Subscriber]) -> None:
    """Have each recipient told that these people are erased, once that is certain.

    Called inside the deletion's transaction, with what was read before it. Many people share
    notices: a thousand of them must not be a thousand requests to a baker's cash register.
    """
    recipients = list(Recipient.objects.exclude(state=Recipient.State.GONE))
    if not (recipients and people):
        return
    at = timezone.now()
    channels = Channel.objects.in_bulk({each.channel_id for each in people})
    bodies = [
        (part, _body(erasure, [_known_as(each, channels[each.channel_id]) for each in part], at))
        for part in _parts(people)
    ]
    notices = ErasureNotice.objects.bulk_create(
        ErasureNotice(
            erasure=erasure,
            recipient=recipient,
            recipient_name=recipient.name,
            subject_id=None if erasure.is_of_many else part[0].pk,
            people=len(part),
            body=body,
            not_before=at + ErasureNotice.WINDOW if _is_paused(recipient) else at,
        )
        for recipient in recipients
        for part, body in bodies
    )
    _wake([notice for notice in notices if notice.not_before == at])


@transaction.atomic
def hurry_notices(erasure: Erasure) -> int:
    """Have what waits for its next try be tried now, but for whom the business has paused."""
    waiting = ErasureNotice.objects.unfinished().filter(
        erasure=erasure, recipient__state=Recipient.State.ACTIVE
    )
    notices = list(waiting)
    ErasureNotice.objects.unfinished().filter(pk__in=[each.pk for each in notices]).update(
        not_before=timezone.now()
    )
    if notices:
        record("recipient.hurried", target=erasure)
        _wake(notices)
    return len(notices)


def _known_as(person: Subscriber, channel: Channel) -> dict[str, str]:
    """What a recipient recognises the person by. A key that is lost leaves our number alone."""
    return {
        "subject": str(person.pk),
        "platform": channel.platform,
        "account": channel.external_id,
        "person": text_or(person, "external_id", ""),
    }


def _body(erasure: Erasure, people: list[dict[str, str]], at: datetime) -> str:
    said = {
        "type": "person.erased",
        "timestamp": moment(at),
        "data": {"erasure": erasure.code, "people": people},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _parts(people: Sequence[Subscriber]) -> Iterator[Sequence[Subscriber]]:
    for first in range(0, len(people), MOST_PEOPLE):
        yield people[first : first + MOST_PEOPLE]


def _is_paused(recipient: Recipient) -> bool:
    return recipient.state == Recipient.State.PAUSED


def _wake(notices: Sequence[ErasureNotice]) -> None:
    from consent.erasure.recipients.tasks import notify

    def wake() -> None:
        for notice in notices:
            notify.delay(str(notice.tenant_id), str(notice.pk))

    transaction.on_commit(wake, robust=True)
