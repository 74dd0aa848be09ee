"""The demo's processing agreements: one in force, one that waits for review."""

from django.db import transaction

from chatbo.dashboard.demo.businesses import Business
from chatbo.dashboard.demo.people import owner_of
from chatbo.foundation.isolation import platform_scope, tenant_scope
from dpa.contracts.company import CompanyData
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from dpa.contracts.sealing import seal_contract
from dpa.contracts.signing import countersign_contract, sign_contract
from tenants.accounts.models import Tenant, User


@transaction.atomic
def sign_for(tenant: Tenant, business: Business) -> None:
    """Have the owner draft and sign the agreement, unless there ever was one; in its scope."""
    if Contract.objects.exists():
        return
    owner = owner_of(tenant)
    draft = draft_contract(
        tenant, user=owner, data=CompanyData.known_of(tenant), language=owner.language
    )
    sign_contract(
        draft,
        signatory=owner,
        name=owner.name,
        function=business.facts["representative_function"],
        place=business.facts["city"],
        read_sha256=draft.draft_sha256,
        authority_confirmed=True,
        network="",
    )


def put_in_force(tenant: Tenant, *, admin: User) -> None:
    """Countersign the tenant's first agreement and seal it. Call outside of any scope.

    At once and not by the job, which a worker that runs already may have: a bot waits for it.
    """
    with tenant_scope(tenant.pk):
        contract = Contract.objects.order_by("drafted_at").first()
    if contract is not None and contract.state == Contract.State.SIGNED:
        with platform_scope("demo: countersign the café's agreement"):
            contract = countersign_contract(contract, admin=admin)
    if contract is not None and contract.state == Contract.State.COUNTERSIGNED:
        seal_contract(contract)
