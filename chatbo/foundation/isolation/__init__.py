"""Isolation: no tenant sees another, whatever filter was forgotten."""

from chatbo.foundation.isolation.scopes import (
    NoScopeError,
    current_scope,
    current_tenant_id,
    partner_scope,
    platform_scope,
    tenant_scope,
    user_scope,
)

__all__ = [
    "NoScopeError",
    "current_scope",
    "current_tenant_id",
    "partner_scope",
    "platform_scope",
    "tenant_scope",
    "user_scope",
]
