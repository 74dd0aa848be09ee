"""Example values, so that a text can be read as its readers will read it."""

from consent.texts.models import TextVersion
from consent.texts.placeholders import Block, Kind, declared_in

NAMES: dict[str, str] = {
    "address": "Hauptstraße 12, 10827 Berlin",
    "code": "LX7P-Q2MD",
    "company": "Café Morgenrot GmbH",
    "contact_email": "hallo@cafe-morgenrot.example",
    "contact_phone": "+49 30 123456",
    "data_protection_officer": "Dana Schutz, datenschutz@cafe-morgenrot.example",
    "imprint_url": "https://cafe-morgenrot.example/impressum",
    "legal_form": "GmbH",
    "operator_address": "Musterstraße 1, 10115 Berlin",
    "operator_email": "kontakt@proxpert.example",
    "privacy_url": "https://cafe-morgenrot.example/datenschutz",
    "recipient": "ProXpert GmbH",
    "register": "Amtsgericht Charlottenburg, HRB 12345",
    "representative": "Mona Morgen",
    "retention_months": "12",
    "vat_id": "DE123456789",
}
"""Where a name says more than the kind; the same in every language."""

KINDS: dict[Kind, dict[str, str]] = {
    Kind.LINE: {"de": "Beispiel", "en": "Example"},
    Kind.TEXT: {"de": "Beispiel", "en": "Example"},
    Kind.NUMBER: {"de": "12", "en": "12"},
    Kind.DATE: {"de": "2026-12-24", "en": "2026-12-24"},
    Kind.URL: {"de": "https://beispiel.example/", "en": "https://beispiel.example/"},
    Kind.EMAIL: {"de": "post@beispiel.example", "en": "post@beispiel.example"},
    Kind.LIST: {"de": "- Erster Punkt\n- Zweiter Punkt", "en": "- First item\n- Second item"},
    Kind.BLOCK: {"de": "Ein Absatz.", "en": "A paragraph."},
}


def example_of(name: str, kind: Kind | None, language: str) -> str:
    """A value that fits, whatever the name."""
    spoken = KINDS[kind or Kind.LINE]
    example = spoken.get(language, spoken["de"])
    if kind == Kind.BLOCK:
        return Block(example)
    return NAMES.get(name, example) if _fits_by_name(kind, NAMES.get(name, "")) else example


def examples_for(version: TextVersion) -> dict[str, str]:
    return {
        name: example_of(name, kind, version.language)
        for name, kind in declared_in(version).items()
    }


def _fits_by_name(kind: Kind | None, value: str) -> bool:
    """A name's example is a line; some are addresses, and only these fit an address's place."""
    match kind:
        case Kind.URL:
            return value.startswith("https://")
        case Kind.EMAIL:
            return "@" in value and " " not in value
        case Kind.NUMBER:
            return value.isdecimal()
        case _:
            return kind in {None, Kind.LINE, Kind.TEXT}
