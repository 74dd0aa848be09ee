"""Writing to the audit log."""

import uuid
from typing import Any

from django.db import models

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation.scopes import current_scope


def record(
    action: str,
    *,
    target: models.Model | None = None,
    actor_id: uuid.UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note that something was done, in the caller's transaction: both happen, or neither.

    ``action`` is ``noun.verb`` (``contract.signed``). The actor is the user in scope unless
    given. ``details`` holds ids and facts, never content or names.
    """
    scope = current_scope()
    AuditEntry.objects.create(
        tenant_id=scope.tenant_id or getattr(target, "tenant_id", None),
        actor_id=actor_id or scope.user_id,
        action=action,
        target_kind=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        details=details or {},
    )
