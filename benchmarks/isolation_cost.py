"""What row-level security costs the dashboard's queries, with a million subscribers.

Baseline: the same statement on the same rows without it: by the tables' owner, whom no policy
binds, with the condition on the tenant written into the query (where it does not say so itself, as
a view, which the planner inlines). Every page is asked for once; the statements that it sends to
isolated tables are then repeated in turn, with policies and without, and rolled back. Both must
find the same rows. What opening a scope costs is a figure of its own, beside the least statement.
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import quantiles
from typing import Any

import psycopg
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.crowd.pages import Area, Page, areas, pages_of
from benchmarks.figures import Figure, latency
from benchmarks.running import BenchmarkError, Demo, seconds_of

TIMES = 16
IDENTIFIER = re.compile(r'"(\w+)"')
SCOPE = re.compile(r"\(NULLIF\(current_setting\('app\.(\w+)'::text, true\), ''::text\)\)::uuid")
NOBODY = uuid.UUID(int=0)
Connection = psycopg.Connection[Any]


@dataclass
class Statement:
    """One query of a page: timed, if it goes to isolated tables; else the opening of a scope."""

    text: str
    is_timed: bool
    path: str = ""
    """Where the same rows are found without policies, as a search path."""
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)


@dataclass
class Asked:
    """A page with what it asked the database."""

    page: Page
    statements: list[Statement]

    @property
    def timed(self) -> list[Statement]:
        return [statement for statement in self.statements if statement.is_timed]

    @property
    def ours(self) -> float:
        return sum(_undisturbed(each.ours) for each in self.timed)

    @property
    def theirs(self) -> float:
        return sum(_undisturbed(each.theirs) for each in self.timed)

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def measure(demo: Demo) -> list[Figure]:
    crowd = demo.crowd
    figures = []
    with (
        demo.worker_held(),
        crowd.database(crowd.app_url, cursor_factory=psycopg.ClientCursor) as bound,
        crowd.database(crowd.owner_url, cursor_factory=psycopg.ClientCursor) as free,
    ):
        isolated = _isolated(free)
        for area in areas(crowd):
            paths = _without_policies(free, area)
            pages = pages_of(area.client, area.home)
            asked = [_asked(area.client, page, isolated) for page in pages]
            for each in asked:
                _find_same_rows(bound, free, each, paths, area)
            for _ in range(TIMES):
                for each in asked:
                    _repeat(bound, free, each)
            figures.append(_figure(area.name, asked))
            _drop(free, paths)
        figures.append(_scope(bound))
    return figures


def _isolated(free: Connection) -> frozenset[str]:
    found = free.execute(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')"
    )
    return frozenset(name for (name,) in found)


def _without_policies(free: Connection, area: Area) -> list[str]:
    """Search paths under which the tables' names mean views with the condition written in.

    Where a table has further policies, the query names its rows by itself (a user's own
    businesses), so it is left bare at first; in the second path it is a view as well.
    """
    if not area.ids:
        return ["public"]
    policies = free.execute(
        "SELECT tablename, qual, (SELECT count(*) FROM pg_policies AS others"
        "  WHERE others.tablename = own.tablename AND cmd = 'SELECT')"
        " FROM pg_policies AS own WHERE policyname = 'own'"
    ).fetchall()
    paths = []
    for schema, further in ((f"{area.name}_bare", False), (f"{area.name}_own", True)):
        free.execute(f"CREATE SCHEMA {schema}".encode())
        for table, condition, others in policies:
            if others and not further:
                continue
            rows = SCOPE.sub(lambda found: f"'{area.ids.get(found[1], NOBODY)}'::uuid", condition)
            if "current_setting" in rows:
                raise BenchmarkError(f"The policy of {table} cannot be written out: {condition}")
            view = f'CREATE VIEW {schema}."{table}" AS SELECT * FROM public."{table}"'
            free.execute(f"{view} WHERE {rows}".encode())
        paths.append(f"{schema}, public")
    return paths


def _drop(free: Connection, paths: list[str]) -> None:
    for path in paths:
        if path != "public":
            free.execute(f"DROP SCHEMA {path.partition(',')[0]} CASCADE".encode())


def _asked(client: Client, page: Page, isolated: frozenset[str]) -> Asked:
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        client.get(page.address)
        transaction.set_rollback(True)  # what it writes is written anew each time
    statements = []
    for query in captured.captured_queries:
        text = query["sql"]
        is_timed = bool(isolated.intersection(IDENTIFIER.findall(text)))
        if is_timed or "set_config(" in text:
            statements.append(Statement(text, is_timed))
    return Asked(page, statements)


def _find_same_rows(
    bound: Connection, free: Connection, asked: Asked, paths: list[str], area: Area
) -> None:
    """Choose for each statement the path that finds what the policies let through.

    One that names the business itself needs no view, which would cost it a little.
    """
    expected = _run(bound, asked.statements)
    for statement, rows in zip(asked.statements, expected, strict=True):
        if not statement.is_timed:
            continue
        is_narrow = any(id_ in statement.text for id_ in area.written_ids)
        for path in ["public", *paths] if is_narrow else paths:
            statement.path = path
            if _run(free, [statement]) == [rows]:
                break
        else:
            raise BenchmarkError(
                f"{asked.page.name} finds other rows without policies: {statement.text}"
            )


def _run(on: Connection, statements: Sequence[Statement]) -> list[tuple[int, list[str]]]:
    found = []
    with on.transaction(force_rollback=True):
        for statement in statements:
            if statement.path:
                _look_in(on, statement.path)
            found.append(_rows(on.execute(statement.text.encode()), statement))
    return found


def _rows(cursor: psycopg.Cursor[Any], statement: Statement) -> tuple[int, list[str]]:
    """How many, and which; of one page of a list its number alone, for equals are in any order."""
    if cursor.description is None or " LIMIT " in statement.text:
        return cursor.rowcount, []
    return cursor.rowcount, sorted(map(repr, cursor.fetchall()))


def _repeat(bound: Connection, free: Connection, asked: Asked) -> None:
    """Once more, each statement at once with policies and without; who begins takes turns."""
    with bound.transaction(force_rollback=True), free.transaction(force_rollback=True):
        for statement in asked.statements:
            if not statement.is_timed:
                _all(bound, statement.text)
                continue
            _look_in(free, statement.path)
            sides = [(bound, statement.ours), (free, statement.theirs)]
            for on, times in sides if len(statement.ours) % 2 else reversed(sides):
                with on.transaction(force_rollback=True):  # else the other one's INSERT waits
                    times.append(seconds_of(partial(_all, on, statement.text)))


def _undisturbed(times: Sequence[float]) -> float:
    """The lower quartile: a busy machine adds to some, and to a statement of 0.1 ms tenfold."""
    return quantiles(times, n=4, method="inclusive")[0]


def _look_in(on: Connection, path: str) -> None:
    on.execute(f"SET LOCAL search_path = {path}".encode())


def _all(on: Connection, text: str) -> None:
    cursor = on.execute(text.encode())
    if cursor.description:
        cursor.fetchall()


def _figure(name: str, asked: list[Asked]) -> Figure:
    pages = [each for each in asked if each.timed]
    ours, theirs = sum(each.ours for each in pages), sum(each.theirs for each in pages)
    worst = max(pages, key=lambda each: each.ratio)
    return Figure(
        f"row-level security, {name}",
        f"{ours * 1000:.1f} ms",
        f"without {theirs * 1000:.1f} ms",
        f"{ours / theirs:.2f} (worst page {worst.ratio:.2f}: {worst.page.name})",
        f"{sum(len(each.timed) for each in pages)} queries of {len(pages)} pages,"
        f" lower quartiles of {TIMES} of each in turn",
    )


def _scope(bound: Connection) -> Figure:
    """The setting that opens a scope goes once more to the database: as much as any query."""
    opening = "SELECT set_config('role', 'none', true), set_config('app.tenant_id', '', true)"
    ours, theirs = [], []
    for _ in range(300):
        ours.append(seconds_of(partial(_all, bound, opening)))
        theirs.append(seconds_of(partial(_all, bound, "SELECT 1")))
    return latency("opening a scope", ours, "SELECT 1", theirs, over=f"{len(ours)} of each in turn")
