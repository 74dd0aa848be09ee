"""Recognising people of whom nothing is kept: by their tombstones, as a replay does."""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.apps import apps
from django.utils import timezone

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.errors import TombstonesError
from consent.erasure.holds.models import Hold
from consent.erasure.models import Erasure, KnownTombstone
from consent.erasure.never_back import tombstones
from consent.erasure.scanning.items import Item, Kind
from tenants.bots.models import Subscriber

declare_store(Medium.LOG, __name__, NoPersonalData("Names of entries that cannot be read."))

PEOPLE = 200
LATELY = timedelta(days=2)
SETTLED = timedelta(hours=1)
"""An erasure that was killed has been taken up again by then, and its files are gone."""
_REMEMBERED = 100_000
"""Words that are known to be nobody's, so that they are not asked about again."""
_TOKEN = re.compile(
    r"(?<![0-9A-Fa-f-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f-])"
    r"|(?<![0-9A-Fa-f])[0-9A-Fa-f]{32}(?![0-9A-Fa-f])"
    r"|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])"
    r"|(?<!\d)\d{7,20}(?!\d)",
    re.ASCII,
)
"""Rows' numbers with and without hyphens, the web chat's ids, and the platforms': Messenger's have
some 16 digits, Telegram's ten or, if they are old, seven."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody who was erased."""

    tenant: uuid.UUID
    channel: uuid.UUID
    at: datetime


@dataclass
class Erased:
    """Looks for people who were erased, whatever of theirs is left, by number and by identifier."""

    of_number: dict[uuid.UUID, Gone] = field(default_factory=dict)
    of_digest: dict[str, Gone] = field(default_factory=dict)
    probes: dict[uuid.UUID, Subscriber] = field(default_factory=dict)
    """On each channel somebody who is never saved, to ask under which digest they would stand."""
    keys: set[str] = field(default_factory=set)
    _nobodys: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.of_number)

    def add(self, entry: tombstones.Entry, stones: Iterable[tombstones.Tombstone]) -> None:
        if entry.tenant is None:
            return  # An account: its number stands in the log, which law has us keep.
        self.keys.add(entry.key)
        for stone in stones:
            if stone.channel is None:
                continue
            gone = Gone(entry.tenant, stone.channel, entry.at)
            self.of_number[stone.subject] = gone
            if stone.digest:
                self.probes[stone.channel] = Subscriber(
                    tenant_id=entry.tenant, channel_id=stone.channel
                )
                self.of_digest[stone.digest] = gone

    def named_in(self, text: str, item: Item, part: str) -> Iterator[str]:
        if _is_held(item, part):
            return
        for found in _TOKEN.finditer(text):
            word = found.group()
            if word in self._nobodys:
                continue
            gone = self.of_number.get(_number(word)) if len(word) in {32, 36} else None
            if gone is not None:
                if not _may_have_number(item, part, gone):
                    yield word
            elif (gone := self._bearer(word)) is not None:
                if not (_is_under_way(item, gone) or _is_back(gone, word)):
                    yield word
            elif len(self._nobodys) < _REMEMBERED:
                self._nobodys.add(word)

    def _bearer(self, word: str) -> Gone | None:
        for probe in self.probes.values():
            probe.external_id = word
            for digest in tombstones.digests_of(probe, self.keys).values():
                if gone := self.of_digest.get(digest):
                    return gone
        return None


def erased_lately(unread: list[str]) -> Erased:
    """Up to ``PEOPLE`` of those who were erased in the last two days, any of them.

    An entry that cannot be read is named in ``unread``. Raises ``OSError`` where the store outside
    is away.
    """
    now = timezone.now()
    lately = KnownTombstone.objects.filter(
        noted_at__gt=now - LATELY - SETTLED, noted_at__lt=now - SETTLED
    )
    found = Erased()
    for name in lately.order_by("?").values_list("name", flat=True)[:PEOPLE]:
        try:
            entry = tombstones.read(name)
        except TombstonesError as error:
            log.error("tombstones_unreadable", entry=error.name, reason=error.reason)
            unread.append(name)
            continue
        found.add(entry, entry.stones[: PEOPLE - len(found)])
        if len(found) >= PEOPLE:
            break
    return found


def _is_held(item: Item, part: str) -> bool:
    """For a legal claim: that is what the hold is there for, until its date."""
    is_hold = item.kind == Kind.ROW and item.place == Hold._meta.db_table
    return is_hold and part in {"snapshot", "reason"}


def _number(word: str) -> uuid.UUID:
    try:
        return uuid.UUID(word)
    except ValueError:
        return uuid.UUID(int=0)


def _may_have_number(item: Item, part: str, gone: Gone) -> bool:
    """The random number of a row that is gone leads to nobody: job and tombstone keep it."""
    if item.kind == Kind.ENTRY:
        return item.place.startswith(f"{tombstones.FOLDER}/")
    is_job = item.kind == Kind.ROW and item.place == Erasure._meta.db_table
    return (is_job and part == "subject_id") or _is_under_way(item, gone)


def _is_under_way(item: Item, gone: Gone) -> bool:
    """An erasure's own work needs the address until they are told; what came later is news."""
    if item.under_way_since is None:
        return False
    own = {model._meta.db_table for model in apps.get_app_config("erasure").get_models()}
    return item.place in own or item.under_way_since >= gone.at


def _is_back(gone: Gone, identifier: str) -> bool:
    with tenant_scope(gone.tenant):
        bearer = Subscriber.objects.known_as(gone.channel, identifier)
        return bearer is not None and bearer.first_seen_at >= gone.at
