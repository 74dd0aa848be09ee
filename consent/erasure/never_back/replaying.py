"""Carrying out again what a restored database has forgotten: nobody comes back by a backup.

An entry of the tombstones that the database does not know was put up after the copy that it was
made from. Who it is about goes again, by the number of their row; and whoever bears their
identifier and was first seen before: who came back later stays. What was held or restricted
since is put back before that, or the repeated erasure would delete what a hold kept.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.turns import turn_of_its_own
from consent.erasure.accounts.repeating import repeat_endings
from consent.erasure.deletion import delete_rows
from consent.erasure.errors import ReplayIncompleteError, TombstonesError
from consent.erasure.leaving.repeating import repeat_ending
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.bearers import bearers, parts
from consent.erasure.never_back.models import Replay
from consent.erasure.never_back.putting_back import put_back
from consent.erasure.never_back.tombstones import Entry
from consent.erasure.never_back.waiting import Erased, drop_what_waits
from consent.erasure.never_back.words import Word
from consent.erasure.policy import policy_for
from consent.erasure.selecting import without_own_job
from consent.ledger.models import ConsentRecord
from tenants.accounts.administrators import mail_administrators
from tenants.accounts.models import Tenant
from tenants.bots.models import Subscriber

declare_store(Medium.FILES, __name__, NoPersonalData("Only drops files of people who are gone."))
declare_store(Medium.LOG, __name__, NoPersonalData("Names of entries, and how many people went."))

PEOPLE = 200
"""Who goes in one transaction; entries of more people than that are not cut apart."""

log = structlog.get_logger(__name__)

Lying = TypeVar("Lying", Entry, Word)


def replay_erasures() -> Replay | None:
    """Remove again whoever was erased after the copy that this database was made from.

    Nothing where it knows of every erasure, which is seen soon. Killed anywhere, the next call goes
    on; of two at once the second waits, and finds nothing left. It holds all unknown entries in
    memory, about 1 kB each.

    Raises ``OutsideStoreAwayError`` or ``OSError`` where the tombstones cannot be asked for, and
    ``ReplayIncompleteError`` where some cannot be read, when all others are carried out: but
    nothing is put back and nobody erased again while a word cannot be read that may say what is
    held of them.
    """
    words.confirm_known()
    if (
        not tombstones.unknown()
        and not words.unknown()
        and not Replay.objects.filter(finished_at=None).exists()
    ):
        return None
    with turn_of_its_own("erasures replayed"):
        return _replay(tombstones.unknown(), words.unknown())


def _replay(names: Sequence[str], names_of_words: Sequence[str]) -> Replay | None:
    entries: dict[uuid.UUID | None, list[Entry]] = defaultdict(list)
    said: dict[uuid.UUID, list[Word]] = defaultdict(list)
    faults: list[TombstonesError] = []
    for entry in _read(names, tombstones.read, faults):
        entries[entry.tenant].append(entry)
    faults_of_words: list[TombstonesError] = []
    for word in _read(names_of_words, words.read, faults_of_words):
        said[word.tenant].append(word)
    repeat_endings(entries.pop(None, []))
    # Before any is put back: an older state that is read only later would overwrite a newer one.
    if faults_of_words:
        raise ReplayIncompleteError(faults + faults_of_words)
    for its_tenant, its_words in said.items():
        put_back(its_tenant, its_words, entries.get(its_tenant, ()))
    for tenant_id, its in entries.items():
        if tenant_id is None:
            continue
        if of_people := [entry for entry in its if not entry.business]:
            _replay_at(tenant_id, of_people)
        if of_business := [entry for entry in its if entry.business]:
            repeat_ending(tenant_id, of_business)
    if faults:
        raise ReplayIncompleteError(faults)
    return _finish()


def _read(
    names: Sequence[str], read: Callable[[str], Lying], faults: list[TombstonesError]
) -> Iterator[Lying]:
    for name in names:
        try:
            yield read(name)
        except TombstonesError as error:
            log.error("tombstones_unreadable", entry=error.name, reason=error.reason)
            faults.append(error)


def _replay_at(tenant_id: uuid.UUID, entries: Sequence[Entry]) -> None:
    """One business's. Where it does not exist here, nobody of it does."""
    with tenant_scope(tenant_id):
        forgotten, only_noted = _without_the_job_s(entries)
        if not Tenant.objects.filter(pk=tenant_id).exists():
            forgotten, only_noted = [], [*forgotten, *only_noted]
        if only_noted:
            Replay.under_way().count(entries=len(only_noted), removed=0, tenant_id=tenant_id)
            tombstones.note(entry.name for entry in only_noted)
        others = bearers(forgotten)
        if forgotten:  # Before any of them is noted: after a kill it is looked for again.
            drop_what_waits(Erased(forgotten))
    for some in _batches(forgotten):
        people = {stone.subject for entry in some for stone in entry.stones}
        people |= {pk for entry in some for pk in others.get(entry.name, ())}
        with tenant_scope(tenant_id):
            _remove(tenant_id, some, people)


def _without_the_job_s(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """What this database has forgotten; and what it need only note.

    An erasure that exists here and has deleted nobody yet is left to its job, which finds the entry
    and goes on. One that is through has noted what it did: what it has not noted was put up by a
    try that came to nothing, and whoever is meant may have a right to be there.
    """
    found: dict[uuid.UUID, str] = {}
    for some in parts([entry.erasure for entry in entries]):
        found |= dict(Erasure.objects.filter(pk__in=some).values_list("pk", "state"))
    forgotten = [entry for entry in entries if entry.erasure not in found]
    known = [entry for entry in entries if entry.erasure in found]
    return forgotten, [each for each in known if found[each.erasure] != Erasure.State.REQUESTED]


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    some: list[Entry] = []
    size = 0
    for entry in entries:
        if some and size + len(entry.stones) > PEOPLE:
            yield some
            some, size = [], 0
        some.append(entry)
        size += len(entry.stones)
    if some:
        yield some


def _remove(tenant_id: uuid.UUID, entries: Sequence[Entry], numbers: set[uuid.UUID]) -> None:
    """Who is still there goes, under today's policy; whoever has a job of their own by that.

    It has their address, and tells them: once more where the copy does not know that it has.
    """
    held = list(
        Subscriber.objects.filter(pk__in=numbers).order_by("pk").select_for_update(of=("self",))
    )
    if people := without_own_job(held):
        gone = delete_rows(
            people, policy_for(Subscriber._meta.label), source=ConsentRecord.Source.PAGE
        )
        record("erasure.repeated", details={"counts": gone.counts})
        for name in gone.files:  # Before the commit: nobody would know of them after a kill.
            default_storage.delete(name)
    Replay.under_way().count(entries=len(entries), removed=len(people), tenant_id=tenant_id)
    tombstones.note(entry.name for entry in entries)


@transaction.atomic
def _finish() -> Replay | None:
    """Nothing where each entry was left to its job."""
    replay = Replay.objects.filter(finished_at=None).first()
    if replay is None:
        return None
    replay.finished_at = timezone.now()
    replay.save()
    log.warning(
        "erasures_replayed",
        size=replay.entries,
        records=replay.removed,
        ms=round(replay.seconds * 1000),
    )
    with platform_scope("erasure: tell what was removed again"):
        record("erasure.replayed", target=replay)
        if replay.removed or replay.ended:
            mail_administrators("consent/erasure/mail/erasures_replayed", replay=replay)
    return replay
