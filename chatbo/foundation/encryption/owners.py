"""Going through a whole table in the scopes that its wall asks for, a batch at a time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from chatbo.foundation.isolation.scopes import platform_scope, tenant_scope
from chatbo.foundation.isolation.statements import Walled, statement_of

TENANT = "app.tenant_id"


@dataclass(frozen=True)
class Owner:
    """Whose rows, and the scope in which the database shows and accepts them."""

    scope: Callable[[], AbstractContextManager[Any]]
    condition: str = "true"


def owners_of(model: type[models.Model]) -> Iterator[Owner]:
    """Everybody who has rows in a table: each tenant, and the platform where it may have some."""
    statement = statement_of(model)
    if not isinstance(statement, Walled):
        yield Owner(transaction.atomic)
        return
    if statement.scope != TENANT:
        yield Owner(_platform)
        return
    for tenant_id in _tenants(model, statement.by):
        yield Owner(partial(tenant_scope, tenant_id))
    if statement.ownerless:
        yield Owner(_platform, f"{connection.ops.quote_name(statement.by)} IS NULL")


def _platform() -> AbstractContextManager[None]:
    return platform_scope("rotate_keys: rows that belong to no tenant")


def _tenants(model: type[models.Model], by: str) -> list[UUID]:
    """From one tenant to the next along the index: what a table of millions costs is small."""
    table, by = map(connection.ops.quote_name, (model._meta.db_table, by))
    with platform_scope("rotate_keys: find whose rows there are"), connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE owner AS ((SELECT {by} FROM {table} WHERE {by} IS NOT NULL"  # noqa: S608 (names of ours alone)
            f" ORDER BY {by} LIMIT 1) UNION ALL"
            f" SELECT (SELECT {by} FROM {table} WHERE {by} > owner.{by} ORDER BY {by} LIMIT 1)"
            f" FROM owner WHERE owner.{by} IS NOT NULL)"
            f" SELECT {by} FROM owner WHERE {by} IS NOT NULL"
        )
        return [row[0] for row in cursor.fetchall()]
