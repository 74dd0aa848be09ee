"""Texts that changed since somebody answered them: who is told, and who is asked once more.

The terms ask for agreement to each new version, and go on as they were without it; so nobody is
shut out. A privacy policy is told, never agreed to (Arts. 13, 14 GDPR). What was optional and gets
other words holds for the old ones only: it is asked anew, or ends.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from chatbo.foundation.isolation import tenant_scope, user_scope
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.ledger.weighing import what_stands
from consent.ledger.withdrawing import AT_A_BUTTON, withdraw
from consent.signup.errors import ChangedMeanwhileError
from consent.signup.shown import KEYS, Purpose
from consent.texts.effects import strongest
from consent.texts.models import TextVersion
from consent.texts.versions import Effect, text_in_force, text_in_force_then, ways_since
from consent.texts.ways import Way
from tenants.accounts.models import Membership, User

PLACE = "/accounts/changes/"
TERMS, PRIVACY = "terms", "privacy"
Decision = ConsentRecord.Decision


@dataclass(frozen=True)
class ChangedText:
    """``now`` stands where ``seen`` stood. ``records``: what stands now, a business each."""

    purpose: Purpose
    seen: TextVersion
    now: TextVersion
    effect: Effect
    records: Mapping[uuid.UUID, ConsentRecord | None]
    way: Way | None = None
    was_agreed: bool = False
    """They agreed to ``now`` before; a later version that they knew was withdrawn."""

    @property
    def name(self) -> str:
        return f"{self.purpose.value}-{self.now.key}"

    @property
    def is_asked(self) -> bool:
        return self.effect == Effect.ASK and self.purpose != Purpose.PRIVACY

    @property
    def is_optional(self) -> bool:
        return self.purpose in AT_A_BUTTON


def changed_texts(user: User) -> list[ChangedText]:
    """What this user knows in a version that is not in force any more, as far as it matters.

    Of texts that they answered at a sign-up, and of the privacy policy since they have an account.
    Who belongs to no business (ChatBo's own people, partners) has no records, and is asked nothing.
    Raises ``NotApprovedError``.
    """
    with user_scope(user.pk):
        tenants = list(
            Membership.objects.filter(user=user)
            .order_by("created_at")
            .values_list("tenant_id", flat=True)
        )
    found: dict[tuple[Purpose, TextVersion], ChangedText] = {}
    for tenant_id in tenants:
        with tenant_scope(tenant_id):
            for change in _changes_in(tenant_id, user, at_home=tenant_id == tenants[0]):
                earlier = found.get((change.purpose, change.now))
                found[change.purpose, change.now] = (
                    _together(earlier, change) if earlier else change
                )
    return list(found.values())


def _changes_in(tenant_id: uuid.UUID, user: User, *, at_home: bool) -> Iterator[ChangedText]:
    """In one business, in its scope.

    Measured from what holds for them, if there is something new since what they answered. Where
    a version that was withdrawn leads back to one that they agreed to, that is told and not asked.
    """
    known = list(_known(user, at_home=at_home))
    ways = ways_since({text for each in known for text in (each.answered, each.holds)})
    for each in known:
        if not _effect(ways[each.answered]).must_be_told:
            continue
        now = text_in_force(each.holds.key, each.holds.language)
        way, was_agreed = ways[each.holds], now in each.agreed
        effect = _effect(way)
        if was_agreed and effect == Effect.ASK:
            effect = Effect.INFORM
        if each.holds == now or not effect.must_be_told:
            continue  # Refused, and withdrawn since: what holds for them is in force.
        yield ChangedText(
            each.purpose, each.holds, now, effect, {tenant_id: each.last}, way, was_agreed
        )


def _effect(way: Way | None) -> Effect:
    return way.effect if way else Effect.ASK


def _together(one: ChangedText, other: ChangedText) -> ChangedText:
    """The same text, known in two businesses: what is new since the older of both versions."""
    older = min(one, other, key=lambda change: change.seen.number)
    return replace(
        older,
        effect=strongest([one.effect, other.effect]),
        records={**one.records, **other.records},
        was_agreed=one.was_agreed and other.was_agreed,
    )


@transaction.atomic
def answer_changed_texts(
    user: User,
    *,
    shown: Mapping[uuid.UUID, str],
    shown_at: datetime,
    answers: Mapping[str, bool],
    network: str = "",
) -> None:
    """Record what somebody was told, and what they said to it. Twice is once.

    ``shown``: each version that was on the page, with what stood there; ``answers``: by the name
    of the changed text. Saying no to something optional ends it. Raises ``ChangedMeanwhileError``
    where a newer version is in force than the one shown, and ``NoOtherWayInError``.
    """
    User.objects.select_for_update().get(pk=user.pk)
    changes = changed_texts(user)
    if any(change.now.pk not in shown for change in changes):
        raise ChangedMeanwhileError
    for change in changes:
        form = shown[change.now.pk]
        for tenant_id, last in change.records.items():
            with tenant_scope(tenant_id):
                agrees = answers.get(change.name, False)
                if change.is_asked and change.is_optional and not agrees and last is not None:
                    withdraw(last, form=form, network=network, place=PLACE)
                    continue
                record_consent(
                    change.now,
                    purpose=change.purpose,
                    decision=_decision(change, agrees=agrees),
                    source=ConsentRecord.Source.PAGE,
                    controller=ConsentRecord.Controller.PLATFORM,
                    way=ConsentRecord.Way.TICK if change.is_asked else ConsentRecord.Way.CLICK,
                    place=PLACE,
                    form=form,
                    person_id=user.pk,
                    identifier=user.email,
                    network=network,
                    shown_at=shown_at,
                )


def _decision(change: ChangedText, *, agrees: bool) -> ConsentRecord.Decision:
    if not change.is_asked:
        return Decision.SHOWN
    return Decision.GRANTED if agrees else Decision.REFUSED


@dataclass(frozen=True)
class _Known:
    """A text that somebody knows: the version that they answered last, and the one that ``holds``
    for them, which is an older one after a no; all that they ``agreed`` to; ``last``:
    what stands.
    """

    purpose: Purpose
    answered: TextVersion
    holds: TextVersion
    agreed: frozenset[TextVersion]
    last: ConsentRecord | None


def _known(user: User, *, at_home: bool) -> Iterator[_Known]:
    records = _records_on(user)
    standing = what_stands(records)
    for purpose, key in KEYS.items():
        said = [record for record in records if record.purpose == purpose]
        if not said or (purpose in AT_A_BUTTON and standing[purpose].decision != Decision.GRANTED):
            continue
        for wanted in (key, TERMS) if purpose == Purpose.TERMS else (key,):
            held = [record for record in said if record.decision != Decision.REFUSED]
            yes = [record for record in said if record.decision == Decision.GRANTED]
            agreed = frozenset(_seen([record], wanted) for record in yes)
            answered, holds = _seen(said, wanted), _seen(held or said, wanted)
            yield _Known(purpose, answered, holds, agreed, standing[purpose])
    if at_home:
        told = [record for record in records if record.purpose == Purpose.PRIVACY]
        seen = _seen(told, PRIVACY) if told else _policy_at_first(user)
        yield _Known(Purpose.PRIVACY, seen, seen, frozenset(), standing.get(Purpose.PRIVACY))


def _seen(said: list[ConsentRecord], key: str) -> TextVersion:
    """The version that was last answered, or that the words which were answered led to then."""
    for record in said:
        if record.text_version.key == key:
            return record.text_version
    first = said[-1]
    return text_in_force_then(key, first.language, first.shown_at or first.given_at)


def _policy_at_first(user: User) -> TextVersion:
    return text_in_force_then(PRIVACY, user.language, user.joined_at)


def _records_on(user: User) -> list[ConsentRecord]:
    """What counts of somebody as ChatBo's customer in this business, the newest first."""
    of_user = ConsentRecord.objects.of_person(user.pk).counted()
    return list(of_user.filter(controller=ConsentRecord.Controller.PLATFORM))
