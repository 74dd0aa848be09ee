"""Finding in the audit log, however long it is: by the index, a page at a time, never counted."""

import dataclasses
import uuid
from datetime import datetime

from django.db.models import Q

from chatbo.foundation.audit.models import AuditEntry, AuditQuerySet


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What is looked for; what is left empty does not narrow."""

    action: str = ""
    actor_id: uuid.UUID | None = None
    target_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclasses.dataclass(frozen=True)
class Page:
    entries: list[AuditEntry]
    older: uuid.UUID | None
    """From which entry on the next page goes; none, where this is the last one."""


def entries_wanted(entries: AuditQuerySet, wanted: Wanted) -> AuditQuerySet:
    """The newest first."""
    facts = {
        "action": wanted.action,
        "actor_id": wanted.actor_id,
        "target_id": wanted.target_id,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    return entries.filter(**{name: value for name, value in facts.items() if value}).order_by(
        "-at", "-id"
    )


def page_of(entries: AuditQuerySet, *, size: int, after: uuid.UUID | None = None) -> Page:
    """The next ``size`` entries, from the one that ``after`` names.

    An entry that is not to be seen starts from the newest: it tells nothing.
    """
    start = AuditEntry.objects.filter(pk=after).first() if after else None
    if start is not None:
        # At most its moment, so that the index finds the place; of that moment, only what is next.
        entries = entries.filter(at__lte=start.at).exclude(Q(at=start.at) & Q(id__gte=start.pk))
    found = list(entries[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)
