"""Whether a bot may go live: what the law wants to be there first."""

from enum import StrEnum

from dpa.contracts.reading import agreement_in_force
from tenants.accounts.legal_pages import can_be_hosted
from tenants.accounts.models import Tenant


class Missing(StrEnum):
    AGREEMENT = "agreement"
    """No processing contract is in force (Art. 28(3) GDPR)."""
    IMPRINT = "imprint"
    """Neither an address of the imprint, nor what the hosted page needs (sec. 5 DDG)."""
    PRIVACY = "privacy"
    """Neither an address of the privacy policy, nor who is responsible (Art. 13 GDPR)."""


def missing_for_going_live(tenant: Tenant) -> list[Missing]:
    """What is not there yet, in the order in which it is best done."""
    missing = []
    if not (tenant.imprint_url or can_be_hosted(tenant)):
        missing.append(Missing.IMPRINT)
    if not (tenant.privacy_url or can_be_hosted(tenant)):
        missing.append(Missing.PRIVACY)
    if agreement_in_force(tenant.pk) is None:
        missing.append(Missing.AGREEMENT)
    return missing
