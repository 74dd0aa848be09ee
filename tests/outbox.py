"""The mails that wait in the outbox."""

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail


def mails() -> list[OutgoingMail]:
    """All of them, oldest first."""
    with platform_scope("test: read the outbox"):
        return list(OutgoingMail.objects.order_by("created_at", "id"))
