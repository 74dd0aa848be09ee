"""How much of a visitor's network address the records of consent keep, as the business chose."""

from django.db import transaction

from chatbo.foundation.audit.entries import record
from tenants.accounts.models import Tenant


@transaction.atomic
def choose_consent_network(tenant: Tenant, choice: Tenant.ConsentNetwork) -> Tenant:
    """Choose for records from now on, in the tenant's scope. Choosing the same again is nothing.

    Earlier records stay as they are: none is ever changed.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    before = tenant.consent_network
    if choice != before:
        tenant.consent_network = choice
        tenant.save(update_fields=["consent_network"])
        record(
            "tenant.consent_network_chosen",
            target=tenant,
            details={
                "before": {"consent_network": before},
                "after": {"consent_network": choice.value},
            },
        )
    return tenant
