"""Who operates ChatBo: the ProXpert GmbH, as its imprint, its contracts and its policies name it.

The values below are examples until the operator enters its own; ``manage.py check --deploy``
says so as long as one of them is.
"""

from typing import Any

from django.core import checks

NAME = "ProXpert GmbH"
ADDRESS = "Musterstraße 1, 10115 Berlin"
COUNTRY = "DE"
EMAIL = "kontakt@proxpert.example"
PHONE = "+49 30 000000"
REGISTER = "Amtsgericht Charlottenburg, HRB 000000"
VAT_ID = "DE000000000"
REPRESENTATIVE = "die Geschäftsführung"
DATA_PROTECTION_OFFICER = "datenschutz@proxpert.example"
INCIDENT_CONTACT = "notfall@proxpert.example"
SUPERVISORY_AUTHORITY = "Berliner Beauftragte für Datenschutz und Informationsfreiheit"


@checks.register(checks.Tags.security, deploy=True)
def check_operator(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn while the operator's imprint still shows examples (sec. 5 DDG)."""
    if ".example" in EMAIL or "000000" in REGISTER:
        return [
            checks.Warning(
                "The operator's address, register and contacts are examples.",
                hint="Enter the operator's own in chatbo/foundation/operator.py.",
                id="operator.W001",
            )
        ]
    return []
