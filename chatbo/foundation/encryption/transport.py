"""What leaves the machine leaves it encrypted: a system check of ``manage.py check --deploy``."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core import checks

_HERE = {"", "localhost", "127.0.0.1", "::1"}
"""This very machine, or a socket in its file system."""
_CHECKED = {"verify-full", "verify-ca"}


@checks.register(checks.Tags.security, deploy=True)
def check_transport(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of each server that is reached in the open (ASVS 5.0.0, 12.3.1 and 12.3.2)."""
    return [
        *_of_databases(),
        *_of_redis(settings.REDIS_URL),
        *_of_mail(),
        *(
            _warning(name, "begin with https://", "W103")
            for name in ("META_GRAPH_URL", "TELEGRAM_API_URL", "FACEBOOK_OAUTH_URL")
            if not getattr(settings, name).startswith("https://")
        ),
    ]


def _of_databases() -> list[checks.CheckMessage]:
    return [
        _warning("DATABASE_URL", "end with ?sslmode=verify-full", "W100")
        for database in settings.DATABASES.values()
        if not _is_here(database.get("HOST") or "")
        and database["OPTIONS"].get("sslmode") not in _CHECKED
    ]


def _of_redis(url: str) -> list[checks.CheckMessage]:
    parts = urlsplit(url)
    is_checked = parts.scheme == "rediss" and parse_qs(parts.query).get("ssl_cert_reqs") not in (
        ["none"],
        ["CERT_NONE"],
    )
    if parts.scheme == "unix" or _is_here(parts.hostname or "") or is_checked:
        return []
    return [_warning("REDIS_URL", "begin with rediss://", "W101")]


def _of_mail() -> list[checks.CheckMessage]:
    is_smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    is_encrypted = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    if not is_smtp or is_encrypted or _is_here(settings.EMAIL_HOST):
        return []
    return [_warning("EMAIL_URL", "begin with smtp+tls:// or smtp+ssl://", "W102")]


def _is_here(host: str) -> bool:
    return host in _HERE or host.startswith("/")


def _warning(setting: str, should: str, number: str) -> checks.CheckMessage:
    return checks.Warning(
        f"{setting} leads to another machine in the open; it should {should}.",
        id=f"encryption.{number}",
    )
