"""Deleting everything stored on a person, as the models themselves declare it."""

from django.db import models, transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.personal_data import Blanked, Deleted, PersonalData, declarations_about
from chatbo.foundation.personal_data.rows import rows_about
from consent.erasure.models import Erasure
from consent.ledger.models import ConsentRecord
from consent.ledger.withdrawing import withdraw_by_erasure
from tenants.bots.models import Subscriber


@transaction.atomic
def delete_subject(erasure: Erasure) -> dict[str, int]:
    """Delete or blank every row on the erasure's subject; all of it, or nothing.

    Gives back, and keeps in the job, how many rows went, by model label. No list stands here:
    whatever declares to be about a subscriber is found in Django's app registry. What they had
    agreed to is withdrawn first: that stays on record, and counts among nothing that went.
    """
    counts: dict[str, int] = {}
    subject = Subscriber.objects.select_for_update().filter(pk=erasure.subject_id).first()
    if subject is not None:
        is_in_chat = erasure.origin == Erasure.Origin.BOT
        withdraw_by_erasure(
            subject.pk,
            source=ConsentRecord.Source.BOT if is_in_chat else ConsentRecord.Source.PAGE,
            place=subject.channel.bot.name if is_in_chat else "",
        )
        for model, declaration in _innermost_last():
            if model is Erasure:
                continue  # The job needs the address once more, and then drops it itself.
            rows = rows_about(subject, model, declaration)
            if isinstance(declaration.end, Deleted):
                _, deleted = rows.delete()
                for label, count in deleted.items():
                    counts[label] = counts.get(label, 0) + count
            elif isinstance(declaration.end, Blanked):
                rows.update(**declaration.end.fields)
    counts = {label: count for label, count in counts.items() if count}
    erasure.counts = counts
    erasure.state = Erasure.State.DELETED
    erasure.deleted_at = timezone.now()
    erasure.save()
    record("erasure.deleted", target=erasure, details={"counts": erasure.counts})
    return counts


def _innermost_last() -> list[tuple[type[models.Model], PersonalData]]:
    """The subject's own row goes last: the others are found by what stands in it."""
    declared = declarations_about(Subscriber._meta.label)
    return sorted(declared, key=lambda pair: pair[0] is Subscriber)
