"""Naming the sub-processors to the register of processing."""

from babel import Locale
from django.conf import settings
from django.utils.translation import get_language

from consent.register.activities import Recipient
from consent.register.offers import name_processors
from dpa.subprocessors.models import SubProcessor


def processors_today() -> list[Recipient]:
    """Who else processes today, as Annex 3 names them, in the active language."""
    countries = Locale.parse(get_language() or settings.LANGUAGE_CODE).territories
    return [
        Recipient(
            name=firm.name,
            role=firm.purpose,
            country=str(countries.get(firm.country, firm.country)),
            ground=firm.transfer_ground,
        )
        for firm in SubProcessor.objects.used_today()
    ]


name_processors(processors_today)
