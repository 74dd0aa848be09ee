"""What somebody was shown last: the version that a change of the text is measured from."""

import uuid

from consent.ledger.models import ConsentRecord
from consent.texts.models import TextVersion


def text_last_seen(person_id: uuid.UUID, purpose: ConsentRecord.Purpose) -> TextVersion | None:
    """What the person's newest record for this purpose is about, of those that count."""
    newest = ConsentRecord.objects.of_person(person_id).filter(purpose=purpose).counted().first()
    return newest.text_version if newest else None
