"""Where a business's imprint and privacy policy stand: on its own website, or hosted by ChatBo."""

from django.conf import settings
from django.urls import reverse

from tenants.accounts.models import Tenant


def imprint_url(tenant: Tenant) -> str:
    """The business's own imprint, or the page that ChatBo hosts for it (sec. 5 DDG)."""
    return tenant.imprint_url or settings.BASE_URL + reverse(
        "public_pages:imprint", args=[tenant.slug]
    )


def privacy_url(tenant: Tenant) -> str:
    """The business's own privacy policy, or the page that ChatBo hosts for it (Art. 13 GDPR)."""
    return tenant.privacy_url or settings.BASE_URL + reverse(
        "public_pages:privacy", args=[tenant.slug]
    )


def logo_url(tenant: Tenant) -> str:
    """Where its logo is shown, with its hash; nothing where it has none."""
    if not tenant.logo_sha256:
        return ""
    return f"{reverse('public_pages:logo', args=[tenant.slug])}?v={tenant.logo_sha256}"


def can_be_hosted(tenant: Tenant) -> bool:
    """Whether a hosted page can name the business: who it is, where, and how to reach it."""
    return bool(tenant.company and tenant.address and tenant.contact_email)
