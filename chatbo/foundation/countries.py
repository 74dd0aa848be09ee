"""Countries in words."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language


def country_name(code: str) -> str:
    """The country of a two-letter code (ISO 3166-1), in the active language."""
    names = Locale.parse(get_language() or settings.LANGUAGE_CODE).territories
    return str(names.get(code, code))
