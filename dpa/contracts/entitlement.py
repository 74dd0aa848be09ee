"""Who may act for which party."""

import uuid

from dpa.contracts.errors import NotEntitledError
from tenants.accounts.models import Membership, PlatformRole, User


def refuse_unless_owner(user: User, tenant_id: uuid.UUID) -> None:
    """Only an owner acts for a company, and nobody of the platform does, owner or not.

    Within the tenant's scope. Raises ``NotEntitledError``.
    """
    owns = Membership.objects.filter(
        tenant_id=tenant_id, user_id=user.pk, role=Membership.Role.OWNER
    ).exists()
    if not owns or user.platform_role != PlatformRole.NONE:
        raise NotEntitledError


def refuse_unless_admin(user: User, tenant_id: uuid.UUID) -> None:
    """Only an admin acts for the platform, and not towards a company of their own.

    Within the tenant's scope. Raises ``NotEntitledError``.
    """
    is_member = Membership.objects.filter(tenant_id=tenant_id, user_id=user.pk).exists()
    if user.platform_role != PlatformRole.ADMIN or is_member:
        raise NotEntitledError
