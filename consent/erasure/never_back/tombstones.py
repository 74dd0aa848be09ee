"""Tombstones: who was erased, kept outside the database so that no restored backup unsays it.

One entry outside for each erasure, or for each batch of one: who was erased, in one line of JSON,
and below it the digest that only ``TOMBSTONE_KEY`` makes of both name and line. It names nobody;
under that key alone can somebody be recognised again. Put there before the deletion, and noted in
the database with it: what the database does not know was erased after the copy that it was made
from (``replaying``). It goes when no backup can hold the person any more.
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.encryption import text_or
from chatbo.foundation.personal_data import (
    Category,
    Medium,
    NoPersonalData,
    StoredData,
    declare_store,
)
from consent.erasure.errors import (
    OutsideStoreAwayError,
    UnknownTombstoneKeyError,
    UnreadableTombstonesError,
)
from consent.erasure.models import KnownTombstone
from tenants.accounts.models import User
from tenants.bots.models import Channel, Subscriber, subscriber_indexes

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
DROPPED_AT_ONCE = 1000
_OF_A_BUSINESS = ("code", "choice", "language", "asked_at")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """That a person was erased: by the number of their row, and by a digest of who they are."""

    subject: uuid.UUID
    channel: uuid.UUID | None
    """``None``: the person is an account of ChatBo's own."""
    digest: str
    """Empty where no key opened the identifier: then the number alone tells."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The tombstones that one erasure, or one batch of it, has put up in one business."""

    name: str
    tenant: uuid.UUID | None
    """``None``: about an account, which belongs to no business."""
    key: str
    """The id of the key that the digests were made with."""
    at: datetime
    stones: tuple[Tombstone, ...]
    business: Mapping[str, str] = field(default_factory=dict)
    """Of the end of a business itself: what it takes to end it again. Its people have entries of
    their own."""

    @property
    def erasure(self) -> uuid.UUID:
        return uuid.UUID(self.name.rpartition("/")[2].partition(".")[0])


def name_of(erasure_id: uuid.UUID, batch: uuid.UUID | None = None) -> str:
    """Where an erasure's tombstones lie. The folder is its time, by about five hours."""
    place = f"{FOLDER}/{erasure_id.hex[:6]}/{erasure_id}"
    return f"{place}.{batch}" if batch else place


def put_up(name: str, subscribers: Sequence[Subscriber]) -> None:
    """Keep the tombstones of these people of one business for good, before they are deleted.

    Twice is once. Raises ``OSError`` where the outside store is away: then nobody may be deleted
    yet.
    """
    key = _keys()[0]
    stones = [
        [
            str(each.pk),
            str(each.channel_id),
            _digest(key, each.channel_id, text_or(each, "external_id", "")),
        ]
        for each in subscribers
    ]
    _put_up(name, key, str(subscribers[0].tenant_id), stones)


def put_up_for_account(name: str, user: User) -> None:
    """The same for a user of ChatBo, whose account ends. Raises ``OSError``."""
    key = _keys()[0]
    _put_up(name, key, "", [[str(user.pk), "", _digest_of_account(key, user)]])


def put_up_for_business(ending_id: uuid.UUID, tenant_id: uuid.UUID, facts: dict[str, str]) -> None:
    """The same for a business that leaves. ``facts`` name nobody. Raises ``OSError``."""
    _put_up(name_of(ending_id), _keys()[0], str(tenant_id), [], facts)


def put_up_that_all_is_done(
    ending_id: uuid.UUID, tenant_id: uuid.UUID, facts: dict[str, str]
) -> None:
    """Beside it, that its end is through and its members are told. Raises ``OSError``."""
    _put_up(names_of_business(ending_id)[1], _keys()[0], str(tenant_id), [], facts)


def names_of_business(ending_id: uuid.UUID) -> tuple[str, str]:
    """Its entry, and the word beside it that all is done."""
    return name_of(ending_id), name_of(ending_id, ending_id)


def is_word_that_all_is_done(entry: Entry) -> bool:
    return entry.name == names_of_business(entry.erasure)[1]


def note(names: Iterable[str]) -> None:
    """Note in the database, with the deletion itself, that it knows these entries."""
    KnownTombstone.objects.bulk_create(
        (KnownTombstone(name=name) for name in names), ignore_conflicts=True
    )


def read(name: str) -> Entry:
    """The tombstones of an entry.

    Raises ``UnknownTombstoneKeyError`` where its key is in the ring no longer,
    ``UnreadableTombstonesError`` where it is damaged, cut off, or was not made by us.
    """
    line, _, digest = (outside.get(name) or "").partition("\n")
    try:
        said = json.loads(line)
        key = ring().get(said["key"])
        if key is None:
            raise UnknownTombstoneKeyError(name, str(said["key"]))
        if not hmac.compare_digest(digest, f"{_authenticated(key, name, line)}\n"):
            raise UnreadableTombstonesError(name)
        entry = Entry(
            name=name,
            tenant=_number(said["tenant"]),
            key=said["key"],
            at=datetime.fromisoformat(said["at"]),
            stones=tuple(
                Tombstone(uuid.UUID(subject), _number(channel), of_whom)
                for subject, channel, of_whom in said["stones"]
            ),
            business={each: str(said["business"][each]) for each in _OF_A_BUSINESS}
            if "business" in said
            else {},
        )
        entry.erasure  # noqa: B018 (whether the name is one of ours)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableTombstonesError(name) from error
    return entry


def drop_what_came_to_nothing(erasure_id: uuid.UUID) -> None:
    """Take the entries of batches away that failed, once an erasure of many is through.

    Whom they name may have stayed since, as somebody whose data are restricted: after a restore of
    a backup that does not know the erasure they would go. Raises ``OSError``.
    """
    folder, _, first = name_of(erasure_id).rpartition("/")
    its = [name for name in outside.names(folder) if name.startswith(f"{folder}/{first}.")]
    noted = KnownTombstone.objects.filter(name__in=its).values_list("name", flat=True)
    for name in set(its).difference(noted):
        outside.drop(name)


def digests_of(subscriber: Subscriber, keys: Iterable[str]) -> dict[str, str]:
    """Who this is, under each of these keys' ids. Nothing where no key opens the identifier."""
    identifier = text_or(subscriber, "external_id", "")
    keyed = ring()
    found = {key: _digest(keyed[key], subscriber.channel_id, identifier) for key in keys}
    return {key: digest for key, digest in found.items() if digest}


def digests_of_account(user: User, keys: Iterable[str]) -> dict[str, str]:
    """Who has this account, by the address that they log in with, under each of these keys' ids."""
    keyed = ring()
    return {key: _digest_of_account(keyed[key], user) for key in keys}


def erased_and_not_seen_since(channel: Channel, identifiers: Iterable[str]) -> set[str]:
    """Which of these ids at the platform belong to people who were erased and stayed away.

    For whoever takes people in from elsewhere, as from a file: these must not come back by it. In
    the scope of the channel's business. Reads every tombstone, so ask for many at once. Raises
    what ``read`` raises: with one tombstone unread, nobody may be taken in.
    """
    of_digest = {
        _digest(key, channel.pk, identifier): identifier
        for identifier in identifiers
        for key in _keys()
        if identifier
    }
    erased: dict[str, datetime] = {}
    for name in outside.names(FOLDER):
        entry = read(name)
        for stone in entry.stones:
            if identifier := of_digest.get(stone.digest):
                erased[identifier] = max(entry.at, erased.get(identifier, entry.at))
    return {each for each, at in erased.items() if not _is_seen_since(channel, each, at)}


def drop_expired() -> int:
    """Take away each tombstone that no backup could make necessary any more; say how many.

    Only what the database knows: of anything else it cannot be said when the person went.
    """
    over = KnownTombstone.objects.filter(noted_at__lt=oldest_backup()).order_by("noted_at")
    dropped = 0
    while names := list(over.values_list("name", flat=True)[:DROPPED_AT_ONCE]):
        for name in names:
            outside.drop(name)
        dropped += len(names)
        KnownTombstone.objects.filter(name__in=names).delete()
    return dropped


def unknown() -> list[str]:
    """The entries outside on which this database says nothing, in the order of their names.

    Raises ``OutsideStoreAwayError`` where nothing lies there of what must, ``OSError`` where it
    cannot be read.
    """
    since = oldest_backup()
    known = KnownTombstone.objects.values_list("name", "noted_at")
    lasting = {name: noted_at > since for name, noted_at in known}
    found = list(outside.names(FOLDER))
    if any(lasting.values()) and not any(map(lasting.get, found)):
        raise OutsideStoreAwayError
    return [name for name in found if name not in lasting]


def keys_needed() -> Counter[str]:
    """The ids of the keys under which tombstones lie, with how many entries are under each.

    Those that are in the ring no longer as well. Reads every entry.
    """
    found: Counter[str] = Counter()
    for name in outside.names(FOLDER):
        try:
            found[read(name).key] += 1
        except UnknownTombstoneKeyError as error:
            found[error.key_id] += 1
        except UnreadableTombstonesError:
            continue  # Told by whoever replays.
    return found


def key_ids() -> list[str]:
    """The ids of the ring's keys, newest first."""
    return list(ring())


def ring() -> Mapping[str, bytes]:
    """Each key by its id, the newest first."""
    return _parsed(tuple(settings.TOMBSTONE_KEY))


def oldest_backup() -> datetime:
    return timezone.now() - timedelta(days=settings.BACKUP_DAYS)


def _is_seen_since(channel: Channel, identifier: str, at: datetime) -> bool:
    indexes = subscriber_indexes(channel.pk, identifier)
    return Subscriber.objects.filter(
        channel=channel, external_index__in=indexes, first_seen_at__gte=at
    ).exists()


def _digest(key: bytes, channel_id: uuid.UUID, identifier: str) -> str:
    """Bound to the channel: the same person on two of them is two people to us.

    Of an identifier that no key opens, nothing: all such people would look alike.
    """
    if not identifier:
        return ""
    return hmac.new(key, f"subscriber {channel_id} {identifier}".encode(), "sha256").hexdigest()


def _digest_of_account(key: bytes, user: User) -> str:
    return hmac.new(key, f"account {user.email.strip().lower()}".encode(), "sha256").hexdigest()


def _number(said: str) -> uuid.UUID | None:
    return uuid.UUID(said) if said else None


def _put_up(
    name: str, key: bytes, tenant: str, stones: list[list[str]], business: object = None
) -> None:
    if outside.get(name) is not None:
        return  # Whoever put it up was killed before they could say so.
    line = json.dumps(
        {
            "tenant": tenant,
            "key": _key_id(key),
            "at": timezone.now().isoformat(),
            "stones": stones,
            **({"business": business} if business else {}),
        }
    )
    outside.put(name, f"{line}\n{_authenticated(key, name, line)}\n")


def _authenticated(key: bytes, name: str, line: str) -> str:
    """With its name: nobody puts up again, as a new one, what lay there."""
    return hmac.new(key, f"entry {name}\n{line}".encode(), "sha256").hexdigest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"tombstone key " + key).hexdigest()[:16]


def _keys() -> tuple[bytes, ...]:
    return tuple(ring().values())


@lru_cache(maxsize=4)
def _parsed(ring: tuple[str, ...]) -> Mapping[str, bytes]:
    keys = [base64.urlsafe_b64decode(key) for key in ring]
    return {_key_id(key): key for key in keys}
