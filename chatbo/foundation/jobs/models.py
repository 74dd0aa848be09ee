"""A job is a row: what must happen is written down in the transaction that causes it."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

LONGEST_PAUSE = timedelta(hours=1)


J = TypeVar("J", bound="Job")


class JobQuerySet(models.QuerySet[J]):
    """Shared by every kind of job. All of it is atomic in single statements."""

    def unfinished(self) -> Self:
        return self.filter(finished_at=None)

    def due(self) -> Self:
        """Not finished, not waiting for its next try, and in nobody's hands."""
        now = timezone.now()
        return self.unfinished().filter(
            Q(lease_until=None) | Q(lease_until__lt=now), not_before__lte=now
        )

    def claim(self, pk: uuid.UUID | str) -> J | None:
        """Take the job for this worker, or ``None`` where somebody else has it or it is done.

        One UPDATE: of two workers one counts a row. A killed worker's lease runs out, and the
        sweep hands the job to another.
        """
        taken = (
            self.due()
            .filter(pk=pk)
            .update(lease_until=timezone.now() + self.model.LEASE, attempts=F("attempts") + 1)
        )
        return self.get(pk=pk) if taken else None

    def in_hands_of(self, claimed: J) -> Self:
        """The row as long as it is in the hands of the worker that claimed it: each claim counts.

        Nothing where it is done, or where the lease ran out and another worker has it.
        """
        return self.unfinished().filter(pk=claimed.pk, attempts=claimed.attempts)

    def keep_hold_of(self, claimed: J, **facts: Any) -> bool:
        """Take a new lease on a claimed job, and note ``facts``. Whether it still was in hands."""
        lease = timezone.now() + self.model.LEASE
        return self.in_hands_of(claimed).update(lease_until=lease, **facts) == 1


class Job(models.Model):
    """The columns with which any row can be worked on once, retried and swept."""

    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=200, blank=True, editable=False)

    LEASE: ClassVar = timedelta(minutes=2)
    """How long a worker may hold the job; longer than its work ever takes."""

    fields_besides: ClassVar = dict.fromkeys(
        ("not_before", "lease_until", "finished_at", "attempts", "last_error"),
        "How far the work has got; an error is a code or a class's name.",
    )

    class Meta:
        abstract = True

    def finish(self) -> None:
        """Mark the job as done and let go of it. Saves the whole row."""
        self.finished_at = timezone.now()
        self.lease_until = None
        self.save()

    def try_again(self, error: str, *, after: timedelta | None = None) -> datetime:
        """Let go of the job until its next try: 2, 4, 8 ... seconds, one hour at most.

        ``error`` is a code or a class name, never a text that could name a person.
        """
        pause = after or min(timedelta(seconds=2 ** min(self.attempts, 12)), LONGEST_PAUSE)
        self.not_before = timezone.now() + pause
        self.lease_until = None
        self.last_error = error[:200]
        self.save()
        return self.not_before
