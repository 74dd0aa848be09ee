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
from typing import Any

import structlog
from django.db import connection
from django.db.transaction import Atomic

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("Why all businesses were opened, in the code's words."),
)

PLATFORM_ROLE = "chatbo_platform"

log = structlog.get_logger(__name__)


class NoScopeError(RuntimeError):
    """Tenant data was to be written although no tenant's scope is open."""


class MixedScopesError(RuntimeError):
    """Another task's scope is open on this very connection: one of the two would see the other's.

    Happens only where tasks of one event loop share a thread, and one waits inside its scope.
    """


class WideningError(RuntimeError):
    """Inside one tenant's or partner's scope all tenants' rows were asked for.

    Whatever serves one of them has no need of the others; what the platform does is its own work.
    """


class ScopeLeftOpenError(RuntimeError):
    """A scope was entered and not left; what was done in it is rolled back."""


@dataclasses.dataclass(frozen=True)
class Scope:
    """What is open: at most one tenant or the platform, one user, one partner."""

    tenant_id: uuid.UUID | None = None
    platform: bool = False
    user_id: uuid.UUID | None = None
    partner_id: uuid.UUID | None = None


class _Block(Atomic):
    """The transaction, or savepoint, in which a scope is open.

    Django keeps the open blocks of a connection, so these are at once what the database was told:
    a scope ends with its transaction, and no other thread, request or connection has part in it.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__(using=None, savepoint=True, durable=False)
        self.scope = scope

    def __exit__(self, *error: Any) -> None:
        blocks = connection.atomic_blocks
        if self not in blocks:
            return  # Left open and rolled back since: what runs now is not ours to end.
        if end_left_open(blocks.index(self) + 1) and error[0] is None:
            failure = ScopeLeftOpenError()
            super().__exit__(type(failure), failure, None)
            raise failure
        super().__exit__(*error)


# Which block this task entered last. Elsewhere only the connection is asked; this finds tasks that
# share one.
_entered: ContextVar[_Block | None] = ContextVar("entered", default=None)


def current_scope() -> Scope:
    """What is open on this thread's connection; nothing, where no transaction is."""
    block = _innermost()
    return block.scope if block else Scope()


def current_tenant_id() -> uuid.UUID:
    """The tenant whose scope is open; the default of every tenant table's ``tenant_id``.

    Raises ``NoScopeError`` where none is: a row without an owner must not be made.
    """
    tenant_id = current_scope().tenant_id
    if tenant_id is None:
        raise NoScopeError("No tenant is in scope: wrap the call in tenant_scope(tenant_id).")
    return tenant_id


@contextmanager
def tenant_scope(tenant_id: uuid.UUID | str) -> Iterator[None]:
    """Open one tenant's rows, and only these, in one transaction.

    Inside ``platform_scope`` it narrows to the tenant; the outer scope is back afterwards.
    """
    tenant_id = uuid.UUID(str(tenant_id))
    with _open(dataclasses.replace(current_scope(), tenant_id=tenant_id, platform=False)):
        yield


@contextmanager
def platform_scope(reason: str) -> Iterator[None]:
    """Open all tenants' rows: for the platform area, sweeps and named commands only.

    ``reason`` says what for, in words that an auditor understands; each entry is logged.
    Raises ``WideningError`` inside a tenant's or a partner's scope: no page of theirs leads out.
    """
    # Late: the audit log's own tables stand on this module.
    from chatbo.foundation.audit.entries import record

    if current_scope().tenant_id or current_scope().partner_id:
        raise WideningError(reason)
    with _open(dataclasses.replace(current_scope(), tenant_id=None, platform=True)):
        log.info("platform_scope", reason=reason)
        record("platform_scope.opened", details={"reason": reason})
        yield


@contextmanager
def user_scope(user_id: uuid.UUID | str) -> Iterator[None]:
    """Let a user read the memberships (and the tenants' names) that are theirs.

    Around another scope it only says who acts; that one decides what is read.
    """
    with _open(dataclasses.replace(current_scope(), user_id=uuid.UUID(str(user_id)))):
        yield


@contextmanager
def partner_scope(partner_id: uuid.UUID | str) -> Iterator[None]:
    """Open one affiliate partner's rows: its referrals, never a tenant's data."""
    partner = uuid.UUID(str(partner_id))
    with _open(dataclasses.replace(Scope(), user_id=current_scope().user_id, partner_id=partner)):
        yield


def end_left_open(depth: int) -> int:
    """Roll back every open transaction block above ``depth``, and say how many there were."""
    ended = 0
    while connection.in_atomic_block and len(connection.atomic_blocks) > depth:
        failure = ScopeLeftOpenError()
        Atomic.__exit__(connection.atomic_blocks[-1], type(failure), failure, None)
        ended += 1
    return ended


@contextmanager
def _open(scope: Scope) -> Iterator[None]:
    outer = _innermost()
    entered = _entered.get()
    if outer is not (entered if entered in connection.atomic_blocks else None):
        raise MixedScopesError
    block = _Block(scope)
    with block:
        _tell_database(scope)
        _entered.set(block)
        try:
            yield
        finally:
            if _entered.get() is block:  # Not where a forgotten generator is cleared away later.
                _entered.set(outer)
        # With the transaction the settings end. An enclosing one lives on and must get its own
        # scope back; after an exception, the rollback to the savepoint does that.
        is_nested = len(connection.atomic_blocks) > 1
        if is_nested and _innermost() is block and not connection.needs_rollback:
            _tell_database(outer.scope if outer else Scope())


def _innermost() -> _Block | None:
    for block in reversed(connection.atomic_blocks):
        if isinstance(block, _Block):
            return block
    return None


def _tell_database(scope: Scope) -> None:
    is_user_alone = scope.tenant_id is None and not scope.platform
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.tenant_id', %s, true),"
            " set_config('app.user_id', %s, true), set_config('app.partner_id', %s, true)",
            [
                PLATFORM_ROLE if scope.platform else "none",
                str(scope.tenant_id or ""),
                # Not beside a tenant: its pages see that tenant's members and no membership more.
                str(scope.user_id or "") if is_user_alone else "",
                str(scope.partner_id or ""),
            ],
        )
