"""A request goes only the ways it may, in Python and in the database alike."""

import itertools
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent.rights.by_hand.closing import withdraw_request
from consent.rights.by_hand.errors import IllegalTransitionError
from consent.rights.by_hand.transitions import LEGAL, move
from consent.rights.models import RightsRequest

TODAY = timezone.localdate()
CLOSED: dict[str, Any] = {"closed_on": TODAY, "contact": ""}
CHECKED: dict[str, Any] = {"identity": "chat", "identity_on": TODAY}
FACTS: dict[str, dict[str, Any]] = {
    "open": {"about_somebody": False, "identity": "", "identity_on": None},
    "in_progress": CHECKED,
    "answered": {**CHECKED, **CLOSED, "reply": "letter", "outcome": "outside"},
    "refused": {**CHECKED, **CLOSED, "reply": "letter", "refusal": "excessive"},
    "withdrawn": {**CHECKED, **CLOSED},
}


class UndoneError(Exception):
    """What was tried is taken back."""


def brought(wish: RightsRequest, state: str) -> RightsRequest:
    """Into the state, by whoever writes to the database past the product."""
    if state != "open":
        RightsRequest.objects.filter(pk=wish.pk).update(state=state, **FACTS[state])
    return RightsRequest.objects.get(pk=wish.pk)


def database_allows(wish: RightsRequest, state: str) -> bool:
    try:
        with transaction.atomic():
            facts = {"closed_on": None, "refusal": "", "outcome": "", **FACTS[state]}
            RightsRequest.objects.filter(pk=wish.pk).update(state=state, **facts)
            raise UndoneError
    except UndoneError:
        return True
    except IntegrityError:
        return False


def python_allows(wish: RightsRequest, state: str) -> bool:
    try:
        with transaction.atomic():
            move(wish, RightsRequest.State(state), "answered", **FACTS[state])
            raise UndoneError
    except UndoneError:
        return True
    except IllegalTransitionError:
        return False


def test_python_and_the_database_allow_the_same(cafe, enter):
    wish = enter(kind=RightsRequest.Kind.OBJECTION)
    for start, end in itertools.permutations(RightsRequest.State.values, 2):
        with cafe.scope(), transaction.atomic():
            there = brought(wish, start)
            by_database = database_allows(there, end)
            assert by_database == python_allows(there, end) == (end in LEGAL[start]), (start, end)
            transaction.set_rollback(True)


@pytest.mark.parametrize("state", ["in_progress", "answered", "refused", "withdrawn"])
def test_none_begins_anywhere_but_open(cafe, state):
    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.create(
            kind="access",
            way="mail",
            received_on=TODAY,
            due_on=TODAY,
            state=state,
            **{"about_somebody": True, **FACTS[state]},
        )


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "done"},
        {"contact": "x"},
        {"reply": "mail"},
        {"closed_on": None},
        {"way": "mail"},
    ],
)
def test_a_closed_request_is_never_changed(cafe, enter, change):
    wish = enter(kind=RightsRequest.Kind.OBJECTION)
    with cafe.scope():
        brought(wish, "answered")
        with pytest.raises(IntegrityError), transaction.atomic():
            RightsRequest.objects.filter(pk=wish.pk).update(**change)


def test_only_the_account_of_who_checked_may_end_after_it(cafe, enter):
    wish = enter(checked=True)
    with cafe.scope():
        withdraw_request(wish)
        assert RightsRequest.objects.filter(pk=wish.pk).update(checked_by_id=None) == 1


@pytest.mark.parametrize(
    "past",
    [
        {"state": "refused", **CLOSED, "reply": "letter"},
        {"state": "refused", **CLOSED, "refusal": "excessive"},
        {"state": "withdrawn", "contact": ""},
        {"state": "withdrawn", "closed_on": TODAY},
    ],
)
def test_none_ends_by_halves(cafe, enter, past):
    wish = enter()
    with cafe.scope(), pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.filter(pk=wish.pk).update(**past)
