"""Deleting many people: in batches so small that nobody waits for one, each whole or not at all."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import read_unopened
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.certificates.issuing import certify
from consent.erasure.deletion import delete_rows
from consent.erasure.errors import PeopleBusyError
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones
from consent.erasure.recipients.notices import write_notices
from consent.erasure.rows import Gone
from consent.erasure.selecting import selected, without_own_job
from consent.ledger.models import ConsentRecord
from tenants.bots.models import Subscriber

declare_store(Medium.FILES, __name__, NoPersonalData("Only drops files of people who are gone."))

SMALLEST, LARGEST = 100, 500
"""People a batch. Fewer are no quicker: then what a batch costs is not its people."""
SECONDS = 0.07
"""What a batch aims to take: who writes meanwhile waits no longer for their own row."""
NOBODY = uuid.UUID(int=0)
NEEDED = ("tenant_id", "channel_id", "external_id", "external_index")
"""Of a person's own row."""


def delete_many(erasure: Erasure) -> None:
    """Delete whom the erasure selects, batch by batch; killed anywhere, the next goes on.

    Each batch is a transaction, notes what it deleted and how many people that was, and renews
    the lease. Two lanes at once, on a connection each: while the database deletes for one, the
    other prepares; what one has locked, the other passes over. Raises ``PeopleBusyError`` where
    somebody is left whose row another holds just now.
    """
    if connection.in_atomic_block:
        _delete_in_batches(erasure)  # Another connection would see nothing of what is open here.
    else:
        _delete_in_two_lanes(erasure)
    with tenant_scope(erasure.tenant_id):
        _close(erasure)


def _delete_in_two_lanes(erasure: Erasure) -> None:
    stopped = threading.Event()

    def second() -> None:
        try:
            _delete_in_batches(erasure, stopped)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as beside:
        other = beside.submit(copy_context().run, second)
        try:
            _delete_in_batches(erasure, stopped)
        except BaseException:
            stopped.set()
            raise
    other.result()


def _delete_in_batches(erasure: Erasure, stopped: threading.Event | None = None) -> None:
    """Until nobody is left whom no other holds, or the other lane has failed or is through."""
    size, after = SMALLEST, NOBODY
    while stopped is None or not stopped.is_set():
        began = time.monotonic()
        with tenant_scope(erasure.tenant_id):
            people = _delete_batch(erasure, size, after)
        if not people:
            break
        after = people[-1].pk
        took = time.monotonic() - began
        size = max(SMALLEST, min(LARGEST, int(size * min(2.0, SECONDS / took))))


def _delete_batch(erasure: Erasure, size: int, after: uuid.UUID) -> list[Subscriber]:
    """Who was looked at; those of them who went have their tombstones outside before that.

    From where the last batch ended: the index is not read again over all who are gone. Whether the
    job is open is asked once they are locked: while it selects somebody nobody closes it.
    """
    chosen = selected(erasure.selection).filter(pk__gt=after).only(*NEEDED)
    held = read_unopened(
        chosen.select_for_update(of=("self",), skip_locked=True)[:size], "external_id"
    )
    if not Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.REQUESTED).exists():
        return []
    if people := without_own_job(held):
        # A name for each try: the one who goes on after a kill may choose other people.
        name = tombstones.name_of(erasure.pk, batch=new_id())
        tombstones.put_up(name, people)
        gone = delete_rows(people, erasure.policy, source=ConsentRecord.Source.PAGE)
        write_notices(erasure, people)
        tombstones.note([name])
        _add(erasure, gone, len(people))
    return held


def _add(erasure: Erasure, gone: Gone, people: int) -> None:
    """Into the job, locked for no longer than this: the other lane notes there as well."""
    job = Erasure.objects.select_for_update().get(pk=erasure.pk)
    _drop_files(job)
    for label, count in gone.counts.items():
        job.counts[label] = job.counts.get(label, 0) + count
    for label, count in gone.kept.items():
        job.kept[label] = job.kept.get(label, 0) + count
    if gone.claim_until:
        job.claim_until = max(job.claim_until or gone.claim_until, gone.claim_until)
    job.files = gone.files
    job.done += people
    job.total = max(job.total, job.done)
    job.lease_until = timezone.now() + Erasure.LEASE
    job.save()


def _drop_files(job: Erasure) -> None:
    """Those of the batch before, whose rows are gone for certain: the list never grows."""
    for name in job.files:
        default_storage.delete(name)
    job.files = []


@transaction.atomic
def _close(erasure: Erasure) -> None:
    job = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if job.state != Erasure.State.REQUESTED:
        return
    _drop_files(job)
    if selected(job.selection).exists():
        raise PeopleBusyError
    if "subjects" in job.selection:
        job.selection = {"chosen": len(job.selection["subjects"])}  # The numbers go as well.
    job.state = Erasure.State.DELETED
    job.tombstoned_at = job.deleted_at = timezone.now()
    job.total = job.done
    job.failed_at = None
    job.certificate = certify(job)
    job.save()
    record("erasure.deleted", target=job, details={"counts": job.counts})
