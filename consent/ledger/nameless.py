"""What visitors agreed to by a click, without a name (Art. 11 GDPR), and how they take it back.

Nobody can be asked who they are, so the proof is what they were given: the click's receipt, which
they hold themselves, or which the chat that it opened was handed for this visit.
"""

import uuid
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chatbo.foundation.turns import wait_for_turn
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.recording import record_consent

Decision = ConsentRecord.Decision
Source = ConsentRecord.Source


@transaction.atomic
def withdraw_click(
    click: ConsentRecord,
    *,
    source: Source,
    way: ConsentRecord.Way,
    place: str = "",
    form: str = "",
    network: str = "",
) -> ConsentRecord:
    """Record that the visitor takes a click back, under the same pseudonym and without a name.

    In its tenant's scope. Twice is once: the first withdrawal is given back.
    """
    wait_for_turn("withdraw a click", click.subject_id)
    return withdrawal_of(click) or record_consent(
        click.text_version,
        purpose=ConsentRecord.Purpose(click.purpose),
        decision=Decision.WITHDRAWN,
        source=source,
        controller=ConsentRecord.Controller(click.controller),
        way=way,
        place=place,
        form=form,
        network=network,
        follows=click,
    )


def clicks_among(numbers: Collection[uuid.UUID | str]) -> list[ConsentRecord]:
    """Those of these records that are clicks without a name, in the tenant's scope."""
    found = _clicks().filter(pk__in=numbers).select_related("text_version")
    return list(found) if numbers else []


def is_click(record: ConsentRecord) -> bool:
    """Whether somebody without a name agreed here, by a click on a tool, and nobody has set that
    right since.
    """
    may_be = record.source == Source.TOOL and record.decision == Decision.GRANTED
    return may_be and _clicks().filter(pk=record.pk).exists()


def _clicks() -> QuerySet[ConsentRecord]:
    people = ConsentIdentity.objects.filter(
        tenant_id=OuterRef("tenant_id"), subject_id=OuterRef("subject_id")
    )
    clicks = ConsentRecord.objects.filter(source=Source.TOOL, decision=Decision.GRANTED)
    return clicks.counted().filter(~Exists(people))


def withdrawal_of(click: ConsentRecord) -> ConsentRecord | None:
    same = ConsentRecord.objects.filter(subject_id=click.subject_id, purpose=click.purpose)
    return same.filter(decision=Decision.WITHDRAWN).first()
