"""The contract's words: the approved texts with their placeholders filled in.

What is filled in is kept on the contract, so its words can be shown again at any time without
asking a register or a setting that has moved on since.
"""

import dataclasses
import datetime
from collections.abc import Iterable

from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatbo.foundation import operator
from chatbo.foundation.countries import country_name
from consent.register.activities import Activity, activities_of, activities_offered
from consent.texts.models import TextVersion
from consent.texts.versions import filled, fitting, text_in_force
from dpa.contracts.company import CompanyData
from dpa.contracts.models import Contract
from dpa.subprocessors.models import SubProcessor
from tenants.accounts.models import Tenant

KEYS = {
    "agreement": "avv",
    "annex_processing": "avv-annex-processing",
    "annex_measures": "avv-annex-toms",
    "annex_subprocessors": "avv-annex-subprocessors",
}
"""The contract's field to the key of its text."""


@dataclasses.dataclass(frozen=True)
class Part:
    title: str
    html: SafeString


@dataclasses.dataclass(frozen=True)
class Words:
    """The contract as HTML: between whom, the clauses, the annexes."""

    title: str
    parties: SafeString
    clauses: SafeString
    annexes: list[Part]


def texts_for(language: str) -> dict[str, TextVersion]:
    """The approved versions a contract is made of. Raises ``NotApprovedError``."""
    return {field: text_in_force(key, language) for field, key in KEYS.items()}


def fill_in(
    tenant: Tenant, data: CompanyData, *, language: str, offer_valid_until: datetime.date
) -> dict[str, str]:
    """A value for every placeholder of the contract's texts, in the contract's language."""
    with translation.override(language):
        activities = activities_of(tenant)
        if not any(activity.is_channel for activity in activities):
            activities = activities_offered(tenant)
        return {
            **_controller(data, language),
            **_processor(),
            **_processing(activities),
            "subprocessors": _list(_firm(firm) for firm in SubProcessor.objects.used_today())
            or _list([_("none at present")]),
            "offer_valid_until": offer_valid_until.isoformat(),
        }


def words_of(contract: Contract, *, numbered: bool = False) -> Words:
    """The contract's words. ``numbered``: with the clauses' numbers in the text, for a page whose
    style does not count; headings are then one level lower, below the page's own."""
    parties, clauses = _filled(contract, contract.agreement).split("\n## ", 1)
    annexes = [contract.annex_processing, contract.annex_measures, contract.annex_subprocessors]
    return Words(
        title=contract.agreement.title,
        parties=_html(parties),
        clauses=_html(
            f"## {clauses}",
            lower=numbered,
            number=_NUMBERS.get(contract.language, "{}.") if numbered else "",
        ),
        annexes=[
            Part(annex.title, _html(_filled(contract, annex), lower=numbered)) for annex in annexes
        ],
    )


def version_of(contract: Contract) -> str:
    """The versions of the texts in one line, for the foot of each page."""
    with translation.override(contract.language):
        return _("%(agreement)s, annexes %(first)s, %(second)s, %(third)s") % {
            "agreement": contract.agreement.number,
            "first": contract.annex_processing.number,
            "second": contract.annex_measures.number,
            "third": contract.annex_subprocessors.number,
        }


_NUMBERS = {"de": "§ {}", "en": "{}."}
_markdown = MarkdownIt("commonmark", {"html": False})


def _controller(data: CompanyData, language: str) -> dict[str, str]:
    address = f"{data.street}, {data.postal_code} {data.city}"
    if data.country != "DE":
        address += f", {country_name(data.country)}"
    form = Tenant.LegalForm(data.legal_form)
    representative = f"{data.representative} ({data.representative_function})"
    return {
        "company": data.company,
        "legal_form": str(form.label),
        "address": address,
        "register": data.register_number or _("no entry"),
        "representative": data.representative,
        "representative_function": data.representative_function,
        "data_protection_officer": data.data_protection_officer or _("not appointed"),
        "instructors": ", ".join(filter(None, (representative, data.instructors))),
        "incident_contacts": ", ".join(filter(None, (data.contact_email, data.contact_phone))),
    }


def _processor() -> dict[str, str]:
    return {
        "processor_address": operator.ADDRESS,
        "processor_register": operator.REGISTER,
        "processor_representative": operator.REPRESENTATIVE,
        "processor_data_protection_officer": operator.DATA_PROTECTION_OFFICER,
        "instruction_recipients": operator.EMAIL,
    }


def _processing(activities: list[Activity]) -> dict[str, str]:
    return {
        "purposes": _list(f"{a.purpose} ({a.legal_basis})" for a in activities),
        "data_kinds": _list(kind for a in activities for kind in a.data_kinds),
        "data_subjects": _list(a.data_subjects for a in activities),
        "channels": _list(_channel(a) for a in activities if a.key != "proof"),
        "retention": _list(f"{a.title}: {a.retention}" for a in activities),
    }


def _channel(activity: Activity) -> str:
    recipients = "; ".join(
        f"{r.name}, {r.country} – {r.role}" + (f", {r.ground}" if r.ground else "")
        for r in activity.recipients
    )
    nobody = _("no recipient besides the processor")
    return f"{activity.title}: {recipients or nobody}"


def _firm(firm: SubProcessor) -> str:
    ground = f"; {firm.transfer_ground}" if firm.transfer_ground else ""
    return f"{firm.name}: {firm.purpose}; {firm.place} ({firm.country}){ground}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in dict.fromkeys(lines))


def _filled(contract: Contract, version: TextVersion) -> str:
    return filled(version, fitting(version, contract.filled_in), markdown=True)


def _html(markdown: str, *, lower: bool = False, number: str = "") -> SafeString:
    tokens = _markdown.parse(markdown)
    if lower:
        _lower(tokens, number)
    html: str = _markdown.renderer.render(tokens, _markdown.options, {})
    # Safe: html is off, so what was filled in is text, and the words are a lawyer's.
    return mark_safe(html)  # noqa: S308


def _lower(tokens: list[Token], number: str) -> None:
    count = 0
    for token, inside in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type in ("heading_open", "heading_close"):
            level = int(token.tag[1]) + 1
            token.tag = f"h{level}"
            if token.type == "heading_open" and number and level == 3 and inside is not None:
                count += 1
                label = Token("text", "", 0, content=f"{number.format(count)} ")
                inside.children = [label, *(inside.children or [])]
