"""Naming the sub-processors to the register of processing."""

from chatbo.foundation.countries import country_name
from consent.register.activities import Recipient
from consent.register.offers import name_processors
from dpa.subprocessors.models import SubProcessor


def processors_today() -> list[Recipient]:
    """Who else processes today, as Annex 3 names them, in the active language."""
    return [
        Recipient(
            name=firm.name,
            role=firm.purpose,
            country=country_name(firm.country),
            ground=firm.transfer_ground,
        )
        for firm in SubProcessor.objects.used_today()
    ]


name_processors(processors_today)
