"""Records that end: a function of the database deletes them, and we sign that it was so.

Those whose time has come (``delete_due_consents()``), and those of a business that leaves ChatBo
and has taken them along (``delete_leaving_consents()``). Nobody and nothing else deletes one.
"""

import base64
import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError
from chatbo.foundation.signing import sign_note
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.heads import origin, read_ours
from consent.ledger.models import ConsentRecord, EndedRecord, Leaf
from consent.ledger.proofs import is_as_recorded

declare_store(Medium.LOG, __name__, NoPersonalData("Ids of records and of their businesses."))

YEARS = 3
"""Secs. 195, 199 BGB: from the end of the year."""
BERLIN = ZoneInfo("Europe/Berlin")

Controller = ConsentRecord.Controller
Deleting = Callable[[], dict[uuid.UUID, uuid.UUID]]

log = structlog.get_logger(__name__)


def end_due_records() -> int:
    """Delete what law no longer lets us keep (secs. 195, 199 BGB). Gives back how many.

    Which these are the database's own function knows; nobody else may delete a record. Their
    leaves stay, and with each a signed word that it ended: a record that is missing without one
    is an alarm.

    Each is looked at before, against its leaf and the calendar: whoever holds the database could
    make a record look due, and would have us sign for its deletion. Raises ``LedgerBrokenError``,
    and deletes nothing, where one is not as it was recorded; the log names it.
    """
    before = datetime(timezone.localdate(timezone=BERLIN).year - YEARS, 1, 1, tzinfo=BERLIN)
    with platform_scope("ledger: delete records whose time has come"):
        return len(_end(_delete_due, lambda record: record.given_at < before))


def end_records_of_leavers() -> dict[uuid.UUID, uuid.UUID]:
    """Delete the next few hundred records of businesses that leave: they have them now (Art.
    28(3)(g) GDPR). Gives back each with its business; nothing when none is left.

    Which these are the database's own function sees: of a business whose ending is under way and
    whose grace is over, sealed, and not those in which ChatBo is the controller. Called in the
    platform's scope. Raises ``LedgerBrokenError`` like ``end_due_records``.
    """
    return _end(_delete_leaving, lambda record: record.controller == Controller.TENANT)


def is_signed_as_ended(note: str, leaf: Any, believed: Collection[bytes]) -> bool:
    """Whether this is our word that this very leaf's record ended. Of a leaf's bare columns."""
    try:
        return read_ours(note, believed)[1:4] == _about(
            leaf.leaf_id, leaf.leaf_position, leaf.leaf_hash
        )
    except NoteError:
        return False


def _end(delete: Deleting, may_end: Callable[[ConsentRecord], bool]) -> dict[uuid.UUID, uuid.UUID]:
    looked_at = transaction.savepoint()
    due = delete()
    transaction.savepoint_rollback(looked_at)
    leaves = Leaf.objects.in_bulk(list(due))
    _refuse_false_ones(due, leaves, may_end)
    ended = delete()
    if not ended.keys() <= due.keys():
        raise LedgerBrokenError("more_was_deleted_than_was_due")
    EndedRecord.objects.bulk_create(
        EndedRecord(id=record, tenant_id=tenant, note=_note(leaves[record]))
        for record, tenant in ended.items()
    )
    return ended


def _delete_due() -> dict[uuid.UUID, uuid.UUID]:
    """By the database's function; gives back each record with its business."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, id FROM delete_due_consents()")
        return {record: tenant for tenant, record in cursor.fetchall()}


def _delete_leaving() -> dict[uuid.UUID, uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, id FROM delete_leaving_consents()")
        return {record: tenant for tenant, record in cursor.fetchall()}


def _refuse_false_ones(
    due: Collection[uuid.UUID],
    leaves: dict[Any, Leaf],
    may_end: Callable[[ConsentRecord], bool],
) -> None:
    records = ConsentRecord.objects.select_related("text_version").in_bulk(list(due))
    false = [
        pk
        for pk in due
        if not (
            pk in records
            and pk in leaves
            and may_end(records[pk])
            and _is_whole(records[pk], leaves[pk])
        )
    ]
    for pk in false:
        log.error("ledger_fault", reason="record_was_made_to_look_due", row=str(pk))
    if false:
        raise LedgerBrokenError("record_was_made_to_look_due")


def _is_whole(record: ConsentRecord, leaf: Leaf) -> bool:
    text, identity = record.text_version.sha256, bytes(leaf.identity_hash)
    return is_as_recorded(record, text, identity, bytes(leaf.hash))


def _note(leaf: Leaf) -> str:
    about = _about(leaf.pk, leaf.position, bytes(leaf.hash))
    time = f"time {timezone.now():%Y-%m-%dT%H:%M:%S%z}"
    return sign_note(origin(), "".join(f"{line}\n" for line in (origin(), *about, time)))


def _about(record: uuid.UUID | str, position: int, leaf: bytes) -> list[str]:
    return [f"ended {record}", f"position {position}", base64.b64encode(leaf).decode()]
