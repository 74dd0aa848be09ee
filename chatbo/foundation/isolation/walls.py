"""Compares what the models state with what the database does, and names every hole.

The system check (``checks``), ``migrate`` and the start of every process (``starting``) ask it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from chatbo.foundation.isolation.catalog import (
    ROLES,
    Catalog,
    Cursor,
    Policy,
    Table,
    read_catalog,
    session_role,
)
from chatbo.foundation.isolation.models import TenantForeignKey
from chatbo.foundation.isolation.operations import APPLICATION_ROLE
from chatbo.foundation.isolation.scopes import PLATFORM_ROLE
from chatbo.foundation.isolation.statements import (
    Statement,
    Walled,
    WrittenOnce,
    in_scope,
    models_with_tables,
    stated_for_tables,
    statement_of,
)

DEFINER_FUNCTIONS: dict[str, str] = {
    "delete_due_consents()": (
        "Consent records end when the law says so: nobody but this function can delete one, and it"
        " takes no argument that could make it delete another."
    ),
    "delete_leaving_consents()": (
        "The consent records of a business that leaves go with it (Art. 28(3)(g) GDPR): only where"
        " the database sees that its grace is over; no argument either."
    ),
    "delete_due_audit_entries()": (
        "Entries of the audit log end after their three years: nobody but this function can delete"
        " one, and it takes no argument."
    ),
}
"""SECURITY DEFINER functions, as ``name(argument types)``, each with the reason why it runs with
its owner's rights, past every policy."""

REFUSING = """
    BEGIN
        RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END
"""
"""The body of ``refuse_change()``, as migration ``isolation.0001`` made it."""

NEVER = ("TRUNCATE", "REFERENCES", "TRIGGER")
"""Privileges that serve nobody: truncating passes by the policies, a reference tells whether a
row exists, a trigger runs code."""

OF_THE_DATABASE = "the database"

OF_A_POLICY = "plpgsql stable"
"""What a function that a policy calls is: an immutable one would answer one user's question with
the answer to another's, from a prepared statement."""


@dataclass(frozen=True)
class Hole:
    """One place where the wall is not as it is stated."""

    code: str
    table: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.table}: {self.text}"

    @property
    def stops(self) -> bool:
        """A warning tells of what may be a newer release's: it stops ``migrate``, not a start."""
        return not self.code.startswith("W")


def holes_for_application(cursor: Cursor) -> list[Hole]:
    """Every hole, as seen from the connection that serves people."""
    found = holes_in(read_catalog(cursor))
    if (role := session_role(cursor)) != APPLICATION_ROLE:
        text = f"the application logs in as {role}, whom the policies may not bind."
        remedy = f"Let DATABASE_URL name the role {APPLICATION_ROLE} of deploy/roles.sql."
        found.append(Hole("E010", OF_THE_DATABASE, text, remedy))
    return found


def holes_in(catalog: Catalog) -> list[Hole]:
    """Every hole, by table. Empty is what everybody wants to see."""
    stated = stated_for_tables()
    found = [
        hole for table in catalog.tables.values() for hole in _in_table(table, catalog, stated)
    ]
    for model in models_with_tables():
        found += _in_model(model, catalog)
    found += [
        Hole(
            "E012",
            OF_THE_DATABASE,
            f"the function {function.name} is SECURITY DEFINER and not listed with its reason.",
            "ALTER FUNCTION ... SECURITY INVOKER, or list it in isolation/walls.py.",
        )
        for function in catalog.functions.values()
        if function.is_definer and not DEFINER_FUNCTIONS.get(function.name, "").strip()
    ]
    found += [
        Hole(
            "E010", OF_THE_DATABASE, f"{fault}.", "Run deploy/roles.sql; REVOKE or RESET the rest."
        )
        for fault in catalog.role_faults
    ]
    return sorted(found, key=lambda hole: (hole.table, hole.code, hole.text))


def _in_table(table: Table, catalog: Catalog, stated: dict[str, Statement]) -> Iterator[Hole]:
    name = table.name
    if table.kind == "m" or (table.kind == "v" and not table.security_invoker):
        kind = "a materialized view" if table.kind == "m" else "a view without security_invoker"
        yield Hole(
            "E011",
            name,
            f"is {kind}: it reads with its owner's rights, past every policy.",
            f"CREATE VIEW {name} WITH (security_invoker = true) AS ...",
        )
    for role, privilege in sorted(table.privileges):
        if privilege in NEVER:
            yield Hole(
                "E009",
                name,
                f"the role {role} has the privilege {privilege}.",
                f"REVOKE {privilege} ON {name} FROM {role}, or FROM PUBLIC",
            )
    yield from _in_what_runs(table)
    if table.kind in "vm":
        return
    statement = stated.get(name)
    if statement is None and table.parents:
        yield from _in_child(table, catalog, stated)
    elif statement is None:
        yield from _in_unknown(table, stated)
    elif isinstance(statement, Walled):
        yield from _in_walled(table, statement)
    yield from _in_references(table, stated)


def _in_what_runs(table: Table) -> Iterator[Hole]:
    """Rules and triggers: what happens besides with each statement."""
    for rule in table.rules:
        yield Hole(
            "E017",
            table.name,
            f"the rule {rule} turns statements into others, with the rights of the table's owner.",
            f"DROP RULE {rule} ON {table.name}",
        )
    for trigger in table.triggers:
        if not trigger.on:
            yield Hole(
                "E013",
                table.name,
                f"the trigger {trigger.name} is switched off.",
                f"ALTER TABLE {table.name} ENABLE TRIGGER ALL",
            )


def _in_child(table: Table, catalog: Catalog, stated: dict[str, Statement]) -> Iterator[Hole]:
    """A partition: whoever asks it by its own name passes by the policies of its parent."""
    roots, known = list(table.parents), []
    while roots:
        name = roots.pop()
        known += [stated[name]] if name in stated else []
        roots += catalog.tables[name].parents
    if not known:
        yield from _in_unknown(table, stated)
    for statement in known:
        if isinstance(statement, Walled) and table.within_reach:
            for hole in _in_policies(table, statement):
                yield Hole(
                    "E014",
                    table.name,
                    f"is a part of {table.parents[0]} within the application's reach, and"
                    f" {hole.text}",
                    f"REVOKE ALL ON {table.name} FROM {', '.join(ROLES)}; or: {hole.remedy}",
                )


def _in_unknown(table: Table, stated: dict[str, Statement]) -> Iterator[Hole]:
    """A table that no model speaks of, perhaps a newer release's: its columns tell what it is."""
    if not table.within_reach:
        return
    owners = sorted(
        {s.by for s in stated.values() if isinstance(s, Walled) and s.by != "id"} & {*table.columns}
    )
    for column in owners[:1]:
        yield from _in_walled(table, Walled(by=column))
    if not owners:
        yield Hole(
            "W001",
            table.name,
            "no model and no statement says whose rows it holds.",
            f"REVOKE ALL ON {table.name} FROM {', '.join(ROLES)}; or call"
            f' declare_shared("{table.name}", reason).',
        )


def _in_walled(table: Table, wall: Walled) -> Iterator[Hole]:
    name = table.name
    yield from _in_policies(table, wall)
    if wall.by not in table.columns:
        return
    if not table.columns[wall.by] and not wall.ownerless:
        yield Hole(
            "E005",
            name,
            f"{wall.by} may be NULL.",
            f"ALTER TABLE {name} ALTER {wall.by} SET NOT NULL; or state Walled(ownerless=reason).",
        )
    key = ("id",) if wall.by == "id" or wall.ownerless else (wall.by, "id")
    if table.primary_key != key:
        yield Hole(
            "E005",
            name,
            f"the primary key is ({', '.join(table.primary_key)}) instead of ({', '.join(key)}).",
            f"ALTER TABLE {name} ADD PRIMARY KEY ({', '.join(key)}), as IsolateTable does.",
        )
    for index in table.indexes:
        if index.unique and wall.by not in index.columns and index.columns != key:
            columns = ", ".join(index.columns)
            if not wall.unique_across.get(columns):
                yield Hole(
                    "E007",
                    name,
                    f"{index.name} is unique over all owners: a refusal tells of others' rows.",
                    f"Make it unique with {wall.by} in it; or state Walled(unique_across="
                    f'{{"{columns}": reason}}).',
                )


def _in_policies(table: Table, wall: Walled) -> Iterator[Hole]:
    name = table.name
    if not table.secured or not table.forced:
        missing = "forced" if table.secured else "enabled"
        yield Hole(
            "E003",
            name,
            f"row-level security is not {missing}.",
            "IsolateTable in the migration of a new table; of an old one ALTER TABLE"
            f" {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY.",
        )
    expected = _expected_policies(wall)
    for policy in sorted({*expected, *table.policies}):
        should, does = expected.get(policy), table.policies.get(policy)
        if does is not None:
            does = replace(does, using=_one_line(does.using), check=_one_line(does.check))
        if should != does:
            yield Hole(
                "E004",
                name,
                f"the policy {policy} should be: {_said(should)}; it is: {_said(does)}.",
                "IsolateTable in the migration, and the same in the model's Walled(...).",
            )


def _expected_policies(wall: Walled) -> dict[str, Policy]:
    """What ``IsolateTable`` makes of the same words."""
    mine = f"({wall.by} = {in_scope(wall.scope)})"
    accepted = f"({mine} OR ({wall.by} IS NULL))" if wall.ownerless else mine
    expected = {
        name: Policy("r", using=_one_line(condition)) for name, condition in wall.also_read.items()
    }
    expected["own"] = Policy("*", using=mine, check=accepted)
    expected["platform"] = Policy("*", roles=(PLATFORM_ROLE,), using="true")
    return expected


def _one_line(expression: str | None) -> str | None:
    return " ".join(expression.split()).replace("( ", "(") if expression is not None else None


def _said(policy: Policy | None) -> str:
    if policy is None:
        return "none"
    command = {"*": "ALL", "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
    kind = "" if policy.permissive else "AS RESTRICTIVE "
    check = f" WITH CHECK {policy.check}" if policy.check is not None else ""
    return (
        f"{kind}FOR {command[policy.command]} TO {', '.join(policy.roles)}"
        f" USING {policy.using}{check}"
    )


def _in_references(table: Table, stated: dict[str, Statement]) -> Iterator[Hole]:
    """PostgreSQL checks references past the policies: only the owner in the key keeps them in."""
    mine = stated.get(table.name)
    for reference in table.references:
        theirs = stated.get(reference.parent)
        if not isinstance(theirs, Walled):
            continue
        pairs = list(zip(reference.columns, reference.parent_columns, strict=True))
        inside = isinstance(mine, Walled) and mine.scope == theirs.scope
        if not (isinstance(mine, Walled) and inside and (mine.by, theirs.by) in pairs):
            yield Hole(
                "E006",
                table.name,
                f"the foreign key {reference.name} leads to {reference.parent} without the owner.",
                "Write TenantForeignKey instead of ForeignKey, and IsolateTable in the migration.",
            )


def _in_model(model: type[models.Model], catalog: Catalog) -> Iterator[Hole]:
    name = model._meta.db_table
    table = catalog.tables.get(name)
    if table is None:
        yield Hole("E015", name, "is not there.", "Run manage.py migrate.")
        return
    wall = statement_of(model)
    if isinstance(wall, Walled):
        yield from _in_calls(table, wall, catalog)
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                yield from _in_tenant_foreign_key(table, wall, field)
    yield from _in_written_once(table, getattr(model, "written_once", None))


def _in_calls(table: Table, wall: Walled, catalog: Catalog) -> Iterator[Hole]:
    for name, body in wall.calls.items():
        function = catalog.functions.get(name)
        stated = (_one_line(body), OF_A_POLICY)
        if function is None or (_one_line(function.body), function.kind) != stated:
            yield Hole(
                "E016",
                table.name,
                f"its policies call {name}, which is not there or does something else than stated.",
                "CREATE OR REPLACE FUNCTION in a migration, and the same in the model's"
                " Walled(calls=...).",
            )


def _in_tenant_foreign_key(table: Table, wall: Walled, field: TenantForeignKey) -> Iterator[Hole]:
    column, parent = field.column, field.remote_field.model._meta.db_table
    actions: dict[Any, str] = {models.CASCADE: "c", models.SET_NULL: "n"}
    on_delete = actions.get(field.remote_field.on_delete, "a")
    set_null = (column,) if on_delete == "n" else ()
    if not any(
        reference.columns == (wall.by, column)
        and reference.parent == parent
        and reference.parent_columns == (wall.by, "id")
        and (reference.on_delete, reference.set_null) == (on_delete, set_null)
        and reference.holds
        for reference in table.references
    ):
        yield Hole(
            "E006",
            table.name,
            f"the foreign key ({wall.by}, {column}) to {parent} ({wall.by}, id) is not there, not"
            " valid, or does something else when the row it leads to is deleted.",
            "IsolateTable in the migration makes it.",
        )
    if not any(
        index.whole and {*index.columns[:2]} == {wall.by, column} for index in table.indexes
    ):
        yield Hole(
            "E006",
            table.name,
            f"no index begins with ({wall.by}, {column}): deleting in {parent} reads the whole"
            " table.",
            "IsolateTable in the migration makes it.",
        )


def _in_written_once(table: Table, promise: WrittenOnce | None) -> Iterator[Hole]:
    refusing = [trigger for trigger in table.triggers if trigger.function == "refuse_change"]
    if promise is None:
        if refusing:
            yield Hole(
                "E008",
                table.name,
                "the database refuses changes, and the model does not state it.",
                "Write written_once: ClassVar = WrittenOnce() beside its isolation.",
            )
        return
    may_end = promise.deletable or promise.ended_by
    events = {"UPDATE"} if may_end else {"UPDATE", "DELETE"}
    if not any(
        trigger.on
        and trigger.unconditional
        and trigger.before_each_row
        and trigger.events >= events
        and _one_line(trigger.body) == _one_line(REFUSING)
        for trigger in refusing
    ):
        yield Hole(
            "E008",
            table.name,
            f"no trigger refuses every {' and '.join(sorted(events))}.",
            "AppendOnly in the migration makes it.",
        )
    for role, privilege in sorted(table.privileges):
        if privilege in events or (privilege == "DELETE" and promise.ended_by):
            yield Hole(
                "E008",
                table.name,
                f"is written once, and the role {role} has the privilege {privilege}.",
                f"REVOKE {privilege} ON {table.name} FROM {role}, or FROM PUBLIC",
            )
