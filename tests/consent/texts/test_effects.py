"""Who must be told or asked again when a text changes is computed, not remembered."""

from collections.abc import Callable

import pytest

from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import (
    Effect,
    decide_on_text,
    effect_since,
    submit_text,
    ways_since,
)
from consent.texts.ways import Way
from tenants.accounts.models import User

APPROVED, REJECTED = Approval.Verdict.APPROVED, Approval.Verdict.REJECTED
EDITORIAL, INFORM, ASK = Effect.EDITORIAL, Effect.INFORM, Effect.ASK

Next = Callable[..., TextVersion]


@pytest.fixture
def next_version(lawyer: User) -> Next:
    def publish(
        effect: Effect, *, verdict: Approval.Verdict | None = APPROVED, language: str = "de"
    ) -> TextVersion:
        version = submit_text(
            key="house-rules",
            language=language,
            title="Rules",
            body=f"Be kind {TextVersion.objects.count()}",
            change="For the test",
            effect=effect,
        )
        if verdict:
            decide_on_text(version, lawyer=lawyer, verdict=verdict)
        return version

    return publish


def test_who_knows_the_text_in_force_need_not_be_told(next_version: Next) -> None:
    assert effect_since(next_version(ASK)) == EDITORIAL


@pytest.mark.parametrize("effect", list(Effect))
def test_the_next_version_says_what_it_means_for_those_before(
    next_version: Next, effect: Effect
) -> None:
    seen = next_version(ASK)
    next_version(effect)

    assert effect_since(seen) == effect
    assert effect.must_be_told == (effect in {INFORM, ASK})


def test_the_strongest_of_all_that_was_missed_counts(next_version: Next) -> None:
    seen, second = next_version(EDITORIAL), next_version(ASK)
    third, _newest = next_version(INFORM), next_version(EDITORIAL)

    assert [effect_since(version) for version in (seen, second, third)] == [ASK, INFORM, EDITORIAL]


def test_what_no_lawyer_has_approved_asks_nobody(next_version: Next) -> None:
    seen = next_version(EDITORIAL)
    next_version(ASK, verdict=None)
    next_version(ASK, verdict=REJECTED)
    assert effect_since(seen) == EDITORIAL

    next_version(INFORM)
    assert effect_since(seen) == INFORM


def test_after_a_withdrawal_the_way_leads_back(next_version: Next, lawyer: User) -> None:
    """Whoever agreed to what was withdrawn agreed to other words than those in force."""
    first, second, third = next_version(EDITORIAL), next_version(ASK), next_version(EDITORIAL)
    for version in (third, second):
        decide_on_text(version, lawyer=lawyer, verdict=REJECTED, remark="No.")

    assert [effect_since(v) for v in (first, second, third)] == [EDITORIAL, ASK, ASK]


def test_languages_count_for_themselves(next_version: Next, lawyer: User) -> None:
    english, german = next_version(EDITORIAL, language="en"), next_version(EDITORIAL)
    next_version(ASK)

    assert effect_since(german) == ASK
    assert effect_since(english) == EDITORIAL
    decide_on_text(english, lawyer=lawyer, verdict=REJECTED, remark="No.")
    assert effect_since(english) == ASK, "German stands in, which they have never read"


def test_with_nothing_in_force_there_is_nothing_to_ask(next_version: Next) -> None:
    with pytest.raises(NotApprovedError):
        effect_since(next_version(ASK, verdict=None))


def withdraw(version: TextVersion, lawyer: User) -> None:
    decide_on_text(version, lawyer=lawyer, verdict=REJECTED, remark="No.")


def test_what_was_withdrawn_before_somebody_saw_it_does_not_count_for_them(
    next_version: Next, lawyer: User
) -> None:
    """The third version goes on from the first: the second one's change is not in it."""
    first, second = next_version(EDITORIAL), next_version(ASK)
    withdraw(second, lawyer)
    next_version(INFORM)

    assert effect_since(first) == INFORM
    assert effect_since(second) == ASK, "who saw it goes back over it"


def test_what_later_versions_go_on_from_counts_also_once_it_is_withdrawn(
    next_version: Next, lawyer: User
) -> None:
    first, second = next_version(EDITORIAL), next_version(ASK)
    next_version(INFORM)
    withdraw(second, lawyer)

    assert [effect_since(version) for version in (first, second)] == [ASK, INFORM]


def test_the_way_names_what_is_left_and_what_is_new(next_version: Next, lawyer: User) -> None:
    first, second = next_version(EDITORIAL), next_version(ASK)
    withdraw(second, lawyer)
    third, fourth = next_version(INFORM), next_version(EDITORIAL)
    ways = ways_since([first, second, fourth])

    assert ways[first] == Way(back=(), forth=(third, fourth))
    assert ways[second] == Way(back=(second,), forth=(third, fourth))
    assert ways[fourth] == Way()


def test_a_version_that_replaces_a_withdrawn_one_goes_on_from_it_where_nothing_else_held(
    next_version: Next, lawyer: User
) -> None:
    first = next_version(ASK)
    withdraw(first, lawyer)
    next_version(INFORM)

    assert effect_since(first) == INFORM


def test_a_version_that_is_approved_anew_is_where_it_was(next_version: Next, lawyer: User) -> None:
    first, second = next_version(EDITORIAL), next_version(ASK)
    withdraw(second, lawyer)
    third = next_version(INFORM)
    withdraw(third, lawyer)
    decide_on_text(second, lawyer=lawyer, verdict=APPROVED)

    assert [effect_since(version) for version in (first, second, third)] == [ASK, EDITORIAL, ASK]
