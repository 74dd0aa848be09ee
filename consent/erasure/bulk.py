"""Deleting many people: in batches so small that nobody waits for one, each whole or not at all."""

import time
import uuid

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.encryption import read_unopened
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.certificates.issuing import certify
from consent.erasure.deletion import Gone, delete_rows
from consent.erasure.errors import PeopleBusyError
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones
from consent.erasure.recipients.notices import write_notices
from consent.erasure.selecting import selected, without_own_job
from consent.ledger.models import ConsentRecord
from tenants.bots.models import Subscriber

declare_store(Medium.FILES, __name__, NoPersonalData("Only drops files of people who are gone."))

SMALLEST, LARGEST = 100, 500
"""People a batch. Fewer are no quicker: then what a batch costs is not its people."""
SECONDS = 0.05
"""What a batch aims to take: who writes meanwhile waits no longer for their own row."""
NOBODY = uuid.UUID(int=0)
NEEDED = ("tenant_id", "channel_id", "external_id", "external_index")
"""Of a person's own row."""


def delete_many(erasure: Erasure) -> None:
    """Delete whom the erasure selects, batch by batch; killed anywhere, the next goes on.

    Each batch is a transaction, notes what it deleted and how many people that was, and renews
    the lease. Raises ``PeopleBusyError`` where somebody is left whose row another holds just now.
    """
    size, after = SMALLEST, NOBODY
    while True:
        began = time.monotonic()
        with tenant_scope(erasure.tenant_id):
            people = _delete_batch(erasure, size, after)
        if not people:
            break
        after = people[-1].pk
        took = time.monotonic() - began
        size = max(SMALLEST, min(LARGEST, int(size * min(2.0, SECONDS / took))))
    with tenant_scope(erasure.tenant_id):
        _close(erasure)


def _delete_batch(erasure: Erasure, size: int, after: uuid.UUID) -> list[Subscriber]:
    """Who was looked at; those of them who went have their tombstones outside before that.

    From where the last batch ended: the index is not read again over all who are gone.
    """
    job = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if job.state != Erasure.State.REQUESTED:
        return []
    _drop_files(job)
    chosen = selected(job.selection).filter(pk__gt=after).only(*NEEDED)
    held = read_unopened(
        chosen.select_for_update(of=("self",), skip_locked=True)[:size], "external_id"
    )
    if people := without_own_job(held):
        # A name for each try: the one who goes on after a kill may choose other people.
        name = tombstones.name_of(job.pk, batch=new_id())
        with tombstones.put_up_meanwhile(name, people):
            gone = delete_rows(people, erasure.policy, source=ConsentRecord.Source.PAGE)
            write_notices(job, people)
            tombstones.note([name])
        _add(job, gone, len(people))
        job.save()
    return held


def _add(job: Erasure, gone: Gone, people: int) -> None:
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
