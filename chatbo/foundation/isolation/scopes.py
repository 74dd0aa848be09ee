"""Scopes: whose rows the database shows and accepts, until the end of a transaction.

The database decides, by row-level security on three transaction-local settings; this module only
sets them. Without a scope every tenant table is empty and refuses writes, so forgetting one shows
nothing instead of everything.
"""

import dataclasses
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from django.db import connection, transaction

PLATFORM_ROLE = "chatbo_platform"

log = structlog.get_logger(__name__)


class NoScopeError(RuntimeError):
    """Tenant data was to be written although no tenant's scope is open."""


@dataclasses.dataclass(frozen=True)
class Scope:
    """What is open: at most one tenant or the platform, one user, one partner."""

    tenant_id: uuid.UUID | None = None
    platform: bool = False
    user_id: uuid.UUID | None = None
    partner_id: uuid.UUID | None = None


_scope: ContextVar[Scope] = ContextVar("scope", default=Scope())  # noqa: B039 (immutable)


def current_scope() -> Scope:
    return _scope.get()


def current_tenant_id() -> uuid.UUID:
    """The tenant whose scope is open; the default of every tenant table's ``tenant_id``.

    Raises ``NoScopeError`` where none is: a row without an owner must not be made.
    """
    tenant_id = _scope.get().tenant_id
    if tenant_id is None:
        raise NoScopeError("No tenant is in scope: wrap the call in tenant_scope(tenant_id).")
    return tenant_id


@contextmanager
def tenant_scope(tenant_id: uuid.UUID | str) -> Iterator[None]:
    """Open one tenant's rows, and only these, in one transaction.

    Inside ``platform_scope`` it narrows to the tenant; the outer scope is back afterwards.
    """
    tenant_id = uuid.UUID(str(tenant_id))
    with _open(dataclasses.replace(_scope.get(), tenant_id=tenant_id, platform=False)):
        yield


@contextmanager
def platform_scope(reason: str) -> Iterator[None]:
    """Open all tenants' rows: for the platform area, sweeps and named commands only.

    ``reason`` says what for, in words that an auditor understands; each entry is logged.
    """
    # Late: the audit log's own tables stand on this module.
    from chatbo.foundation.audit.entries import record

    with _open(dataclasses.replace(_scope.get(), tenant_id=None, platform=True)):
        log.info("platform_scope", reason=reason)
        record("platform_scope.opened", details={"reason": reason})
        yield


@contextmanager
def user_scope(user_id: uuid.UUID | str) -> Iterator[None]:
    """Additionally let a user read the memberships (and the tenants' names) that are theirs."""
    with _open(dataclasses.replace(_scope.get(), user_id=uuid.UUID(str(user_id)))):
        yield


@contextmanager
def partner_scope(partner_id: uuid.UUID | str) -> Iterator[None]:
    """Open one affiliate partner's rows: its referrals, never a tenant's data."""
    partner = uuid.UUID(str(partner_id))
    with _open(dataclasses.replace(Scope(), user_id=_scope.get().user_id, partner_id=partner)):
        yield


@contextmanager
def _open(scope: Scope) -> Iterator[None]:
    outer = _scope.get()
    with transaction.atomic():
        _tell_database(scope)
        token = _scope.set(scope)
        try:
            yield
        finally:
            _scope.reset(token)
        # An exception rolls back to the savepoint, and the settings with it. Otherwise an
        # enclosing transaction lives on and must get its own scope back.
        if not connection.needs_rollback:
            _tell_database(outer)


def _tell_database(scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.tenant_id', %s, true),"
            " set_config('app.user_id', %s, true), set_config('app.partner_id', %s, true)",
            [
                PLATFORM_ROLE if scope.platform else "none",
                str(scope.tenant_id or ""),
                str(scope.user_id or ""),
                str(scope.partner_id or ""),
            ],
        )
