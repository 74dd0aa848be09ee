"""What other rooms ask about contracts."""

import uuid

from dpa.contracts.models import Contract


def agreement_in_force(tenant_id: uuid.UUID) -> Contract | None:
    """The newest completed contract: while there is one, the tenant's bots may be live.

    Call within the tenant's scope or the platform's.
    """
    return (
        Contract.objects.filter(tenant_id=tenant_id).completed().order_by("-completed_at").first()
    )


def open_contract(tenant_id: uuid.UUID) -> Contract | None:
    """The contract that is under way, if any: a draft, one in review, or one being sealed."""
    return Contract.objects.filter(tenant_id=tenant_id).open().first()
