"""The person's row, locked before anything is written about them: as erasures and chats do."""

import uuid

from consent.erasure.models import Erasure
from consent.rights.errors import NobodyError
from tenants.bots.models import Subscriber


def locked(subscriber_id: uuid.UUID) -> Subscriber:
    """As they are now. Waits for an erasure that is at them. Raises ``NobodyError``."""
    found = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
    if found is None or Erasure.objects.unfinished().filter(subject_id=found.pk).exists():
        raise NobodyError
    return found
