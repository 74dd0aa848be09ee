"""Writing consent records: the one way in."""

import uuid
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.encryption import blind_index
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.network import shortened
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.texts.models import TextVersion


@transaction.atomic
def record_consent(
    text: TextVersion,
    *,
    purpose: ConsentRecord.Purpose,
    decision: ConsentRecord.Decision,
    source: ConsentRecord.Source,
    controller: ConsentRecord.Controller,
    place: str = "",
    person_id: uuid.UUID | None = None,
    identifier: str = "",
    network: str = "",
    given_at: datetime | None = None,
) -> ConsentRecord:
    """Record what somebody was shown and decided, in the tenant's scope that is open.

    ``text`` is the very version that was on the screen. Without ``person_id`` the record makes
    no person: a refusal or a visitor's click needs no identity (Art. 11 GDPR).
    ``network`` is an address as the web server saw it; it is shortened here.
    """
    return ConsentRecord.objects.create(
        subject_id=_pseudonym(person_id, identifier),
        purpose=purpose,
        decision=decision,
        source=source,
        controller=controller,
        place=place,
        text_version=text,
        network=shortened(network),
        given_at=given_at or timezone.now(),
    )


def _pseudonym(person_id: uuid.UUID | None, identifier: str) -> uuid.UUID:
    if person_id is None:
        return new_id()
    identity, _ = ConsentIdentity.objects.get_or_create(
        person_id=person_id,
        defaults={
            "subject_id": new_id(),
            "identifier": identifier,
            "identifier_index": blind_index(identifier.strip().lower(), purpose="identity"),
        },
    )
    return identity.subject_id
