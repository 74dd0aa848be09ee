"""What somebody was shown last: the version that a change of the text is measured from."""

import uuid

from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.texts.models import TextVersion


def text_last_seen(person_id: uuid.UUID, purpose: ConsentRecord.Purpose) -> TextVersion | None:
    """The version that the person's newest record for this purpose is about."""
    of_person = ConsentIdentity.objects.filter(person_id=person_id).values("subject_id")
    newest = (
        ConsentRecord.objects.filter(subject_id__in=of_person, purpose=purpose)
        .select_related("text_version")
        .order_by("-given_at", "-id")
        .first()
    )
    return newest.text_version if newest else None
