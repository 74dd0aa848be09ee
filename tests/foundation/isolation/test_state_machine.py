"""Random sequences of all that opens, ends and breaks scopes, against a model in plain Python.

After each step every visible row is compared. 90 sequences of up to 30 steps run by default, the
same ones each time; for thousands of others:

    pytest tests/foundation/isolation/test_state_machine.py --hypothesis-profile=long
"""

import contextlib
import itertools
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

BOUNDED = settings(max_examples=90, stateful_step_count=30, deadline=None, derandomize=True)

TENANTS = [uuid.UUID(int=number) for number in (1, 2, 3)]
tenants = st.sampled_from(TENANTS)
somewhere = st.none() | tenants
"""Where a row is to lie: mostly where the open scope is, so that many are really written."""
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
        self.ids = (uuid.UUID(int=number) for number in itertools.count(1000))
        self.rows: Rows = {}
        self.blocks: list[Block] = []
        for tenant in TENANTS:
            with tenant_scope(tenant):
                bot, answer = next(self.ids), next(self.ids)
                insert(Bot, row(Bot, tenant, id=bot))
                insert(Rule, row(Rule, tenant, id=answer, bot_id=bot))
            self.rows |= {bot: Row(tenant), answer: Row(tenant, bot)}

    # --- What the model says ---------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        return self.blocks[-1].scope if self.blocks else Scope()

    def sees(self, found: Row) -> bool:
        return self.scope.platform or found.tenant == self.scope.tenant_id

    def visible(self) -> Rows:
        return {key: found for key, found in self.rows.items() if self.sees(found)}

    def pick(self, number: int) -> uuid.UUID:
        """One of all rows; half of the time one that can be seen."""
        keys = sorted(self.rows if number % 2 else self.visible() or self.rows)
        return keys[number // 2 % len(keys)] if keys else uuid.UUID(int=number)

    def place(self, tenant: uuid.UUID | None) -> uuid.UUID:
        return tenant or self.scope.tenant_id or TENANTS[0]

    # --- Scopes and transactions -------------------------------------------------------------

    def enter(self, manager: AbstractContextManager[Any], scope: Scope) -> None:
        manager.__enter__()
        self.blocks.append(Block(manager, scope, dict(self.rows)))

    # Few rules with choices inside: Hypothesis plays each rule about as often as any other.

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
        else:
            opened = Scope(platform=True, user_id=self.scope.user_id)
            self.enter(platform_scope("the state machine"), opened)

    @rule(what=st.sampled_from(["user", "partner", "transaction"]), who=tenants)
    def open_something_else(self, what: str, who: uuid.UUID) -> None:
        now = self.scope
        if what == "transaction":
            self.enter(transaction.atomic(), now)
        elif what == "user":
            opened = Scope(now.tenant_id, now.platform, user_id=who, partner_id=now.partner_id)
            self.enter(user_scope(who), opened)
        else:
            self.enter(partner_scope(who), Scope(user_id=now.user_id, partner_id=who))

    @precondition(lambda self: self.blocks)
    @rule()
    def leave(self) -> None:
        self.blocks.pop().manager.__exit__(None, None, None)

    @precondition(lambda self: self.blocks)
    @rule(depth=st.integers(min_value=1, max_value=3))
    def leave_by_an_exception(self, depth: int) -> None:
        for _ in range(min(depth, len(self.blocks))):
            self.fail_out()

    @precondition(lambda self: self.blocks)
    @rule(lose_connection=st.booleans())
    def end_all(self, lose_connection: bool) -> None:
        if lose_connection:
            connection.close()
        while self.blocks:
            if lose_connection:
                self.fail_out()
            else:
                self.leave()

    def fail_out(self) -> None:
        block = self.blocks.pop()
        self.rows = block.before
        with contextlib.suppress(ForcedError, DatabaseError):
            block.manager.__exit__(ForcedError, ForcedError(), None)

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

    @rule(where=somewhere)
    def insert_a_bot(self, where: uuid.UUID | None) -> None:
        tenant = self.place(where)
        values = row(Bot, tenant, id=next(self.ids))
        done = self.is_done(lambda: insert(Bot, values))

        assert done == self.sees(Row(tenant))
        if done:
            self.rows[values["id"]] = Row(tenant)

    @rule(where=somewhere, number=picks)
    def insert_a_rule_that_points_anywhere(self, where: uuid.UUID | None, number: int) -> None:
        tenant, parent = self.place(where), self.pick(number)
        values = row(Rule, tenant, id=next(self.ids), bot_id=parent)
        done = self.is_done(lambda: insert(Rule, values))

        points_home = self.rows.get(parent) == Row(tenant)
        assert done == (self.sees(Row(tenant)) and points_home)
        if done:
            self.rows[values["id"]] = Row(tenant, parent)

    @rule(
        change=st.sampled_from(["point_elsewhere", "hand_over", "rename", "rename_all", "delete"]),
        key=picks,
        other=picks,
        where=somewhere,
    )
    def change(self, change: str, key: int, other: int, where: uuid.UUID | None) -> None:
        picked = self.pick(key)
        {
            "point_elsewhere": lambda: self.point_elsewhere(picked, self.pick(other)),
            "hand_over": lambda: self.hand_over(picked, self.place(where)),
            "rename": lambda: self.rename(picked),
            "rename_all": self.rename_all,
            "delete": lambda: self.delete(picked),
        }[change]()

    def reached(self, key: uuid.UUID, *, is_rule: bool) -> Row | None:
        """The row, if it is of this kind and within reach."""
        found = self.rows.get(key)
        is_hit = found and self.sees(found) and (found.parent is not None) == is_rule
        return found if is_hit else None

    def point_elsewhere(self, key: uuid.UUID, parent: uuid.UUID) -> None:
        statement = "UPDATE bots_rule SET bot_id = %s WHERE id = %s"
        done = self.is_done(lambda: self.sql(statement, parent, key))

        found = self.reached(key, is_rule=True)
        points_home = found is None or self.rows.get(parent) == Row(found.tenant)
        assert done == points_home, "where no row is reached, nothing is refused"
        if done and found:
            self.rows[key] = Row(found.tenant, parent)

    def hand_over(self, key: uuid.UUID, tenant: uuid.UUID) -> None:
        statement = "UPDATE bots_bot SET tenant_id = %s WHERE id = %s"
        done = self.is_done(lambda: self.sql(statement, tenant, key))

        found = self.reached(key, is_rule=False)
        if found is None:
            assert done, "where no row is reached, nothing is refused"
            return
        has_rules = any(other.parent == key for other in self.rows.values())
        assert done == (self.sees(Row(tenant)) and (tenant == found.tenant or not has_rules))
        if done:
            self.rows[key] = Row(tenant)

    def rename(self, key: uuid.UUID) -> None:
        reached = self.sql("UPDATE bots_bot SET name = 'renamed' WHERE id = %s", key)

        assert reached == (self.reached(key, is_rule=False) is not None)

    def rename_all(self) -> None:
        reached = self.sql("UPDATE bots_bot SET name = 'everybody' WHERE true")

        assert reached == sum(found.parent is None for found in self.visible().values())

    def delete(self, key: uuid.UUID) -> None:
        reached = self.sql("DELETE FROM bots_bot WHERE id = %s", key)

        is_mine = self.reached(key, is_rule=False) is not None
        assert reached == is_mine
        if is_mine:
            gone = {other for other, kept in self.rows.items() if key in {other, kept.parent}}
            self.rows = {other: kept for other, kept in self.rows.items() if other not in gone}

    @rule(tenant=tenants, how=st.sampled_from(["statement", "scope", "savepoint"]))
    def write_in_vain(self, tenant: uuid.UUID, how: str) -> None:
        """By an error in a statement or in a scope, or back to a savepoint: nothing is left."""
        if how == "statement":
            assert not self.is_done(lambda: self.sql("SELECT 1 / 0"))
        elif how == "scope" or not self.blocks:
            with contextlib.suppress(DatabaseError), tenant_scope(tenant):
                insert(Bot, row(Bot, tenant))
                self.sql("SELECT 1 / 0")
        else:
            savepoint = transaction.savepoint()
            with tenant_scope(tenant):
                insert(Bot, row(Bot, tenant))
            transaction.savepoint_rollback(savepoint)

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
