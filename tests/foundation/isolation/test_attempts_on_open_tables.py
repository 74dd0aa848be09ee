"""Attempts to write to what everybody may read: the directory, asked before a scope is open."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest

from chatbo.foundation.isolation import (
    directory,
    partner_scope,
    platform_scope,
    tenant_scope,
    user_scope,
)
from chatbo.foundation.isolation.directory import TakenError
from chatbo.foundation.isolation.scopes import NoScopeError
from tests.foundation.isolation.conftest import (
    Neighbours,
    attempt,
    insertion,
    is_refused,
    row_of_a_third,
)
from tests.foundation.isolation.planting import OPEN_TO_READ, label, plant, rows, whole

pytestmark = pytest.mark.parametrize("model", OPEN_TO_READ, ids=label)

Scope = Callable[[], AbstractContextManager[Any]]

NOT_THEIRS: dict[str, Scope] = {
    "no scope": nullcontext,
    "another tenant's": lambda: tenant_scope(uuid.uuid4()),
    "a user's": lambda: user_scope(uuid.uuid4()),
    "a partner's": lambda: partner_scope(uuid.uuid4()),
}
each_scope = pytest.mark.parametrize("scope", NOT_THEIRS.values(), ids=NOT_THEIRS)


@each_scope
def test_everybody_reads_every_row(neighbours: Neighbours, scope: Scope) -> None:
    with scope():
        assert {neighbours.own, neighbours.row} <= set(rows(neighbours.model))


@each_scope
def test_nobody_but_the_owner_writes_a_row(neighbours: Neighbours, scope: Scope) -> None:
    table = neighbours.table
    for statement in (
        f"SELECT * FROM {table} WHERE id = %s FOR UPDATE",
        f"SELECT * FROM {table} WHERE id = %s FOR KEY SHARE",
        f"UPDATE {table} SET tenant_id = tenant_id WHERE id = %s",
        f"DELETE FROM {table} WHERE id = %s",
    ):
        with scope():
            outcome = attempt(statement, [neighbours.row])
        assert outcome == 0 or is_refused(outcome), statement
    neighbours.assert_untouched()


@each_scope
def test_a_row_for_somebody_else_is_refused(neighbours: Neighbours, scope: Scope) -> None:
    values = row_of_a_third(neighbours.model)

    with scope():
        assert is_refused(insertion(neighbours.model, values))


def test_a_row_is_taken_over_in_neither_direction(neighbours: Neighbours) -> None:
    update = f"UPDATE {neighbours.table} SET tenant_id = %s WHERE id = %s"
    with neighbours.as_me():
        assert is_refused(attempt(update, [neighbours.theirs, neighbours.own]))
        assert attempt(update, [neighbours.mine, neighbours.row]) == 0
    neighbours.assert_untouched()


def test_a_taken_value_is_not_taken_over_by_writing_on_top_of_it(neighbours: Neighbours) -> None:
    """An insertion that would become an UPDATE of the neighbour's row."""
    with neighbours.as_me():
        outcome = attempt(
            f"INSERT INTO {neighbours.table} (kind, digest, tenant_id)"
            f" SELECT kind, digest, %s FROM {neighbours.table} WHERE id = %s"
            " ON CONFLICT (kind, digest) DO UPDATE SET tenant_id = excluded.tenant_id",
            [neighbours.mine, neighbours.row],
        )

    assert is_refused(outcome)
    neighbours.assert_untouched()


def test_the_owner_and_the_platform_write_it(neighbours: Neighbours) -> None:
    update = f"UPDATE {neighbours.table} SET target_id = NULL WHERE id = %s"
    with neighbours.as_me():
        assert attempt(update, [neighbours.own]) == 1
    with platform_scope("test"):
        assert attempt(update, [neighbours.row]) == 1


def test_a_value_leads_to_whoever_registered_it_until_they_forget_it(db: None, model: Any) -> None:
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    with tenant_scope(theirs):
        directory.register("messenger-page", "4711", uuid.uuid4())

    with tenant_scope(mine):
        with pytest.raises(TakenError):
            directory.register("messenger-page", "4711")
        directory.forget("messenger-page", "4711")

    assert directory.find("messenger-page", "4711").tenant_id == theirs
    with tenant_scope(theirs):
        directory.forget("messenger-page", "4711")
    assert directory.find("messenger-page", "4711") is None


def test_without_a_scope_nothing_is_registered_or_forgotten(db: None, model: Any) -> None:
    tenant, target = uuid.uuid4(), uuid.uuid4()
    with tenant_scope(tenant):
        directory.register("messenger-page", "4711", target)

    with pytest.raises(NoScopeError):
        directory.register("messenger-page", "4712")
    with pytest.raises(NoScopeError):
        directory.forget("messenger-page", "4711")
    with pytest.raises(NoScopeError):
        directory.forget_target("messenger-page", target)

    assert directory.find("messenger-page", "4711").target_id == target


def test_the_rows_of_the_test_are_real_ones(neighbours: Neighbours) -> None:
    with neighbours.as_them():
        other = plant(neighbours.model, neighbours.theirs)
        assert whole(neighbours.model, other) is not None
        assert attempt(f"DELETE FROM {neighbours.table} WHERE id = %s", [other]) == 1
