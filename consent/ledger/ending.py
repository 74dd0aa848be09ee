"""Records whose time has come: the database deletes them, and we sign that it was so."""

import base64
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.signed_notes import NoteError
from chatbo.foundation.signing import sign_note
from consent.ledger.heads import origin, read_ours
from consent.ledger.models import EndedRecord, Leaf


def end_due_records() -> int:
    """Delete what law no longer lets us keep (secs. 195, 199 BGB). Gives back how many.

    Which these are the database's own function knows; nobody else may delete a record. Their
    leaves stay, and with each a signed word that it ended: a record that is missing without one
    is an alarm.
    """
    with platform_scope("ledger: delete records whose time has come"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT tenant_id, id FROM delete_due_consents()")
            ended = {record: tenant for tenant, record in cursor.fetchall()}
        leaves = Leaf.objects.in_bulk(list(ended))
        EndedRecord.objects.bulk_create(
            EndedRecord(id=record, tenant_id=tenant, note=_note(leaves[record]))
            for record, tenant in ended.items()
        )
    return len(ended)


def has_ended(ended: EndedRecord, leaf: Any, believed: Collection[bytes]) -> bool:
    """Whether we have signed that this very leaf's record ended. A leaf, or its bare columns."""
    try:
        return read_ours(ended.note, believed)[1:4] == _about(leaf)
    except NoteError:
        return False


def _note(leaf: Leaf) -> str:
    time = f"time {timezone.now():%Y-%m-%dT%H:%M:%S%z}"
    return sign_note(origin(), "".join(f"{line}\n" for line in (origin(), *_about(leaf), time)))


def _about(leaf: Any) -> list[str]:
    hash_ = base64.b64encode(bytes(leaf.hash)).decode()
    return [f"ended {leaf.id}", f"position {leaf.position}", hash_]
