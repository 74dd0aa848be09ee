"""What the queue wakes up: the end of a business, the file that it takes along, and kept rows."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.leaving.carrying_out import go_on
from consent.erasure.leaving.errors import ExportMissingError, NotMineAnyMoreError, StillBusyError
from consent.erasure.leaving.exporting import make_export
from consent.erasure.leaving.kept import end_kept_rows
from consent.erasure.leaving.models import TenantEnding, TenantExport

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))
declare_store(Medium.LOG, __name__, NoPersonalData("Which row did not succeed, and why."))

TRY_AGAIN = timedelta(minutes=1)
FAILING_LONG = timedelta(hours=1)
"""After so long in vain it is tried once an hour."""
MOST_TRIES = 5

log = structlog.get_logger(__name__)


@shared_task(name="erasure.end_business", ignore_result=True)
def carry_out(tenant_id: str, ending_id: str) -> None:
    """Take the end of a business as far as it goes now. Killed at any point, it goes on."""
    with tenant_scope(tenant_id):
        ending = TenantEnding.objects.claim(ending_id)
    if ending is None:
        return
    try:
        go_on(ending)
    except NotMineAnyMoreError:
        return
    except StillBusyError as error:
        _let_go(ending, error.after, ending.last_error)
    except ExportMissingError as error:
        _failed(ending, type(error).__name__)
    except Exception as error:
        _failed(ending, type(error).__name__)
        raise


@shared_task(name="erasure.export_business", ignore_result=True)
def prepare(tenant_id: str, export_id: str) -> None:
    """Make the file with everything. Killed at any point, the next worker begins anew."""
    with tenant_scope(tenant_id):
        export = TenantExport.objects.claim(export_id)
    if export is None:
        return
    try:
        if export.attempts > MOST_TRIES:  # Whoever tried before was killed each time.
            raise TimeoutError
        make_export(export)
    except NotMineAnyMoreError:
        return
    except Exception as error:
        _give_up(export, type(error).__name__)
        if not isinstance(error, OSError):
            raise


@shared_task(name="erasure.end_kept", ignore_result=True)
def end_kept() -> None:
    """Each day: what law no longer has us keep. Missed once, the next day finds it too."""
    end_kept_rows()


def _let_go(ending: TenantEnding, after: timedelta, error: str = "") -> None:
    with tenant_scope(ending.tenant_id):
        row = TenantEnding.objects.in_hands_of(ending).select_for_update().first()
        if row is not None:
            row.try_again(error, after=after)


def _failed(ending: TenantEnding, reason: str) -> None:
    log.error("ending_failing", row=str(ending.pk), reason=reason)
    with tenant_scope(ending.tenant_id):
        row = TenantEnding.objects.in_hands_of(ending).select_for_update().first()
        if row is None:
            return
        row.failed_at = row.failed_at or timezone.now()
        is_long = timezone.now() - row.failed_at > FAILING_LONG
        row.try_again(reason, after=FAILING_LONG if is_long else TRY_AGAIN)


def _give_up(export: TenantExport, reason: str) -> None:
    """For now, or for good. The row may be gone, or in other hands, by then."""
    log.warning("ending_export_failed", row=str(export.pk), reason=reason)
    with tenant_scope(export.tenant_id):
        row = TenantExport.objects.in_hands_of(export).select_for_update().first()
        if row is None:
            return
        if export.attempts >= MOST_TRIES:
            row.state, row.last_error = TenantExport.State.FAILED, reason[:200]
            row.finish()
        else:
            row.try_again(reason)


sweep_up(TenantEnding, carry_out)
sweep_up(TenantExport, prepare)
