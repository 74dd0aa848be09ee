"""Whether a bot may go live: what the law wants to be there first."""

from enum import StrEnum

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
    from dpa.contracts.reading import agreement_in_force

    missing = []
    if not (tenant.imprint_url or _can_host(tenant)):
        missing.append(Missing.IMPRINT)
    if not (tenant.privacy_url or _can_host(tenant)):
        missing.append(Missing.PRIVACY)
    if agreement_in_force(tenant) is None:
        missing.append(Missing.AGREEMENT)
    return missing


def _can_host(tenant: Tenant) -> bool:
    """Whether ChatBo's hosted pages can name the business: who, where, and how to reach it."""
    return bool(tenant.company and tenant.address and tenant.contact_email)
