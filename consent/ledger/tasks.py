"""What the schedule calls: sealing, ending, verifying; and the making of long exports."""

import structlog
from celery import shared_task

from chatbo.foundation.documents.errors import DocumentError
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.checks import check_ledger
from consent.ledger.ending import end_due_records
from consent.ledger.errors import (
    LedgerBrokenError,
    NotWantedAnyMoreError,
    TooManyForPaperError,
)
from consent.ledger.export_models import ConsentExport
from consent.ledger.preparing import drop_what_is_over, make_export
from consent.ledger.sealing import seal
from tenants.accounts.models import Tenant

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))
declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("That sealing stopped, and which export did not succeed."),
)

MOST_TRIES = 5

log = structlog.get_logger(__name__)


@shared_task(name="ledger.seal", ignore_result=True)
def seal_records() -> None:
    """Take what was recorded into the tree. Missed once, it happens with the next call."""
    try:
        seal()
    except LedgerBrokenError as error:
        log.error("ledger_broken", reason=error.why)
        raise


@shared_task(name="ledger.end", ignore_result=True)
def end_records() -> None:
    end_due_records()


@shared_task(name="ledger.verify", ignore_result=True)
def verify() -> None:
    """Once a day: an alarm for each record that is not as it was."""
    check_ledger()


@shared_task(name="ledger.export", ignore_result=True)
def prepare(tenant_id: str, export_id: str) -> None:
    """Make one export. Killed at any point, its lease runs out and the sweep calls again."""
    with tenant_scope(tenant_id):
        export = ConsentExport.objects.claim(export_id)
    if export is None:
        return
    try:
        if export.attempts > MOST_TRIES:  # Whoever tried before was killed each time.
            raise TimeoutError
        make_export(export)
    except NotWantedAnyMoreError:
        return
    except Exception as error:
        is_final = isinstance(error, TooManyForPaperError) or export.attempts >= MOST_TRIES
        _give_up(export, type(error).__name__, is_final=is_final)
        if not isinstance(error, TooManyForPaperError | DocumentError | OSError):
            raise


def _give_up(export: ConsentExport, reason: str, *, is_final: bool) -> None:
    """For now, or for good. The row may be gone, or in other hands, by then."""
    log.warning("consent_export_failed", row=str(export.pk), reason=reason)
    with tenant_scope(export.tenant_id):
        row = ConsentExport.objects.in_hands_of(export).select_for_update().first()
        if row is None:
            return
        if is_final:
            row.state = ConsentExport.State.FAILED
            row.last_error = reason[:200]
            row.finish()
        else:
            row.try_again(reason)


@shared_task(name="ledger.drop_exports", ignore_result=True)
def drop_exports() -> None:
    """Every hour: what was kept for its week goes, and what a killed worker left lying."""
    with platform_scope("ledger: drop prepared files whose time is over"):
        tenants = list(Tenant.objects.values_list("pk", flat=True))
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            drop_what_is_over()


sweep_up(ConsentExport, prepare)
