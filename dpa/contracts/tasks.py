"""Sealing in the background: claimed once, tried again, swept when missed."""

import structlog
from celery import shared_task

from chatbo.foundation.documents.errors import DocumentError
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from dpa.contracts.errors import AlteredFileError
from dpa.contracts.models import Contract
from dpa.contracts.sealing import seal_contract
from dpa.contracts.transitions import locked

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))
declare_store(Medium.LOG, __name__, NoPersonalData("Which contract's sealing failed, and a code."))

log = structlog.get_logger(__name__)


@shared_task(name="contracts.seal", ignore_result=True)
def seal(tenant_id: str, contract_id: str) -> None:
    """Seal one contract. Killed at any point, its lease runs out and the sweep calls again."""
    with tenant_scope(tenant_id):
        contract = Contract.objects.claim(contract_id)
    if contract is None:
        return
    try:
        seal_contract(contract)
    except Exception as error:
        reason = type(error).__name__
        with tenant_scope(tenant_id):
            contract = locked(contract)
            if contract.state == Contract.State.COUNTERSIGNED:
                contract.try_again(reason)
        log.warning("contract_sealing_failed", contract_id=contract_id, reason=reason)
        if not isinstance(error, DocumentError | AlteredFileError | OSError):
            raise


sweep_up(Contract, seal)
