"""Deleting many people: in batches so small that nobody waits for one, each whole or not at all."""

import threading
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.core.files.storage import default_storage
from django.db import connection, connections, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.sets import among
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
SECONDS = 0.065
"""How long a batch aims to hold its people: who writes meanwhile waits for their own row."""
NOBODY = uuid.UUID(int=0)
NEEDED = ("tenant_id", "channel_id", "external_id", "external_index")
"""Of a person's own row."""


def delete_many(erasure: Erasure) -> None:
    """Delete whom the erasure selects, batch by batch; killed anywhere, the next goes on.

    Each batch is a transaction, notes what it deleted and how many people that was, and renews
    the lease. Two lanes at once, on a connection each: while the database deletes for one, the
    other prepares. Raises ``PeopleBusyError`` where somebody is left whose row another holds just
    now.
    """
    queue = _Queue(erasure)
    if connection.in_atomic_block:
        _delete_in_batches(queue)  # Another connection would see nothing of what is open here.
    else:
        _delete_in_two_lanes(queue)
    with tenant_scope(erasure.tenant_id):
        _close(erasure)


class _Queue:
    """Hands each lane the people after those whom it handed out last."""

    def __init__(self, erasure: Erasure) -> None:
        self.erasure = erasure
        self._after = NOBODY
        self._turn = threading.Lock()
        self.stopped = threading.Event()

    def take(self, size: int) -> list[Subscriber]:
        """The next ones, not locked, their identifiers opened: that takes long, and waits for none.

        From where the last ended: the index is not read again over all who are gone.
        """
        if self.stopped.is_set():
            return []
        with self._turn, tenant_scope(self.erasure.tenant_id):
            people = list(
                selected(self.erasure.selection).filter(pk__gt=self._after).only(*NEEDED)[:size]
            )
            if people:
                self._after = people[-1].pk
        return people


def _delete_in_two_lanes(queue: _Queue) -> None:
    def second() -> None:
        try:
            _delete_in_batches(queue)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as beside:
        other = beside.submit(copy_context().run, second)
        _delete_in_batches(queue)
    other.result()


def _delete_in_batches(queue: _Queue) -> None:
    """Until the queue is empty, or the other lane has failed."""
    size = SMALLEST
    try:
        while people := queue.take(size):
            began = time.monotonic()
            with tenant_scope(queue.erasure.tenant_id):
                is_open = _delete_batch(queue.erasure, people)
            if not is_open:
                break
            took = time.monotonic() - began
            size = max(SMALLEST, min(LARGEST, int(size * min(2.0, SECONDS / took))))
    except BaseException:
        queue.stopped.set()
        raise


def _delete_batch(erasure: Erasure, people: Sequence[Subscriber]) -> bool:
    """Whether the job is open; then those of the people are gone whom it selects and nobody holds.

    They have their tombstones outside before that. What the job is asked is asked once they are
    locked: while it selects somebody nobody closes it.
    """
    still = selected(erasure.selection).filter(among("pk", [each.pk for each in people]))
    held = set(still.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
    if not Erasure.objects.filter(pk=erasure.pk, state=Erasure.State.REQUESTED).exists():
        return False
    if going := without_own_job([each for each in people if each.pk in held]):
        # A name for each try: the one who goes on after a kill may choose other people.
        name = tombstones.name_of(erasure.pk, batch=new_id())
        tombstones.put_up(name, going)
        gone = delete_rows(going, erasure.policy, source=ConsentRecord.Source.PAGE)
        write_notices(erasure, going)
        tombstones.note([name])
        _add(erasure, gone, len(going))
    return True


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
    tombstones.drop_what_came_to_nothing(job.pk)  # While it selects nobody, no batch is under way.
    if "subjects" in job.selection:
        job.selection = {"chosen": len(job.selection["subjects"])}  # The numbers go as well.
    job.state = Erasure.State.DELETED
    job.tombstoned_at = job.deleted_at = timezone.now()
    job.total = job.done
    job.failed_at = None
    job.certificate = certify(job)
    job.save()
    record("erasure.deleted", target=job, details={"counts": job.counts})
