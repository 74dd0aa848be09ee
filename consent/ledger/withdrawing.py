"""Taking back what one agreed to, as easily as it was given (Art. 7(3) GDPR)."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.encryption import text_or
from consent.ledger.endings import end
from consent.ledger.errors import NothingToWithdrawError
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.nameless import is_click, withdraw_click, withdrawal_of
from consent.ledger.recording import record_consent
from consent.ledger.standing import standing_now

Decision = ConsentRecord.Decision
Purpose = ConsentRecord.Purpose

PLACE = "/receipt/"
AT_A_BUTTON = {Purpose.NEWSLETTER, Purpose.THIRD_PARTY}
"""What ends with a word alone. A chat is withdrawn where it is held, which deletes it as well; the
click that opened it, which has no name, on its receipt too (``nameless``)."""


@transaction.atomic
def withdraw(
    record: ConsentRecord, *, form: str = "", network: str = "", place: str = PLACE
) -> ConsentRecord:
    """Record that the person takes back what this record says, in its tenant's scope, and end it.

    What there is to end, the room of the purpose says (``endings``). Twice is once: whatever the
    person last said against it stands, and is given back. Raises ``NothingToWithdrawError`` where
    nothing was agreed to, or nobody stands behind it any more, and ``NoOtherWayInError``.
    """
    if is_click(record):
        return withdraw_click(
            record,
            source=ConsentRecord.Source.PAGE,
            way=ConsentRecord.Way.CLICK,
            place=place,
            form=form,
            network=network,
        )
    identity = _person(record, locked=True)
    if identity is None:
        raise NothingToWithdrawError
    last = last_word(record)
    if last.decision != Decision.GRANTED:
        return last
    withdrawn = record_consent(
        last.text_version,
        purpose=Purpose(record.purpose),
        decision=Decision.WITHDRAWN,
        source=ConsentRecord.Source.PAGE,
        controller=ConsentRecord.Controller(record.controller),
        way=ConsentRecord.Way.CLICK,
        place=place,
        form=form,
        person_id=identity.person_id,
        identifier=identity.identifier,
        network=network,
    )
    end(Purpose(record.purpose), identity.person_id)
    return withdrawn


@transaction.atomic
def withdraw_by_erasure(
    person_id: uuid.UUID, *, source: ConsentRecord.Source, place: str = ""
) -> list[ConsentRecord]:
    """Record that all to which a person still agrees ends with their erasure, in its transaction.

    Before the identity goes: the records then carry its hash, and afterwards nobody stands behind
    a consent that seems to hold. From these records on the years of their keeping count. Whoever
    agreed to nothing, or is gone already, gets none.
    """
    identity = ConsentIdentity.objects.select_for_update().filter(person_id=person_id).first()
    if identity is None:
        return []
    if text_or(identity, "identifier", instead="") == "":
        # No key opens it: it is about to go, and must hold up no right.
        ConsentIdentity.objects.filter(pk=identity.pk).update(identifier="")
    return [
        record_consent(
            given.text_version,
            purpose=Purpose(given.purpose),
            decision=Decision.WITHDRAWN,
            source=source,
            controller=ConsentRecord.Controller(given.controller),
            way=ConsentRecord.Way.ERASURE,
            place=place,
            person_id=person_id,
            # Later than the consent, also where another machine's clock was ahead of ours.
            given_at=max(timezone.now(), given.given_at + timedelta(microseconds=1)),
        )
        for given in standing_now(identity.subject_id)
        if given.decision == Decision.GRANTED
    ]


def can_be_withdrawn(record: ConsentRecord) -> bool:
    """Whether a button for it makes sense now."""
    if is_click(record):
        return withdrawal_of(record) is None
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
