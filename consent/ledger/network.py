"""What a record keeps of the network address that somebody decided from."""

from chatbo.foundation.isolation.scopes import current_tenant_id
from chatbo.foundation.network import in_full, shortened
from consent.ledger.models import ConsentRecord
from tenants.accounts.models import Tenant

Network = Tenant.ConsentNetwork


def kept_network(address: str, controller: ConsentRecord.Controller) -> str:
    """Of an address as the web server saw it: nothing, a part or all, as the controller chose.

    For its own records ChatBo keeps a part. A business is asked (one row, by its key) only where
    there is an address at all: of a chat's messages there is none. In its scope.
    """
    if not address:
        return ""
    if controller == ConsentRecord.Controller.PLATFORM:
        return shortened(address)
    chosen = Tenant.objects.values_list("consent_network", flat=True).get(pk=current_tenant_id())
    if chosen == Network.NONE:
        return ""
    return in_full(address) if chosen == Network.FULL else shortened(address)
