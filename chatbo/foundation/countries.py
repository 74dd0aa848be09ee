"""Countries in words."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

EEA = [
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IS",
    "IT",
    "LI",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "NO",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
]
"""Where the GDPR holds: the countries of the European Economic Area."""


def country_name(code: str) -> str:
    """The country of a two-letter code (ISO 3166-1), in the active language."""
    names = Locale.parse(get_language() or settings.LANGUAGE_CODE).territories
    return str(names.get(code, code))


def countries_of_the_eea() -> list[tuple[str, str]]:
    """To choose from: Germany first, the others by their names in the active language."""
    named = {code: country_name(code) for code in EEA}
    return [("DE", named.pop("DE")), *sorted(named.items(), key=lambda pair: pair[1])]
