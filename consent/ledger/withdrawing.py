"""Taking back what one agreed to, as easily as it was given (Art. 7(3) GDPR)."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chatbo.foundation.encryption import text_or
from chatbo.foundation.sets import Array, among
from consent.ledger.endings import end
from consent.ledger.errors import NothingToWithdrawError
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.nameless import is_click, withdraw_click, withdrawal_of
from consent.ledger.recording import record_consent, record_withdrawals
from consent.ledger.standing import standing_beside
from consent.ledger.weighing import what_stands

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
    person said against it stands, and is given back. Who agreed under several addresses withdraws
    under each. Raises ``NothingToWithdrawError`` where nothing was agreed to, or nobody stands
    behind it any more, and ``NoOtherWayInError``.
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
    person_id = _person(record)
    if person_id is None:
        raise NothingToWithdrawError
    identities = ConsentIdentity.objects.select_for_update().filter(person_id=person_id)
    subjects = {each.subject_id for each in identities}
    standing = standing_beside(record)
    if standing is None or not subjects:
        raise NothingToWithdrawError
    if standing.decision != Decision.GRANTED:
        return standing
    held = [given for given in _held(subjects) if given.purpose == record.purpose]
    withdrawn = [
        record_consent(
            given.text_version,
            purpose=Purpose(given.purpose),
            decision=Decision.WITHDRAWN,
            source=ConsentRecord.Source.PAGE,
            controller=ConsentRecord.Controller(given.controller),
            way=ConsentRecord.Way.CLICK,
            place=place,
            form=form,
            network=network,
            given_at=_later_than(given),
            follows=given,
        )
        for given in held
    ]
    end(Purpose(record.purpose), person_id)
    return withdrawn[-1]


@transaction.atomic(savepoint=False)
def withdraw_by_erasure(
    person_ids: Collection[uuid.UUID] | Array, *, source: ConsentRecord.Source, place: str = ""
) -> list[ConsentRecord]:
    """Record that all to which people still agree ends with their erasure, in its transaction.

    Before the identities go: the records then carry their hashes, and afterwards nobody stands
    behind a consent that seems to hold. From these records on the years of their keeping count.
    Whoever agreed to nothing, or is gone already, gets none.
    """
    identities = ConsentIdentity.objects.filter(
        among("person_id", person_ids),
        subject_id__in=agreed_by(person_ids).values("subject_id"),
    )
    subjects = set()
    for identity in identities.select_for_update():
        subjects.add(identity.subject_id)
        if text_or(identity, "identifier", instead="") == "":
            # No key opens it: it is about to go, and must hold up no right.
            ConsentIdentity.objects.filter(pk=identity.pk).update(identifier="")
    return record_withdrawals(
        [(given, _later_than(given)) for given in _held(subjects)],
        source=source,
        way=ConsentRecord.Way.ERASURE,
        place=place,
    )


def agreed_by(person_ids: Collection[uuid.UUID] | Array) -> QuerySet[ConsentRecord]:
    """What these people have agreed to, also what they have taken back since."""
    identities = ConsentIdentity.objects.filter(among("person_id", person_ids))
    return ConsentRecord.objects.filter(
        subject_id__in=identities.values("subject_id"), decision=Decision.GRANTED
    )


def can_be_withdrawn(record: ConsentRecord) -> bool:
    """Whether a button for it makes sense now."""
    if is_click(record):
        return withdrawal_of(record) is None
    if _person(record) is None:
        return False
    standing = standing_beside(record)
    return standing is not None and standing.decision == Decision.GRANTED


def _person(record: ConsentRecord) -> uuid.UUID | None:
    """Who can take this back with a word; nobody, where there is nothing of that kind."""
    if record.purpose not in AT_A_BUTTON or record.decision != Decision.GRANTED:
        return None
    people = ConsentIdentity.objects.filter(subject_id=record.subject_id)
    return people.values_list("person_id", flat=True).first()


def _held(subjects: Collection[uuid.UUID]) -> list[ConsentRecord]:
    """Each consent that holds under one of these pseudonyms, in the order they were given.

    By the pseudonym: once the identities are gone nothing leads from one to the other.
    """
    said: dict[uuid.UUID, list[ConsentRecord]] = {subject: [] for subject in subjects}
    if not subjects:
        return []
    records = ConsentRecord.objects.filter(among("subject_id", subjects)).counted()
    for record in records.select_related("text_version"):
        said[record.subject_id].append(record)
    standing = [each for of_one in said.values() for each in what_stands(of_one).values()]
    held = [each for each in standing if each.decision == Decision.GRANTED]
    return sorted(held, key=lambda record: (record.given_at, record.pk))


def _later_than(given: ConsentRecord) -> datetime:
    """Now, and later than the consent also where another machine's clock was ahead of ours."""
    return max(timezone.now(), given.given_at + timedelta(microseconds=1))
