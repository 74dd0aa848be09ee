"""The address from which a business's own server fetches its passage."""

from django.db import transaction

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import directory
from chatbo.foundation.isolation.ids import new_code
from dpa.passage.models import PassageAddress
from tenants.accounts.models import Tenant


@transaction.atomic
def open_address(tenant: Tenant) -> PassageAddress:
    """Give the passage an address that its business can fetch it from. Asking twice is once."""
    Tenant.objects.select_for_update().get(pk=tenant.pk)
    address = PassageAddress.objects.first()
    if address is None:
        address = PassageAddress.objects.create(code=new_code())
        directory.register("passage", address.code, address.pk)
        record("passage.address_opened", target=address)
    return address
