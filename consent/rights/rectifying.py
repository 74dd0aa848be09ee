"""Setting right what is stored on a person, and adding what they have to say to it (Art. 16 GDPR).

Records of consent are set right by corrections of their own (``consent.ledger.correcting``).
"""

from django.conf import settings
from django.db import transaction

from chatbo.foundation.audit.entries import changes, record
from chatbo.foundation.encryption import text_or
from consent.rights.by_hand.outcomes import hold_requests_of, note_done
from consent.rights.errors import (
    EmptyStatementError,
    StatementTooLongError,
    TooManyStatementsError,
    UnknownLanguageError,
)
from consent.rights.locking import locked
from consent.rights.models import LONGEST_STATEMENT, RightsRequest, SupplementaryStatement
from tenants.accounts.models import User
from tenants.bots.models import Subscriber

MOST = 50
"""Statements of one person: the page shows them all."""


@transaction.atomic
def change_language(subscriber: Subscriber, language: str, *, by: User) -> None:
    """The language in which a person gets their copy, and is told of their erasure.

    Raises ``UnknownLanguageError``, ``NobodyError``.
    """
    if language not in dict(settings.LANGUAGES):
        raise UnknownLanguageError
    hold_requests_of(subscriber.pk)
    subscriber = locked(subscriber.pk)
    if subscriber.language == language:
        return
    details = changes(subscriber, {"language": language}, content=())
    subscriber.language = language
    subscriber.save(update_fields=["language"])
    note_done(subscriber.pk, RightsRequest.Kind.RECTIFICATION)
    record("person.language_changed", actor_id=by.pk, details=details)


@transaction.atomic
def add_statement(subscriber: Subscriber, text: str, *, by: User) -> SupplementaryStatement:
    """Put a person's statement beside what cannot be changed, as it is the record of what was said.

    The same twice is one. Raises ``EmptyStatementError``, ``StatementTooLongError``,
    ``TooManyStatementsError``, ``NobodyError``.
    """
    text = text.strip()
    if not text:
        raise EmptyStatementError
    if len(text) > LONGEST_STATEMENT:
        raise StatementTooLongError
    hold_requests_of(subscriber.pk)
    subscriber = locked(subscriber.pk)
    there = list(SupplementaryStatement.objects.filter(subscriber=subscriber))
    for each in there:
        if text_or(each, "text", "") == text:
            return each
    if len(there) >= MOST:
        raise TooManyStatementsError
    statement = SupplementaryStatement.objects.create(
        subscriber=subscriber, text=text, added_by_id=by.pk
    )
    note_done(subscriber.pk, RightsRequest.Kind.RECTIFICATION)
    record("statement.added", target=statement, actor_id=by.pk)
    return statement
