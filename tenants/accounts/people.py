"""What users change about themselves, and what they may do at ChatBo."""

from django.db import transaction

from chatbo.foundation.audit.entries import changes, record
from tenants.accounts.errors import OwnRoleError
from tenants.accounts.models import PlatformRole, User


@transaction.atomic
def change_profile(user: User, *, name: str, language: str) -> User:
    """Change a user's own name, and the language of pages and mails."""
    details = changes(user, {"name": name, "language": language}, content={"name"})
    user.name = name
    user.language = language
    user.save(update_fields=["name", "language"])
    record("user.changed", target=user, actor_id=user.pk, details=details)
    return user


@transaction.atomic
def grant_platform_role(user: User, *, role: PlatformRole, granted_by: User | None = None) -> User:
    """Give somebody a place at ChatBo itself, or take it (``PlatformRole.NONE``).

    ``granted_by`` is missing only where nobody could: the first administrator, by command.
    Raises ``OwnRoleError``: else the last administrator could go by a slip.
    """
    if granted_by is not None and granted_by.pk == user.pk:
        raise OwnRoleError
    before = user.platform_role
    user.platform_role = role
    user.save(update_fields=["platform_role"])
    record(
        "user.platform_role_granted",
        target=user,
        actor_id=granted_by.pk if granted_by else None,
        details={"before": before, "after": role},
    )
    return user
