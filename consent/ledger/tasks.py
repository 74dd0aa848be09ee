"""What the schedule calls: sealing, ending, verifying."""

import structlog
from celery import shared_task

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.ending import end_due_records
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger

declare_store(Medium.QUEUE, __name__, NoPersonalData("The schedule calls it with nothing."))
declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("What does not fit in the tree: ids and positions."),
)

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
    for fault in verify_ledger().faults:
        log.error(
            "ledger_fault",
            reason=fault.what,
            row=str(fault.record or ""),
            tenant_id=str(fault.tenant or ""),
            position=fault.position,
            size=fault.size,
        )
