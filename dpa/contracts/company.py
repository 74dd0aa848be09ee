"""What must be known of a company before it can conclude a contract, and how it is checked."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Self

from dpa.contracts.errors import IncompleteDataError
from tenants.accounts.models import Tenant

REGISTERED_FORMS = frozenset(
    {
        Tenant.LegalForm.OHG,
        Tenant.LegalForm.KG,
        Tenant.LegalForm.GMBH,
        Tenant.LegalForm.UG,
        Tenant.LegalForm.AG,
        Tenant.LegalForm.EV,
    }
)
"""Legal forms that only come into being by an entry in a public register."""

_POSTAL_CODES = {"DE": r"\d{5}", "AT": r"\d{4}", "CH": r"\d{4}"}
_ANY_POSTAL_CODE = r"[A-Z0-9][A-Z0-9 -]{1,8}[A-Z0-9]"
_VAT_IDS = {"DE": r"DE\d{9}", "AT": r"ATU\d{8}", "CH": r"CHE\d{9}(MWST|TVA|IVA)?"}
_ANY_VAT_ID = r"[A-Z]{2}[A-Z0-9]{2,12}"


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompanyData:
    """The controller as it stands in the contract. Every value is one line."""

    company: str
    legal_form: str
    street: str
    postal_code: str
    city: str
    country: str = "DE"
    register_number: str = ""
    vat_id: str = ""
    representative: str
    representative_function: str
    contact_email: str
    contact_phone: str = ""
    data_protection_officer: str = ""
    instructors: str = ""
    """Who may give instructions besides the representative."""

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """From a form's or a snapshot's values; unknown ones are left out, space is tidied."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{k: " ".join(str(v or "").split()) for k, v in values.items() if k in known})

    @classmethod
    def known_of(cls, tenant: Tenant, last: Mapping[str, Any] | None = None) -> Self:
        """What is known already, to begin a form with: the tenant's row, then the last contract."""
        known = {
            field.name: getattr(tenant, field.name, "") or (last or {}).get(field.name, "")
            for field in dataclasses.fields(cls)
        }
        return cls.from_values(known)

    def store_on(self, tenant: Tenant) -> None:
        """Keep it for the next contract, the passage and the hosted imprint."""
        names = [f.name for f in dataclasses.fields(self) if hasattr(tenant, f.name)]
        for name in names:
            setattr(tenant, name, getattr(self, name))
        tenant.save(update_fields=names)

    def problems(self) -> dict[str, str]:
        """Field to code: ``missing``, ``malformed``, ``unknown``, ``register_missing``."""
        found: dict[str, str] = {}
        for name in [
            "company",
            "legal_form",
            "street",
            "postal_code",
            "city",
            "country",
            "representative",
            "representative_function",
            "contact_email",
        ]:
            if not getattr(self, name):
                found[name] = "missing"
        if self.legal_form and self.legal_form not in Tenant.LegalForm.values:
            found["legal_form"] = "unknown"
        postal_code = _POSTAL_CODES.get(self.country, _ANY_POSTAL_CODE)
        if self.postal_code and not re.fullmatch(postal_code, self.postal_code.upper()):
            found["postal_code"] = "malformed"
        vat_id = re.sub(r"[ .-]", "", self.vat_id.upper())
        if vat_id and not re.fullmatch(_VAT_IDS.get(self.country, _ANY_VAT_ID), vat_id):
            found["vat_id"] = "malformed"
        if self.contact_email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.contact_email):
            found["contact_email"] = "malformed"
        if self.legal_form in REGISTERED_FORMS and not self.register_number:
            found["register_number"] = "register_missing"
        return found

    def checked(self) -> Self:
        """Itself. Raises ``IncompleteDataError`` naming every field at once."""
        if problems := self.problems():
            raise IncompleteDataError(problems)
        return self
