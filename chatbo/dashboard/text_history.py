"""A text's versions side by side: what became of each, and what follows where one is taken back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chatbo.dashboard.text_holders import Concerned, whom_concerns_leaving
from consent.texts.approvals import lets_use
from consent.texts.effects import Effect
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import decisions_on
from consent.texts.ways import Decided, approved_first, way_between

Verdict = Approval.Verdict


class Standing(models.TextChoices):
    """What became of a version. Each has its badge (``elements/status.html``)."""

    IN_FORCE = "in_force", _("in force")
    TO_COME = "to_come", _("approved, for later")
    REPLACED = "replaced", _("approved, replaced since")
    ENDED = "ended", _("ended")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a text", "withdrawn")
    REJECTED = "rejected", _("rejected")
    WAITING = "pending", _("waiting")
    PASSED_OVER = "expired", _("never decided on")

    @property
    def badge(self) -> str:
        return _BADGES.get(self, self.value)


_BADGES = {
    Standing.IN_FORCE: "approved",
    Standing.TO_COME: "pending",
    Standing.REPLACED: "ended",
    Standing.WITHDRAWN: "withdrawn",
}


@dataclass(frozen=True)
class Follows:
    """What is so once a version no longer holds: ``next`` holds then, or nothing of this text."""

    next: TextVersion | None
    concerned: Concerned
    effect: Effect
    """On those who know this one."""


def history_of(version: TextVersion) -> list[tuple[TextVersion, Standing]]:
    """All versions of this text in this language, the newest first."""
    decided = decisions_on(version.key, version.language)
    words = {each.pk: said for each, said in decided}
    in_force = _in_force(decided)
    waiting = set(TextVersion.objects.pending().values_list("pk", flat=True))
    every = TextVersion.objects.filter(key=version.key, language=version.language)
    return [
        (each, _standing(each, words.get(each.pk, []), in_force, is_waiting=each.pk in waiting))
        for each in every.order_by("-number")
    ]


def withdrawals_among(said: Sequence[Approval]) -> set[uuid.UUID]:
    """Of words in their order, those that took an approval back."""
    found: set[uuid.UUID] = set()
    is_approved = False
    for word in said:
        if word.verdict == Verdict.REJECTED and is_approved:
            found.add(word.pk)
        is_approved = word.verdict == Verdict.APPROVED or (
            is_approved and word.verdict == Verdict.ENDED
        )
    return found


def effects_on_earlier(version: TextVersion) -> list[tuple[TextVersion, Effect]]:
    """What a version asks of those who know each earlier one that was approved, if it is approved
    now: the same as the rooms compute then. Empty where it is the same for all of them.
    """
    decided = decisions_on(version.key, version.language)
    found = [
        (each, way_between(each, version, decided).effect)
        for each, said in decided
        if each.number < version.number and approved_first(said)
    ]
    return found if any(effect != version.effect for _each, effect in found) else []


def what_follows_without(version: TextVersion) -> Follows | None:
    """Where this very version is in force: what comes once its approval is taken back, or ends."""
    decided = decisions_on(version.key, version.language)
    if _in_force(decided) != version:
        return None
    following = _in_force([pair for pair in decided if pair[0] != version])
    effect = way_between(version, following, decided).effect if following else Effect.ASK
    return Follows(following, whom_concerns_leaving(version), effect)


def _in_force(decided: list[Decided]) -> TextVersion | None:
    now = timezone.now()
    return next((each for each, said in decided if lets_use(said[-1], at=now)), None)


def _standing(
    version: TextVersion,
    said: Sequence[Approval],
    in_force: TextVersion | None,
    *,
    is_waiting: bool,
) -> Standing:
    if version == in_force:
        return Standing.IN_FORCE
    if not said:
        return Standing.WAITING if is_waiting else Standing.PASSED_OVER
    if said[-1].verdict == Verdict.REJECTED:
        return Standing.WITHDRAWN if approved_first(said) else Standing.REJECTED
    now = timezone.now()
    if version.valid_from and version.valid_from > now:
        return Standing.TO_COME
    has_ended = version.valid_until is not None and version.valid_until <= now
    return Standing.REPLACED if said[-1].stands_at(now) and not has_ended else Standing.ENDED
