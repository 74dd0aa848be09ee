"""What a business says about itself: who is behind contracts, imprints and privacy policies."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from chatbo.foundation.audit.entries import record
from chatbo.foundation.outbound import FetchError, check_address
from tenants.accounts.models import Tenant
from tenants.accounts.plausibility import is_postal_code, is_vat_id, one_line, plain_vat_id

FIELDS = (
    "company",
    "legal_form",
    "street",
    "postal_code",
    "city",
    "country",
    "register_number",
    "vat_id",
    "representative",
    "representative_function",
    "contact_email",
    "contact_phone",
    "data_protection_officer",
    "imprint_url",
    "privacy_url",
)

NAMES = (
    *("company", "street", "city", "register_number"),
    *("representative", "representative_function", "data_protection_officer"),
)


@transaction.atomic
def change_company(tenant: Tenant, *, facts: Mapping[str, str]) -> Tenant:
    """Change what is named in ``facts`` (of ``FIELDS``), in the tenant's scope.

    The address of the dashboard stays, whatever the company is called. The audit log learns
    which facts changed, not what they are. Raises Django's ``ValidationError`` by field.
    """
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    changed = [name for name in FIELDS if name in facts and facts[name] != getattr(tenant, name)]
    for name in changed:
        setattr(tenant, name, facts[name])
    check_company(tenant)
    if changed:
        tenant.save(update_fields=changed)
        record("tenant.changed", target=tenant, details={"facts": changed})
    return tenant


def check_company(tenant: Tenant) -> None:
    """Bring the facts into their usual form, and refuse what cannot be true."""
    tenant.vat_id = plain_vat_id(tenant.vat_id)
    tenant.postal_code = tenant.postal_code.strip().upper()
    tenant.clean_fields(exclude={"id", "slug"})
    errors: dict[str, Any] = {}
    for name in NAMES:
        if value := getattr(tenant, name):
            try:
                one_line(value)
            except ValidationError as error:
                errors[name] = error
    if tenant.postal_code and not is_postal_code(tenant.postal_code, country=tenant.country):
        errors["postal_code"] = _("This is no postal code of the country that you chose.")
    if tenant.vat_id and not is_vat_id(tenant.vat_id, country=tenant.country):
        errors["vat_id"] = _(
            "This is no VAT id of the country that you chose; a digit may be wrong."
        )
    for name in ("imprint_url", "privacy_url"):
        url = getattr(tenant, name)
        try:
            if url:
                check_address(url)
        except FetchError:
            errors[name] = _(
                "Please give the address of a public page: it begins with https://, then comes the"
                " website's name, without a user and without a number for the port."
            )
    if errors:
        raise ValidationError(errors)
