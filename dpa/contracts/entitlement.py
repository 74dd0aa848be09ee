"""Who may act for which party."""

import uuid

from dpa.contracts.errors import NotEntitledError
from tenants.accounts.models import Membership, PlatformRole, User
from tenants.accounts.roles import SIGNATORY, roles_of


def refuse_unless_signatory(user: User, tenant_id: uuid.UUID) -> None:
    """Only an owner, or whom an owner named, acts for a company; nobody of the platform does.

    Within the tenant's scope. Raises ``NotEntitledError``.
    """
    membership = Membership.objects.filter(tenant_id=tenant_id, user_id=user.pk).first()
    if membership is None or SIGNATORY not in roles_of(membership, user):
        raise NotEntitledError


def refuse_unless_admin(user: User, tenant_id: uuid.UUID) -> None:
    """Only an admin acts for the platform, and not towards a company of their own.

    Within the tenant's scope. Raises ``NotEntitledError``.
    """
    is_member = Membership.objects.filter(tenant_id=tenant_id, user_id=user.pk).exists()
    if user.platform_role != PlatformRole.ADMIN or is_member:
        raise NotEntitledError
