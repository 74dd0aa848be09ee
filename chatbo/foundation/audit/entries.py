"""Writing to the audit log."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.db import models

from chatbo.foundation.audit.actions import ACTIONS
from chatbo.foundation.audit.details import riddles
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.audit.targets import target_of
from chatbo.foundation.isolation.scopes import current_scope


class UnreadableError(LookupError):
    """Nobody could read the entry: words are missing, for what the error names."""


class UnknownActionError(UnreadableError):
    """The action has none in ``ACTIONS``."""


class UnknownTargetError(UnreadableError):
    """The target's model has no ``audit_target``."""


class UnknownDetailError(UnreadableError):
    """The detail has none, neither as a field of the target nor in ``words``."""


def record(
    action: str,
    *,
    target: models.Model | None = None,
    actor_id: uuid.UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note that something was done, in the caller's transaction: both happen, or neither.

    ``action`` is ``noun.verb``, of ``ACTIONS``. The actor is the user in scope unless given.
    ``details`` holds ids and facts, of a change ``before`` and ``after``; never content or names.
    Raises ``UnreadableError``.
    """
    target_kind = target._meta.label_lower if target is not None else ""
    _refuse_riddles(action, target, target_kind, details or {})
    scope = current_scope()
    AuditEntry.objects.create(
        tenant_id=scope.tenant_id or getattr(target, "tenant_id", None),
        actor_id=actor_id or scope.user_id,
        action=action,
        target_kind=target_kind,
        target_id=str(target.pk) if target is not None else "",
        details=details or {},
    )


def _refuse_riddles(
    action: str, target: models.Model | None, target_kind: str, details: Mapping[str, Any]
) -> None:
    if action not in ACTIONS:
        raise UnknownActionError(action)
    if target is not None and target_of(target._meta.model) is None:
        raise UnknownTargetError(target_kind)
    if unknown := riddles(action, target_kind, details):
        raise UnknownDetailError(*sorted(unknown))


def changes(
    row: models.Model, new: Mapping[str, Any], *, content: Collection[str]
) -> dict[str, Any]:
    """What a change of ``row`` to the ``new`` values puts into ``details``, before it is made.

    Of ``content``, which persons wrote or which may name them, the field's name alone; of all else
    the values before and after.
    """
    changed = [name for name, value in new.items() if getattr(row, name) != value]
    facts = [name for name in changed if name not in content]
    details: dict[str, Any] = {"changed": changed}
    if facts:
        details["before"] = {name: getattr(row, name) for name in facts}
        details["after"] = {name: new[name] for name in facts}
    return details
