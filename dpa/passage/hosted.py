"""The imprint and the privacy policy that ChatBo hosts for businesses without a website."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consent.texts.models import TextVersion
from consent.texts.rendering import as_html
from consent.texts.versions import Block, filled, fitting, text_in_force
from dpa.passage.building import build_passage
from dpa.passage.errors import IncompleteError
from tenants.accounts.legal_pages import can_be_hosted, imprint_url
from tenants.accounts.models import Tenant


@dataclass(frozen=True)
class HostedPage:
    version: TextVersion
    html: SafeString


def hosted_imprint(tenant: Tenant, *, language: str) -> HostedPage:
    """The imprint (sec. 5 DDG). Raises ``IncompleteError``: half an imprint is none."""
    _demand_complete(tenant)
    version = text_in_force("tenant-imprint", language)
    with translation.override(language):
        none = _("does not apply")
        values = {
            "company": tenant.company,
            "legal_form": tenant.get_legal_form_display() or none,
            "address": tenant.address,
            "representative": tenant.representative or none,
            "contact_email": tenant.contact_email,
            "contact_phone": tenant.contact_phone or none,
            "register": tenant.register_number or none,
            "vat_id": tenant.vat_id or none,
        }
    return HostedPage(version, as_html(filled(version, fitting(version, values), markdown=True)))


def hosted_privacy(tenant: Tenant, *, language: str) -> HostedPage:
    """The privacy policy (Art. 13 GDPR): the passage, and what is to be said of the page itself.

    Raises ``IncompleteError``.
    """
    _demand_complete(tenant)
    version = text_in_force("tenant-privacy", language)
    passage = build_passage(tenant, language=language)
    values = {
        "company": tenant.company,
        "imprint_url": imprint_url(tenant),
        # Markdown already, with its own values escaped.
        "passage": Block(passage.markdown),
    }
    return HostedPage(version, as_html(filled(version, fitting(version, values), markdown=True)))


def _demand_complete(tenant: Tenant) -> None:
    if not can_be_hosted(tenant):
        raise IncompleteError
