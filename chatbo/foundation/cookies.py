"""Cookies under names that browsers take over TLS alone (RFC 6265bis, 4.1.3; ASVS 5.0.0, 3.3)."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

# Whoever calls ``messages.success()`` and the like fills these two, and declares nothing itself.
declare_store(
    Medium.COOKIE,
    __name__,
    NoPersonalData("Django's messages: what the reader has just done, until their next page."),
)
declare_store(
    Medium.SESSION,
    __name__,
    NoPersonalData("The same, where they are too long for a cookie."),
)


def safe_name(name: str) -> str:
    """The name of a cookie for one path. In the demo, which has no TLS, it has no prefix."""
    return f"__Secure-{name}" if settings.SESSION_COOKIE_SECURE else name


class _Notices(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]  # read when the setting is known
        return "__Host-notices" if settings.SESSION_COOKIE_SECURE else "notices"


class MessageStorage(FallbackStorage):
    """Django's messages. They name no person, are signed, and live for one page."""

    storage_classes = (_Notices, SessionStorage)
