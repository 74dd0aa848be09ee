"""Words: that something was ordered about a person, kept outside so that no restore unsays it.

A hold or a restriction that was set after a backup is not in it. Each change of such a row lays
its whole new state outside, sealed under ``TOMBSTONE_KEY``: before the commit, so that nothing is
in force of which no word lies there; and after it a confirmation beside the word. A word without
one is of a transaction that came to nothing, and says nothing. Noted in the database with the
change itself: what it does not know was said after the copy that it was made from
(``putting_back``). It goes when every backup that could be restored has the row itself.
"""

import hmac
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.encryption import UnreadableError, decrypt_under, encrypt_under
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from consent.erasure.errors import (
    OutsideStoreAwayError,
    UnknownTombstoneKeyError,
    UnreadableTombstonesError,
)
from consent.erasure.never_back import tombstones
from consent.erasure.never_back.models import KnownWord
from consent.erasure.never_back.tombstones import Tombstone
from tenants.bots.models import Subscriber

declare_store(
    Medium.FILES,
    __name__,
    StoredData(
        subject="bots.Subscriber",
        holds={"person": Category.IDENTIFIER, "facts": Category.CONTENT},
        end=(
            "With the restriction that the erasure of the person deletes; of a hold, which outlives"
            " it, when the oldest backup that could be restored has expired (BACKUP_DAYS)."
        ),
        export="The hold or the restriction itself, in its own section.",
    ),
)

FOLDER = "words"
CONFIRMED = ".confirmed"
UNCONFIRMED_FOR = timedelta(days=1)
"""Longer than any transaction lasts."""
DROPPED_AT_ONCE = 1000
_PURPOSE = "word"
_OVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a word was noted that no backup makes necessary, whatever its age."""

Facts = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Word:
    """What one row about a person was from a moment on."""

    name: str
    kind: str
    of: uuid.UUID
    """The number of the row."""
    tenant: uuid.UUID
    key: str
    at: datetime
    person: Tombstone | None
    """``None``: they are erased, and the row leads to them no longer."""
    facts: Facts | None
    """``None``: from then on it was in force no more."""


def say(kind: str, row: models.Model, *, person: Subscriber | None, facts: Facts | None) -> None:
    """Lay outside what the row is from now on, in the transaction that makes it so.

    Raises ``OSError`` where the outside store is away: then nothing may be ordered. Where it is
    away after the commit only, what was ordered is in force, and ``confirm_known`` makes it good.
    """
    key = tombstones.key_ids()[0]
    name = f"{_of_row(kind, row.pk)}{new_id().hex}"
    said = {
        "name": name,  # Nobody lays it there again, as a new one.
        "tenant": str(row.tenant_id),  # type: ignore[attr-defined]  # a business's row
        "at": timezone.now().isoformat(),
        "person": person and _named(person, key),
        "facts": facts,
    }
    sealed = encrypt_under(tombstones.ring()[key], json.dumps(said), purpose=_PURPOSE)
    outside.put(name, json.dumps({"key": key, "sealed": sealed}))
    note([name])
    transaction.on_commit(lambda: _confirm(name, key), robust=True)


def note(names: Iterable[str]) -> None:
    """Note in the database, with the change itself, that it knows these words."""
    KnownWord.objects.bulk_create((KnownWord(name=name) for name in names), ignore_conflicts=True)


def read(name: str) -> Word:
    """A word that was confirmed.

    Raises ``UnknownTombstoneKeyError`` where its key is in the ring no longer,
    ``UnreadableTombstonesError`` where it or its confirmation is damaged, or not made by us.
    """
    try:
        lying = json.loads(outside.get(name) or "")
        key = tombstones.ring().get(lying["key"])
        if key is None:
            raise UnknownTombstoneKeyError(name, str(lying["key"]))
        said = json.loads(decrypt_under(key, lying["sealed"], purpose=_PURPOSE))
        confirmation = outside.get(name + CONFIRMED) or ""
        if said["name"] != name or not hmac.compare_digest(confirmation, _confirmation(key, name)):
            raise UnreadableTombstonesError(name)
        kind, of, _number = name.rpartition("/")[2].split(".")
        person = said["person"]
        return Word(
            name=name,
            kind=kind,
            of=uuid.UUID(of),
            tenant=uuid.UUID(said["tenant"]),
            key=lying["key"],
            at=datetime.fromisoformat(said["at"]),
            person=person and Tombstone(uuid.UUID(person[0]), uuid.UUID(person[1]), person[2]),
            facts=said["facts"],
        )
    except (UnreadableError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableTombstonesError(name) from error


def unknown() -> list[str]:
    """The confirmed words on which this database says nothing, in the order of their names.

    Raises ``OutsideStoreAwayError`` where nothing lies there of what must, ``OSError`` where it
    cannot be read.
    """
    lasting, found = _known(), set(outside.names(FOLDER))
    if any(lasting.values()) and not any(map(lasting.get, found)) and not _is_anything_put_up():
        raise OutsideStoreAwayError
    return sorted(name for name in found if name + CONFIRMED in found and name not in lasting)


def is_any_known(kind: str, row: uuid.UUID) -> bool:
    """Whether this database knows of any word about the row."""
    return any(_known_of(_of_row(kind, row)))


def is_known_or_older(name: str) -> bool:
    """Whether this database knows the word by now, or a later one of the same row."""
    return any(known >= name for known in _known_of(name))


def confirm_known() -> int:
    """Confirm what is committed and was not confirmed: its process died between the two."""
    lasting, found = _known(), set(outside.names(FOLDER))
    missing = [
        name
        for name, is_lasting in lasting.items()
        if is_lasting and name in found and name + CONFIRMED not in found
    ]
    for name in missing:
        _confirm(name, _key_of(name))
    return len(missing)


def forget(kind: str, rows: Iterable[uuid.UUID]) -> None:
    """Take away, with the commit, all that was said about rows that go with an erased person.

    The tombstone lies there already, and says that they go. What a kill leaves there goes by
    ``drop_expired``.
    """
    names = [name for row in rows for name in _known_of(_of_row(kind, row))]
    if names:
        KnownWord.objects.filter(name__in=names).update(noted_at=_OVER)
        transaction.on_commit(lambda: _drop(names), robust=True)


def drop_expired() -> int:
    """Take away what no backup could make necessary any more, or never came true; say how many."""
    over = KnownWord.objects.filter(noted_at__lt=tombstones.oldest_backup()).order_by("noted_at")
    dropped = 0
    while names := list(over.values_list("name", flat=True)[:DROPPED_AT_ONCE]):
        dropped += _drop(names)
        KnownWord.objects.filter(name__in=names).delete()
    lasting, found = _known(), set(outside.names(FOLDER))
    return dropped + _drop(
        name
        for name in found
        if not name.endswith(CONFIRMED)
        and name + CONFIRMED not in found
        and name not in lasting
        and _said_at(name) < timezone.now() - UNCONFIRMED_FOR
    )


def keys_needed() -> Iterable[str]:
    """The id of the key of each word that lies outside. Of what cannot be read, nothing."""
    for name in outside.names(FOLDER):
        if not name.endswith(CONFIRMED) and (key := _key_of(name)):
            yield key


def _of_row(kind: str, row: uuid.UUID) -> str:
    """What the names of all words about one row begin with."""
    return f"{FOLDER}/{row.hex[:6]}/{kind}.{row.hex}."


def _known_of(name: str) -> Iterable[str]:
    """The words that this database knows of the row that this one is about."""
    of_row = f"{name.rpartition('.')[0]}."
    return KnownWord.objects.filter(name__startswith=of_row).values_list("name", flat=True)


def _known() -> dict[str, bool]:
    """What this database knows, and whether it must lie outside still."""
    since = tombstones.oldest_backup()
    known = KnownWord.objects.values_list("name", "noted_at")
    return {name: noted_at > since for name, noted_at in known}


def _is_anything_put_up() -> bool:
    """Then the store is not away: of people who were erased words go, and a tombstone stays."""
    return next(outside.names(tombstones.FOLDER), None) is not None


def _drop(names: Iterable[str]) -> int:
    """The confirmation first: what was dropped by half says nothing."""
    dropped = 0
    for name in names:
        outside.drop(name + CONFIRMED)
        outside.drop(name)
        dropped += 1
    return dropped


def _named(person: Subscriber, key: str) -> list[str]:
    digest = tombstones.digests_of(person, [key]).get(key, "")
    return [str(person.pk), str(person.channel_id), digest]


def _confirm(name: str, key: str) -> None:
    if (found := tombstones.ring().get(key)) is not None:
        outside.put(name + CONFIRMED, _confirmation(found, name))


def _confirmation(key: bytes, name: str) -> str:
    return hmac.new(key, f"confirmed {name}".encode(), "sha256").hexdigest()


def _key_of(name: str) -> str:
    try:
        return str(json.loads(outside.get(name) or "")["key"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _said_at(name: str) -> datetime:
    """By the number at the end of the name; of what is not ours, now: it is left alone."""
    try:
        milliseconds = uuid.UUID(name.rpartition(".")[2]).int >> 80
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError):
        return timezone.now()
