"""Tombstones: who was erased, kept outside the database so that no restored backup unsays it.

One entry outside for each erasure, or for each batch of one: lines of JSON, a person each. It
names nobody; under ``TOMBSTONE_KEY`` alone can somebody be recognised again. Put there before the
deletion, and noted in the database with it: what the database does not know was erased after the
copy that it was made from (``replaying``). It goes when no backup can hold the person any more.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chatbo.foundation import outside
from chatbo.foundation.encryption import text_or
from chatbo.foundation.personal_data import (
    Category,
    Medium,
    NoPersonalData,
    StoredData,
    declare_store,
)
from consent.erasure.errors import UnknownTombstoneKeyError
from consent.erasure.models import KnownTombstone
from tenants.bots.models import Subscriber

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="bots.Subscriber",
        holds={"subject": Category.IDENTIFIER, "digest": Category.IDENTIFIER},
        end="When the oldest backup that could be restored has expired (BACKUP_DAYS).",
        export="Made when the person is erased: nothing is held on them then but this.",
    ),
)
declare_store(Medium.MEMORY, __name__, NoPersonalData("The platform's own keys."))

FOLDER = "tombstones"


@dataclass(frozen=True)
class Tombstone:
    """That a person was erased: by the number of their row, and by a digest of who they are."""

    subject: str
    tenant: str
    channel: str
    digest: str
    key: str
    at: str
    """When it was put up, ISO 8601."""

    @property
    def erased_at(self) -> datetime:
        moment = parse_datetime(self.at)
        if moment is None:
            raise ValueError(self.at)
        return moment


def name_of(erasure_id: uuid.UUID, batch: uuid.UUID | None = None) -> str:
    """Where an erasure's tombstones lie. The folder is its time, by about five hours."""
    place = f"{FOLDER}/{erasure_id.hex[:6]}/{erasure_id.hex}"
    return f"{place}-{batch.hex}" if batch else place


def erasure_of(name: str) -> uuid.UUID:
    """The erasure whose entry this is. Raises ``ValueError`` for a name that is none of ours."""
    return uuid.UUID(name.rpartition("/")[2].partition("-")[0])


def put_up(name: str, subscribers: Sequence[Subscriber]) -> None:
    """Keep the tombstones of these people for good, before they are deleted. Twice is once.

    Raises ``OSError`` where the outside store is away: then nobody may be deleted yet.
    """
    if outside.get(name) is not None:
        return  # Whoever put it up was killed before they could say so.
    key = _keys()[0]
    at = timezone.now().isoformat()
    stones = [
        Tombstone(
            subject=str(each.pk),
            tenant=str(each.tenant_id),
            channel=str(each.channel_id),
            digest=_digest(key, each.channel_id, text_or(each, "external_id", "")),
            key=_key_id(key),
            at=at,
        )
        for each in subscribers
    ]
    outside.put(name, "".join(f"{json.dumps(asdict(stone))}\n" for stone in stones))


def note(names: Iterable[str]) -> None:
    """Note in the database, with the deletion itself, that it knows these entries."""
    until = timezone.now() + timedelta(days=settings.BACKUP_DAYS)
    KnownTombstone.objects.bulk_create(
        (KnownTombstone(name=name, expires_at=until) for name in names), ignore_conflicts=True
    )


def read(name: str) -> list[Tombstone]:
    """The tombstones of an entry. Raises ``ValueError`` where it is not one of ours."""
    return [Tombstone(**json.loads(line)) for line in (outside.get(name) or "").splitlines()]


def digests_of(subscriber: Subscriber, keys: Iterable[str]) -> dict[str, str]:
    """Who this is, under each of these keys' ids.

    Raises ``UnknownTombstoneKeyError`` for a key that is in the ring no longer: a tombstone under
    it would recognise nobody.
    """
    ring = {_key_id(key): key for key in _keys()}
    identifier = text_or(subscriber, "external_id", "")
    found = {}
    for key_id in keys:
        if key_id not in ring:
            raise UnknownTombstoneKeyError(key_id)
        found[key_id] = _digest(ring[key_id], subscriber.channel_id, identifier)
    return found


def drop_expired() -> int:
    """Take away each tombstone that no backup could make necessary any more; say how many."""
    over = list(
        KnownTombstone.objects.filter(expires_at__lt=timezone.now()).values_list("name", flat=True)
    )
    for name in over:
        outside.drop(name)
    KnownTombstone.objects.filter(name__in=over).delete()
    return len(over)


def unknown() -> Iterator[str]:
    """The entries outside on which this database says nothing."""
    known = set(KnownTombstone.objects.values_list("name", flat=True))
    for name in outside.names(FOLDER):
        if name not in known:
            yield name


def _digest(key: bytes, channel_id: uuid.UUID, identifier: str) -> str:
    """Bound to the channel: the same person on two of them is two people to us.

    Of an identifier that no key opens, nothing: all such people would look alike.
    """
    if not identifier:
        return ""
    return hmac.new(key, f"subscriber {channel_id} {identifier}".encode(), "sha256").hexdigest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"tombstone key " + key).hexdigest()[:16]


def _keys() -> tuple[bytes, ...]:
    return _parsed(tuple(settings.TOMBSTONE_KEY))


@lru_cache(maxsize=4)
def _parsed(ring: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(base64.urlsafe_b64decode(key) for key in ring)
