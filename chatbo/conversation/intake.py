"""Taking in what platforms deliver: stored first, answered 200, then worked on."""

import dataclasses
import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from chatbo.conversation.models import IncomingEvent
from chatbo.foundation.encryption import blind_index, blind_indexes, encrypt
from chatbo.foundation.isolation import directory, tenant_scope
from chatbo.foundation.isolation.ids import new_id
from tenants.bots.models import subscriber_index
from tenants.bots.platforms.wire import Incoming, Kind


def take_in_for_pages(events: Iterable[Incoming]) -> int:
    """Store what people did on pages, each with the tenant whose page it is; say how many.

    A page that nobody here has connected is passed over: Meta need not send that again.
    """
    stored = 0
    for page, of_page in groupby(sorted(events, key=_page), key=_page):
        entry = directory.find("messenger-page", page)
        if entry is not None and entry.target_id is not None:
            stored += len(take_in(entry.tenant_id, entry.target_id, list(of_page)))
    return stored


def take_in(tenant_id: uuid.UUID, channel_id: uuid.UUID, events: list[Incoming]) -> list[uuid.UUID]:
    """Store events in one transaction and wake a worker after it. Gives back the new ones' ids.

    An event that is stored already is not stored again, so a repeated delivery has no effect.
    """
    with tenant_scope(tenant_id):
        stored = store_events(tenant_id, channel_id, events)
        if stored:
            # Robust: with Redis away the answer is 200 all the same, and the sweep finds the rows.
            transaction.on_commit(lambda: _wake(tenant_id, stored), robust=True)
    return stored


def store_events(
    tenant_id: uuid.UUID, channel_id: uuid.UUID, events: list[Incoming]
) -> list[uuid.UUID]:
    """Write events in the open scope, in one statement; nobody is woken.

    Raw SQL on this one path: it is what Meta waits for (benchmarks/webhook_to_stored.py).
    """
    events = _without_old_ones(channel_id, events)
    if not events:
        return []
    now = timezone.now()
    rows = [_row(tenant_id, channel_id, event, now) for event in events]
    places = ", ".join(["(" + ", ".join(["%s"] * len(_COLUMNS)) + ")"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {IncomingEvent._meta.db_table} ({', '.join(_COLUMNS)})"  # noqa: S608 (names of ours alone)
            f" VALUES {places} ON CONFLICT (tenant_id, digest) DO NOTHING RETURNING id",
            [value for row in rows for value in row],
        )
        return [row[0] for row in cursor.fetchall()]


def _without_old_ones(channel_id: uuid.UUID, events: list[Incoming]) -> list[Incoming]:
    """Those that were not stored under an older key; with one key there are none, nor a query."""
    old = {digest: event for event in events for digest in _digests(channel_id, event)[1:]}
    if not old:
        return events
    stored = IncomingEvent.objects.filter(digest__in=old).values_list("digest", flat=True)
    known = {old[digest].event_id for digest in stored}
    return [event for event in events if event.event_id not in known]


def _digests(channel_id: uuid.UUID, event: Incoming) -> list[str]:
    return blind_indexes(f"{channel_id}:{event.event_id}", purpose="event")


Value = uuid.UUID | str | int | datetime

_COLUMNS = (
    "id",
    "tenant_id",
    "channel_id",
    "digest",
    "sender_index",
    "payload",
    "happened_at",
    "created_at",
    "not_before",
    "attempts",
    "last_error",
)


def _row(
    tenant_id: uuid.UUID, channel_id: uuid.UUID, event: Incoming, now: datetime
) -> tuple[Value, ...]:
    return (
        new_id(),
        tenant_id,
        channel_id,
        blind_index(f"{channel_id}:{event.event_id}", purpose="event"),
        subscriber_index(channel_id, event.sender),
        encrypt(packed(event)),
        event.at,
        now,
        now,
        0,
        "",
    )


def packed(event: Incoming) -> str:
    """An event as the text that lies encrypted in its row."""
    return json.dumps(dataclasses.asdict(event), default=str, separators=(",", ":"))


def unpacked(text: str) -> Incoming:
    facts = json.loads(text)
    typed = {
        "kind": Kind(facts["kind"]),
        "at": datetime.fromisoformat(facts["at"]),
        "clicks": tuple(facts.get("clicks", ())),
    }
    return Incoming(**{**facts, **typed})


def _wake(tenant_id: uuid.UUID, event_ids: list[uuid.UUID]) -> None:
    """The first call that fails ends it: a dead Redis costs one time-out, not a thousand."""
    from chatbo.conversation.tasks import handle_event

    for event_id in event_ids:
        handle_event.delay(str(tenant_id), str(event_id))


def _page(event: Incoming) -> str:
    return event.place
