"""A notice about nobody, to see whether a system takes notices."""

import json

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from consent.erasure.recipients.delivering import Letter, letter_to
from consent.erasure.recipients.models import Recipient, new_message_id
from consent.erasure.recipients.notices import moment


@transaction.atomic
def letter_as_test(recipient: Recipient) -> Letter:
    """Write a test, signed like any notice; sending it is the caller's, outside the scope.

    Raises ``UnreadableError`` where no key opens the recipient's secret or address.
    """
    said = {"type": "recipient.test", "timestamp": moment(timezone.now()), "data": {}}
    letter = letter_to(recipient, new_message_id(), json.dumps(said, separators=(",", ":")))
    record("recipient.tested", target=recipient)
    return letter
