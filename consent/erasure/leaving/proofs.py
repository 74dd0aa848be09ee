"""A leaving business's proofs of consent go out of the product: it has them in its file."""

from chatbo.foundation.isolation import platform_scope, tenant_scope
from consent.erasure.leaving.holding import add_counts, hold
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.leaving.what_goes import rows_that_go
from consent.ledger.ending import end_records_of_leavers
from consent.ledger.errors import LedgerBrokenError
from consent.ledger.models import ConsentRecord
from consent.ledger.sealing import seal


def end_proofs(ending: TenantEnding) -> None:
    """Delete its consent records by the one function that can, each with our signed word.

    What is not sealed yet is sealed first, so that nothing is missing from the tree. Raises
    ``LedgerBrokenError`` where a record is not as it was recorded: then it stays, and is an alarm.
    """
    seal()
    while True:
        with platform_scope("erasure: a leaving business's proofs go with it"):
            with tenant_scope(ending.tenant_id):
                hold(ending)
            ended = end_records_of_leavers()
            mine = sum(tenant == ending.tenant_id for tenant in ended.values())
            if mine:
                with tenant_scope(ending.tenant_id):
                    add_counts(hold(ending), {ConsentRecord._meta.label: mine})
        if not ended:
            break
    with tenant_scope(ending.tenant_id):
        if rows_that_go(ConsentRecord).exists():
            # No tree has them although it was sealed just now: they were put in past the product.
            raise LedgerBrokenError("records_that_cannot_be_sealed")
