"""Random sequences of all that opens, ends and breaks scopes, against a model in plain Python.

After each step every visible row is compared. 40 sequences of up to 30 steps run by default, the
same ones each time; for thousands of others:

    pytest tests/foundation/isolation/test_state_machine.py --hypothesis-profile=long
"""

import contextlib
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chatbo.foundation.isolation import (
    current_scope,
    partner_scope,
    platform_scope,
    tenant_scope,
    user_scope,
)
from chatbo.foundation.isolation.scopes import Scope, WideningError
from tenants.bots.models import Bot, Rule
from tests.foundation.isolation.planting import insert, row

BOUNDED = settings(max_examples=40, stateful_step_count=30, deadline=None, derandomize=True)

TENANTS = [uuid.UUID(int=number) for number in (1, 2, 3)]
tenants = st.sampled_from(TENANTS)
picks = st.integers(min_value=0, max_value=50)


class ForcedError(Exception):
    """Leaves a block by an exception."""


@dataclass(frozen=True)
class Row:
    """What the model knows of a row. A rule has a parent, a bot none."""

    tenant: uuid.UUID
    parent: uuid.UUID | None = None


Rows = dict[uuid.UUID, Row]


@dataclass
class Block:
    """One open block: what it changes about the scope, and the rows to go back to."""

    manager: AbstractContextManager[Any]
    scope: Scope
    before: Rows = field(default_factory=dict)


class Isolation(RuleBasedStateMachine):
    owner_db: psycopg.Connection[Any]

    def __init__(self) -> None:
        super().__init__()
        connection.close()
        self.owner_db.execute("DELETE FROM bots_rule; DELETE FROM bots_bot")
        self.rows: Rows = {}
        self.blocks: list[Block] = []

    # --- What the model says ---------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        return self.blocks[-1].scope if self.blocks else Scope()

    def sees(self, found: Row) -> bool:
        return self.scope.platform or found.tenant == self.scope.tenant_id

    def visible(self) -> Rows:
        return {key: found for key, found in self.rows.items() if self.sees(found)}

    def pick(self, number: int) -> uuid.UUID:
        """Any row that was ever committed or is being written; else one that never was."""
        keys = sorted(self.rows)
        return keys[number % len(keys)] if keys else uuid.UUID(int=number)

    # --- Scopes and transactions -------------------------------------------------------------

    def enter(self, manager: AbstractContextManager[Any], scope: Scope) -> None:
        manager.__enter__()
        self.blocks.append(Block(manager, scope, dict(self.rows)))

    @rule(tenant=tenants)
    def open_a_tenant(self, tenant: uuid.UUID) -> None:
        now = self.scope
        opened = Scope(tenant_id=tenant, user_id=now.user_id, partner_id=now.partner_id)
        self.enter(tenant_scope(tenant), opened)

    @rule()
    def open_the_platform(self) -> None:
        if self.scope.tenant_id or self.scope.partner_id:
            with pytest.raises(WideningError):
                platform_scope("the state machine").__enter__()
            return
        opened = Scope(platform=True, user_id=self.scope.user_id)
        self.enter(platform_scope("the state machine"), opened)

    @rule(user=tenants)
    def open_a_user(self, user: uuid.UUID) -> None:
        now = self.scope
        opened = Scope(now.tenant_id, now.platform, user_id=user, partner_id=now.partner_id)
        self.enter(user_scope(user), opened)

    @rule(partner=tenants)
    def open_a_partner(self, partner: uuid.UUID) -> None:
        opened = Scope(user_id=self.scope.user_id, partner_id=partner)
        self.enter(partner_scope(partner), opened)

    @rule()
    def open_a_plain_transaction(self) -> None:
        self.enter(transaction.atomic(), self.scope)

    @precondition(lambda self: self.blocks)
    @rule()
    def leave(self) -> None:
        self.blocks.pop().manager.__exit__(None, None, None)

    @precondition(lambda self: self.blocks)
    @rule(depth=st.integers(min_value=1, max_value=3))
    def leave_by_an_exception(self, depth: int) -> None:
        for _ in range(min(depth, len(self.blocks))):
            block = self.blocks.pop()
            self.rows = block.before
            error = ForcedError()
            with contextlib.suppress(ForcedError):
                block.manager.__exit__(ForcedError, error, None)

    @precondition(lambda self: self.blocks)
    @rule(tenant=tenants)
    def write_and_roll_back_to_a_savepoint(self, tenant: uuid.UUID) -> None:
        savepoint = transaction.savepoint()
        with contextlib.suppress(DatabaseError), transaction.atomic(), tenant_scope(tenant):
            insert(Bot, row(Bot, tenant))
        transaction.savepoint_rollback(savepoint)

    @precondition(lambda self: self.blocks)
    @rule()
    def lose_the_connection(self) -> None:
        connection.close()
        while self.blocks:
            block = self.blocks.pop()
            self.rows = block.before
            with contextlib.suppress(ForcedError, DatabaseError):
                block.manager.__exit__(ForcedError, ForcedError(), None)

    @precondition(lambda self: not self.blocks)
    @rule()
    def take_a_new_connection(self) -> None:
        connection.close()

    # --- Writing -----------------------------------------------------------------------------

    def is_done(self, write: Callable[[], Any]) -> bool:
        """Whether the database did it, its references looked at; if not, nothing has changed."""
        try:
            with transaction.atomic():
                write()
                self.sql("SET CONSTRAINTS ALL IMMEDIATE")
                self.sql("SET CONSTRAINTS ALL DEFERRED")
        except DatabaseError:
            return False
        return True

    def sql(self, statement: str, *values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.rowcount)

    @rule(tenant=tenants)
    def insert_a_bot(self, tenant: uuid.UUID) -> None:
        values = row(Bot, tenant)
        done = self.is_done(lambda: insert(Bot, values))

        assert done == self.sees(Row(tenant))
        if done:
            self.rows[values["id"]] = Row(tenant)

    @rule(tenant=tenants, number=picks)
    def insert_a_rule_that_points_anywhere(self, tenant: uuid.UUID, number: int) -> None:
        parent = self.pick(number)
        values = row(Rule, tenant, bot_id=parent)
        done = self.is_done(lambda: insert(Rule, values))

        points_home = self.rows.get(parent) == Row(tenant)
        assert done == (self.sees(Row(tenant)) and points_home)
        if done:
            self.rows[values["id"]] = Row(tenant, parent)

    @rule(number=picks, other=picks)
    def point_elsewhere(self, number: int, other: int) -> None:
        key, parent = self.pick(number), self.pick(other)
        found = self.rows.get(key)
        points_home = found is not None and self.rows.get(parent) == Row(found.tenant)
        statement = "UPDATE bots_rule SET bot_id = %s WHERE id = %s"
        done = self.is_done(lambda: self.sql(statement, parent, key))

        if found is None or found.parent is None or not self.sees(found):
            assert done, "no row is reached, so nothing is refused"
        else:
            assert done == points_home
            if done:
                self.rows[key] = Row(found.tenant, parent)

    @rule(number=picks, tenant=tenants)
    def hand_a_bot_to_a_tenant(self, number: int, tenant: uuid.UUID) -> None:
        key = self.pick(number)
        found = self.rows.get(key)
        statement = "UPDATE bots_bot SET tenant_id = %s WHERE id = %s"
        done = self.is_done(lambda: self.sql(statement, tenant, key))

        if found is None or found.parent is not None or not self.sees(found):
            assert done, "no row is reached, so nothing is refused"
            return
        has_rules = any(other.parent == key for other in self.rows.values())
        stays = tenant == found.tenant
        assert done == (self.sees(Row(tenant)) and (stays or not has_rules))
        if done:
            self.rows[key] = Row(tenant)

    @rule(number=picks)
    def rename_a_bot(self, number: int) -> None:
        key = self.pick(number)
        found = self.rows.get(key)
        reached = self.sql("UPDATE bots_bot SET name = 'renamed' WHERE id = %s", key)

        is_mine = found is not None and found.parent is None and self.sees(found)
        assert reached == int(is_mine)

    @rule()
    def change_every_row_in_reach(self) -> None:
        reached = self.sql("UPDATE bots_bot SET name = 'everybody' WHERE true")

        assert reached == sum(found.parent is None for found in self.visible().values())

    @rule(number=picks)
    def delete_a_bot_and_its_rules(self, number: int) -> None:
        key = self.pick(number)
        found = self.rows.get(key)
        reached = self.sql("DELETE FROM bots_bot WHERE id = %s", key)

        is_mine = found is not None and found.parent is None and self.sees(found)
        assert reached == int(is_mine)
        if is_mine:
            self.rows = {
                other: kept
                for other, kept in self.rows.items()
                if other != key and kept.parent != key
            }

    @rule()
    def break_a_statement(self) -> None:
        assert not self.is_done(lambda: self.sql("SELECT 1 / 0"))

    @rule(tenant=tenants)
    def break_inside_a_scope(self, tenant: uuid.UUID) -> None:
        with contextlib.suppress(DatabaseError), tenant_scope(tenant):
            insert(Bot, row(Bot, tenant))
            self.sql("SELECT 1 / 0")

    # --- After each step -----------------------------------------------------------------------

    @invariant()
    def exactly_what_the_scope_allows_is_seen(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, tenant_id, NULL FROM bots_bot"
                " UNION ALL SELECT id, tenant_id, bot_id FROM bots_rule"
            )
            seen = {key: Row(tenant, parent) for key, tenant, parent in cursor.fetchall()}
        assert seen == self.visible()
        assert current_scope() == self.scope

    def teardown(self) -> None:
        while self.blocks:
            self.leave()
        self.exactly_what_the_scope_allows_is_seen()
        connection.close()


@pytest.mark.usefixtures("transactional_db")
def test_whatever_is_done_in_whatever_order_each_sees_their_own_rows(
    owner_db: psycopg.Connection[Any],
) -> None:
    Isolation.owner_db = owner_db
    is_long = settings.get_current_profile_name() == "long"

    run_state_machine_as_test(Isolation, settings=settings.default if is_long else BOUNDED)
