"""What the database really does: tables, policies, keys, triggers and roles, from its catalogs.

Everything here is readable for every role, so that the application can look at its own walls.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from chatbo.foundation.isolation.operations import APPLICATION_ROLE
from chatbo.foundation.isolation.scopes import PLATFORM_ROLE

ROLES = [APPLICATION_ROLE, PLATFORM_ROLE]
"""The roles that serve people. The tables' owner serves migrations only."""


class Cursor(Protocol):
    """Django's or psycopg's own."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


@dataclass(frozen=True)
class Policy:
    command: str
    """``*`` all, ``r`` SELECT, ``a`` INSERT, ``w`` UPDATE, ``d`` DELETE."""
    using: str | None
    check: str | None = None
    roles: tuple[str, ...] = ("public",)
    permissive: bool = True


@dataclass(frozen=True)
class Reference:
    """A foreign key."""

    name: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    on_delete: str
    """``a`` nothing, ``c`` CASCADE, ``n`` SET NULL, ``r`` RESTRICT, ``d`` SET DEFAULT."""
    set_null: tuple[str, ...]
    holds: bool
    """Checked for every row; a key NOT ENFORCED never is."""


@dataclass(frozen=True)
class Index:
    name: str
    columns: tuple[str, ...]
    """Its key's; an expression has no name and stands as the empty text."""
    unique: bool
    whole: bool
    """For all rows, and valid."""


@dataclass(frozen=True)
class Trigger:
    name: str
    events: frozenset[str]
    before_each_row: bool
    on: bool
    unconditional: bool
    """Fires for every row and column."""
    function: str
    body: str


@dataclass
class Table:
    name: str
    """As the application says it: without ``public``."""
    kind: str
    """``r`` table, ``p`` partitioned, ``f`` foreign, ``v`` view, ``m`` materialized view."""
    secured: bool
    forced: bool
    security_invoker: bool
    rules: list[str]
    """Names of rewrite rules, but for what makes a view."""
    privileges: frozenset[tuple[str, str]]
    """(role, privilege), also where it is on single columns only."""
    parents: tuple[str, ...] = ()
    """Of which it is a partition or a child: whoever asks it directly gets past their policies."""
    columns: dict[str, bool] = field(default_factory=dict)
    """Name to whether it is NOT NULL."""
    primary_key: tuple[str, ...] = ()
    policies: dict[str, Policy] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    """Those that somebody made, and those of the database itself that are switched off."""

    @property
    def within_reach(self) -> bool:
        return bool(self.privileges)


@dataclass(frozen=True)
class Function:
    name: str
    """With its argument types: ``look(integer)``."""
    is_definer: bool
    """Runs with its owner's rights, past every policy."""
    body: str
    kind: str
    """Language, volatility, and what else was set: ``plpgsql stable``."""


@dataclass(frozen=True)
class Catalog:
    tables: Mapping[str, Table]
    functions: Mapping[str, Function]
    """By name with argument types."""
    role_faults: list[str]
    """What the application's roles can that they must not, in words."""


# Of ours: not the system's, and not an extension's, which only a superuser can bring in.
_TABLES = """
    SELECT class.oid, CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END || relname,
        relkind::text, relrowsecurity, relforcerowsecurity,
        ARRAY(SELECT inhparent FROM pg_inherits WHERE inhrelid = class.oid),
        coalesce((SELECT option_value::boolean FROM pg_options_to_table(reloptions)
                  WHERE option_name = 'security_invoker'), false),
        ARRAY(SELECT rulename::text FROM pg_rewrite
              WHERE ev_class = class.oid AND rulename <> '_RETURN'),
        ARRAY(SELECT ARRAY[rolname::text, privilege]
              FROM pg_roles, unnest(%s::text[]) privilege
              WHERE rolname = ANY(%s) AND (
                  has_table_privilege(pg_roles.oid, class.oid, privilege)
                  OR privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
                  AND has_any_column_privilege(pg_roles.oid, class.oid, privilege)))
    FROM pg_class class JOIN pg_namespace namespace ON namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'f', 'v', 'm')
        AND nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid
                        AND classid = 'pg_class'::regclass AND deptype = 'e')
"""
PRIVILEGES = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]

_COLUMNS = """
    SELECT attrelid, attname, attnum, attnotnull FROM pg_attribute
    WHERE attrelid = ANY(%s) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""

_POLICIES = """
    SELECT polrelid, polname, polcmd::text, polpermissive,
        ARRAY(SELECT CASE role WHEN 0 THEN 'public' ELSE pg_get_userbyid(role)::text END
              FROM unnest(polroles) role),
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    FROM pg_policy WHERE polrelid = ANY(%s)
"""

_KEYS = """
    SELECT conrelid, conname, contype::text, conkey, confrelid, confkey, confdeltype::text,
        confdelsetcols, convalidated
    FROM pg_constraint
    WHERE conrelid = ANY(%s) AND (contype = 'p' OR contype = 'f' AND conparentid = 0)
"""

_INDEXES = """
    SELECT indrelid, indexrelid::regclass::text, indkey::int2[], indnkeyatts,
        indisunique OR indisexclusion, indisvalid AND indpred IS NULL
    FROM pg_index WHERE indrelid = ANY(%s)
"""

_TRIGGERS = """
    SELECT tgrelid, tgname, tgtype, tgenabled IN ('O', 'A'),
        tgqual IS NULL AND cardinality(tgattr::int2[]) = 0, proname, btrim(prosrc)
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgrelid = ANY(%s) AND (NOT tgisinternal OR tgenabled NOT IN ('O', 'A'))
"""

_FUNCTIONS = """
    SELECT pg_proc.oid::regprocedure::text, prosecdef, btrim(prosrc),
        concat_ws(' ', lanname,
            CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
            CASE WHEN proleakproof THEN 'leakproof' END, array_to_string(proconfig, ' '))
    FROM pg_proc JOIN pg_namespace namespace ON namespace.oid = pronamespace
        JOIN pg_language language ON language.oid = prolang
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid
                        AND classid = 'pg_proc'::regclass AND deptype = 'e')
    ORDER BY 1
"""

# The platform's role is the application's only other one, and only on demand.
_ROLE_FAULTS = """
    WITH roles AS (SELECT * FROM pg_roles WHERE rolname = ANY(%s))
    SELECT format('the role %%s may %%s', rolname, may) FROM roles, (VALUES
        ('SUPERUSER'), ('BYPASSRLS'), ('CREATEROLE'), ('CREATEDB'), ('REPLICATION')) rights (may)
    WHERE CASE may WHEN 'SUPERUSER' THEN rolsuper WHEN 'BYPASSRLS' THEN rolbypassrls
        WHEN 'CREATEROLE' THEN rolcreaterole WHEN 'CREATEDB' THEN rolcreatedb
        ELSE rolreplication END
    UNION ALL
    SELECT format('the role %%s is a member of %%s', rolname, roleid::regrole)
    FROM roles JOIN pg_auth_members membership ON member = roles.oid
    WHERE (rolname, roleid::regrole::text) <> (%s, %s)
        OR membership.inherit_option OR membership.admin_option
    UNION ALL
    SELECT format('the role %%s owns %%s', rolname, pg_describe_object(classid, objid, objsubid))
    FROM roles JOIN pg_shdepend ON refclassid = 'pg_authid'::regclass AND refobjid = roles.oid
        AND deptype = 'o' AND dbid IN (0, (SELECT oid FROM pg_database
                                           WHERE datname = current_database()))
    WHERE NOT EXISTS (SELECT FROM pg_class WHERE classid = 'pg_class'::regclass
                      AND pg_class.oid = objid AND relpersistence = 't')
    UNION ALL
    SELECT format('the role %%s may create objects in the schema %%s', rolname, nspname)
    FROM roles, pg_namespace WHERE nspname !~ '^pg_'
        AND has_schema_privilege(roles.oid, pg_namespace.oid, 'CREATE')
    UNION ALL
    SELECT format('the role %%s may create schemas', rolname)
    FROM roles WHERE has_database_privilege(roles.oid, current_database(), 'CREATE')
    UNION ALL
    SELECT format('a setting of the role %%s or of the database presets %%s',
                  coalesce(nullif(setrole::regrole::text, '-'), 'all'), split_part(setting, '=', 1))
    FROM pg_db_role_setting, unnest(setconfig) setting
    WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND (setrole = 0 OR setrole IN (SELECT oid FROM roles))
        AND (setting ~ '^app\\.' OR setting ~ '^(role|row_security|session_replication_role)=')
    UNION ALL
    SELECT format('the role %%s does not exist', name)
    FROM unnest(%s::text[]) name WHERE name NOT IN (SELECT rolname FROM roles)
    ORDER BY 1
"""

_BEFORE_EACH_ROW = 1 | 2
_EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def read_catalog(cursor: Cursor) -> Catalog:
    """Read it all, in eight short queries."""
    tables: dict[int, Table] = {}
    parents: dict[int, list[int]] = {}
    for oid, name, kind, secured, forced, inherited, invoker, rules, privileges in _rows(
        cursor, _TABLES, [PRIVILEGES, ROLES]
    ):
        held = frozenset((role, privilege) for role, privilege in privileges)
        tables[oid] = Table(name, kind, secured, forced, invoker, rules, held)
        parents[oid] = inherited
    for oid, table in tables.items():
        table.parents = tuple(tables[parent].name for parent in parents[oid] if parent in tables)
    known = [list(tables)]
    columns: dict[int, dict[int, str]] = {oid: {} for oid in tables}
    for oid, column, number, not_null in _rows(cursor, _COLUMNS, known):
        tables[oid].columns[column] = not_null
        columns[oid][number] = column

    def named(oid: int, numbers: list[int] | None) -> tuple[str, ...]:
        return tuple(columns.get(oid, {}).get(number, "") for number in numbers or ())

    for oid, policy, command, permissive, roles, using, check in _rows(cursor, _POLICIES, known):
        tables[oid].policies[policy] = Policy(
            command, permissive=permissive, roles=tuple(roles), using=using, check=check
        )
    for oid, name, kind, key, parent, theirs, on_delete, nulled, holds in _rows(
        cursor, _KEYS, known
    ):
        if kind == "p":
            tables[oid].primary_key = named(oid, key)
            continue
        tables[oid].references.append(
            Reference(
                name,
                columns=named(oid, key),
                parent=tables[parent].name if parent in tables else "",
                parent_columns=named(parent, theirs),
                on_delete=on_delete,
                set_null=named(oid, nulled),
                holds=holds,
            )
        )
    for oid, index, key, count, unique, whole in _rows(cursor, _INDEXES, known):
        tables[oid].indexes.append(Index(index, named(oid, key[:count]), unique, whole))
    for oid, trigger, bits, on, always, function, body in _rows(cursor, _TRIGGERS, known):
        tables[oid].triggers.append(
            Trigger(
                trigger,
                events=frozenset(event for event, bit in _EVENTS.items() if bits & bit),
                before_each_row=bits & _BEFORE_EACH_ROW == _BEFORE_EACH_ROW,
                on=on,
                unconditional=always,
                function=function,
                body=body,
            )
        )
    functions = {row[0]: Function(*row) for row in _rows(cursor, _FUNCTIONS)}
    faults = _rows(cursor, _ROLE_FAULTS, [ROLES, APPLICATION_ROLE, PLATFORM_ROLE, ROLES])
    return Catalog(
        {table.name: table for table in tables.values()}, functions, [fault for (fault,) in faults]
    )


def session_role(cursor: Cursor) -> str:
    """The role that has logged in."""
    ((role,),) = _rows(cursor, "SELECT session_user::text")
    return str(role)


def _rows(cursor: Cursor, query: str, parameters: list[Any] | None = None) -> Iterator[Any]:
    cursor.execute(query, parameters)
    yield from cursor.fetchall()
