"""Publishing who else processes."""

import datetime

from django.db import transaction

from chatbo.foundation.audit.entries import record
from chatbo.foundation.countries import EEA
from dpa.subprocessors.errors import GroundMissingError
from dpa.subprocessors.models import SubProcessor


@transaction.atomic
def publish_subprocessor(
    *,
    name: str,
    purpose_de: str,
    purpose_en: str,
    place: str,
    country: str,
    since: datetime.date,
    transfer_ground: str = "",
) -> SubProcessor:
    """Add a firm to the public list, from which Annex 3 of the next contracts is written.

    Raises ``GroundMissingError`` for a country outside the EEA without a ground (Art. 44 GDPR).
    """
    country = country.upper()
    if country not in EEA and not transfer_ground.strip():
        raise GroundMissingError(country)
    firm = SubProcessor.objects.create(
        name=name,
        purpose_de=purpose_de,
        purpose_en=purpose_en,
        place=place,
        country=country,
        since=since,
        transfer_ground=transfer_ground.strip(),
    )
    record("subprocessor.published", target=firm)
    return firm


def publish_examples(*, since: datetime.date) -> list[SubProcessor]:
    """The demo's invented firms, so that list and Annex 3 have something to show. Twice is once."""
    examples = [
        ("Rechenzentrum Beispiel GmbH (rechenzentrum.example)", "Nürnberg",
         "Betrieb der Server, auf denen ChatBo läuft, und der Sicherungen",
         "Running the servers on which ChatBo runs, and the backups"),
        ("Postversand Beispiel GmbH (postversand.example)", "Berlin",
         "Zustellung der E-Mails, die ChatBo verschickt",
         "Delivery of the e-mails that ChatBo sends"),
    ]  # fmt: skip
    return [
        publish_subprocessor(
            name=name,
            purpose_de=german,
            purpose_en=english,
            place=place,
            country="DE",
            since=since,
        )
        for name, place, german, english in examples
        if not SubProcessor.objects.filter(name=name).exists()
    ]
