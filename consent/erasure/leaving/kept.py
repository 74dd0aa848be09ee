"""What law has us keep ends on its date, whichever model it is of, and so do words about nobody.

Each model's declaration says until when (``Kept.ends_on``, ``of_nobody``). The ledger's records end
by themselves (``consent.ledger.ending``), as each takes our signed word; of the audit log the
database has a function; whatever else is kept is found in Django's app registry.
"""

import datetime
import uuid
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import directory, platform_scope, tenant_scope
from chatbo.foundation.personal_data import (
    Medium,
    NoPersonalData,
    declare_store,
    declared_about_persons,
)
from consent.erasure.leaving.what_goes import (
    Table,
    files_of,
    kept_of,
    may_be_emptied,
    rows_of,
    rows_that_go,
    tables,
    tables_behind_kept_rows,
)
from tenants.accounts.models import Tenant

declare_store(
    Medium.FILES, __name__, NoPersonalData("Only drops files of rows whose time is over.")
)


def end_kept_rows() -> dict[str, int]:
    """Delete every row whose time is over, with its files; gives back how many, by model label.

    A business that has left, and of which nothing is kept any more, goes with the last of them.
    """
    counts = {AuditEntry._meta.label: _end_audit_entries()}
    today = timezone.localdate()
    for model, tenant_id, due in list(_due_rows(today)):
        counts[model._meta.label] = counts.get(model._meta.label, 0) + _end(model, tenant_id, due)
    counts[Tenant._meta.label] = _drop_empty_businesses()
    counts = {label: count for label, count in counts.items() if count}
    if counts:
        with platform_scope("erasure: note which kept rows have ended"):
            record("kept.ended", details={"counts": counts})
    return counts


def _due_rows(today: datetime.date) -> Iterator[tuple[Table, uuid.UUID, list[uuid.UUID]]]:
    """By model and business, children before their parents."""
    with platform_scope("erasure: find kept rows whose time is over"):
        for model in tables():
            if not may_be_emptied(model):
                continue
            due: dict[uuid.UUID, list[uuid.UUID]] = {}
            for row, over in _with_their_ends(model):
                if over is not None and over <= today:
                    due.setdefault(row.tenant_id, []).append(row.pk)  # type: ignore[attr-defined]  # each such table has it
            for tenant_id, rows in due.items():
                yield model, tenant_id, rows


def _with_their_ends(model: Table) -> Iterator[tuple[models.Model, datetime.date | None]]:
    """Rows that are kept; and those that are about nobody, where a declaration ends these."""
    if kept := kept_of(model):
        for row in model._base_manager.iterator():
            yield row, kept.ends_on(row)
    for declaration in declared_about_persons(model):
        if declaration.of_nobody:
            nobody = dict.fromkeys(declaration.match)
            for row in model._base_manager.filter(**nobody).iterator():
                yield row, declaration.of_nobody.ends_on(row)


@transaction.atomic
def _end(model: Table, tenant_id: uuid.UUID, due: list[uuid.UUID]) -> int:
    with tenant_scope(tenant_id):
        rows: models.QuerySet[models.Model] = model._base_manager.filter(pk__in=due)
        files = files_of(rows)
        for listed in getattr(model, "listed", ()):
            for row_id in due:
                directory.forget_target(listed.kind, row_id)
        _, deleted = rows.delete()

        def drop_files() -> None:
            with tenant_scope(tenant_id):
                for name in files:
                    default_storage.delete(name)

        transaction.on_commit(drop_files, robust=True)
    return deleted.get(model._meta.label, 0)


def _end_audit_entries() -> int:
    ended = 0
    while True:
        with (
            platform_scope("erasure: delete entries of the log whose time is over"),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT delete_due_audit_entries()")
            (count,) = cursor.fetchone()
        if not count:
            return ended
        ended += count


def _drop_empty_businesses() -> int:
    """Of which only hashes in the tree of proofs are left, which name nobody and have to stay."""
    with platform_scope("erasure: find businesses of which nothing is kept any more"):
        left = list(Tenant.objects.exclude(ended_at=None).values_list("pk", flat=True))
    dropped = 0
    for tenant_id in left:
        with tenant_scope(tenant_id):
            for model in tables_behind_kept_rows():
                rows_that_go(model).delete()
            if not any(rows_of(model).exists() for model in tables() if kept_of(model)):
                dropped += Tenant.objects.filter(pk=tenant_id).delete()[0]
    return dropped
