"""Taking back what one agreed to, as easily as it was given (Art. 7(3) GDPR)."""

from django.db import transaction

from consent.ledger.errors import NothingToWithdrawError
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.recording import record_consent

Decision = ConsentRecord.Decision
Purpose = ConsentRecord.Purpose

PLACE = "/receipt/"
AT_A_BUTTON = {Purpose.NEWSLETTER, Purpose.THIRD_PARTY}
"""What ends with a word alone. A chat is withdrawn where it is held, which deletes it as well."""


@transaction.atomic
def withdraw(record: ConsentRecord, *, form: str = "", network: str = "") -> ConsentRecord:
    """Record that the person takes back what this record says, in its tenant's scope.

    Twice is once: whatever the person last said against it stands, and is given back. Raises
    ``NothingToWithdrawError`` where nothing was agreed to, or nobody stands behind it any more.
    """
    identity = _person(record, locked=True)
    if identity is None:
        raise NothingToWithdrawError
    last = last_word(record)
    if last.decision != Decision.GRANTED:
        return last
    return record_consent(
        last.text_version,
        purpose=Purpose(record.purpose),
        decision=Decision.WITHDRAWN,
        source=ConsentRecord.Source.PAGE,
        controller=ConsentRecord.Controller(record.controller),
        way=ConsentRecord.Way.CLICK,
        place=PLACE,
        form=form,
        person_id=identity.person_id,
        identifier=identity.identifier,
        network=network,
    )


def can_be_withdrawn(record: ConsentRecord) -> bool:
    """Whether a button for it makes sense now."""
    return _person(record) is not None and last_word(record).decision == Decision.GRANTED


def last_word(record: ConsentRecord) -> ConsentRecord:
    """What the person behind a record last said on its purpose; the record itself, if that."""
    same = ConsentRecord.objects.filter(subject_id=record.subject_id, purpose=record.purpose)
    return same.select_related("text_version").latest("given_at", "id")


def _person(record: ConsentRecord, *, locked: bool = False) -> ConsentIdentity | None:
    if record.purpose not in AT_A_BUTTON or record.decision != Decision.GRANTED:
        return None
    people = ConsentIdentity.objects.filter(subject_id=record.subject_id)
    return (people.select_for_update() if locked else people).first()
