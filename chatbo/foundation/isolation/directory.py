"""Finding the tenant that an address, a page or a code belongs to, before any scope is open."""

import dataclasses
import uuid

from django.db import IntegrityError, transaction

from chatbo.foundation.encryption import blind_index, blind_indexes
from chatbo.foundation.encryption.holding import hold_value
from chatbo.foundation.isolation.listing import stated_kinds
from chatbo.foundation.isolation.models import DirectoryEntry
from chatbo.foundation.isolation.scopes import current_tenant_id


class TakenError(Exception):
    """The value (a page, a slug) already belongs to a tenant; it stays with that one."""


class UnstatedKindError(ValueError):
    """No model states this kind in ``listed``: a new key would make its entries unfindable."""


@dataclasses.dataclass(frozen=True)
class Entry:
    tenant_id: uuid.UUID
    target_id: uuid.UUID | None


@transaction.atomic
def register(kind: str, value: str, target_id: uuid.UUID | None = None) -> None:
    """Let ``value`` lead to the tenant in scope, and to a row of it.

    The kind must be stated by a model (``isolation.listing``). Raises ``TakenError`` if the value
    leads anywhere already, ``NoScopeError`` where no tenant is in scope.
    """
    if kind not in stated_kinds():
        raise UnstatedKindError(kind)
    hold_value(blind_indexes(value, purpose=kind))
    if find(kind, value) is not None:
        raise TakenError(kind)
    try:
        with transaction.atomic():
            DirectoryEntry.objects.create(
                kind=kind,
                digest=blind_index(value, purpose=kind),
                target_id=target_id,
            )
    except IntegrityError as error:
        raise TakenError(kind) from error


def find(kind: str, value: str) -> Entry | None:
    entry = DirectoryEntry.objects.filter(
        kind=kind, digest__in=blind_indexes(value, purpose=kind)
    ).first()
    return Entry(entry.tenant_id, entry.target_id) if entry else None


def forget(kind: str, value: str) -> None:
    """Let a value lead to the tenant in scope no longer. What leads to another one stays."""
    DirectoryEntry.objects.filter(
        kind=kind, tenant_id=current_tenant_id(), digest__in=blind_indexes(value, purpose=kind)
    ).delete()


def forget_target(kind: str, target_id: uuid.UUID) -> None:
    """Let nothing lead to this row of the tenant any more, whatever the values were."""
    DirectoryEntry.objects.filter(
        kind=kind, tenant_id=current_tenant_id(), target_id=target_id
    ).delete()
