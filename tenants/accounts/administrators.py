"""ChatBo's own administrators, and what they are told by mail."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from chatbo.foundation.mail.outbox import queue_mail
from tenants.accounts.models import PlatformRole, User


def administrators() -> QuerySet[User]:
    """Whoever answers for the platform now."""
    return User.objects.filter(platform_role=PlatformRole.ADMIN, is_active=True)


def mail_administrators(template: str, **facts: Any) -> None:
    """A mail to each, in their language; ``url`` in it leads to the platform's home."""
    url = f"{settings.BASE_URL}{reverse('platform:home')}"
    for admin in administrators():
        queue_mail(
            to=admin.email,
            template=template,
            context={**facts, "url": url},
            language=admin.language,
        )
