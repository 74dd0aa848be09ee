"""The verification that is run each day: kept, and told to whoever answers for the ledger."""

import structlog

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.check_models import LedgerCheck
from consent.ledger.faults import as_said
from consent.ledger.verifying import verify_ledger
from tenants.accounts.administrators import mail_administrators

declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("What does not fit in the tree: ids and positions."),
)

MOST_KEPT = 1000
"""Faults of one run that are named. Where there are more, something else has to be found first."""

log = structlog.get_logger(__name__)


def check_ledger() -> LedgerCheck:
    """Verify all of it, keep what was found, and mail the administrators if anything was.

    Each fault is an alarm in the log besides.
    """
    report = verify_ledger()
    faults = [as_said(fault) for fault in report.faults]
    for fault in report.faults:
        log.error(
            "ledger_fault",
            reason=fault.what,
            row=str(fault.record or ""),
            tenant_id=str(fault.tenant or ""),
            position=fault.position,
            size=fault.size,
            text=str(fault.text or ""),
            entry=fault.name,
        )
    with platform_scope("ledger: keep what verifying found"):
        check = LedgerCheck.objects.create(
            leaves=report.records,
            heads=report.heads,
            found=len(faults),
            faults=faults[:MOST_KEPT],
        )
        if check.found:
            mail_administrators("consent/ledger/mail/ledger_fault", check=check)
    return check
