"""``check --deploy`` names what leaves the machine in the open."""

from types import SimpleNamespace
from typing import Any

import pytest

from chatbo.foundation.encryption import transport

SMTP = "django.core.mail.backends.smtp.EmailBackend"
PLATFORMS = ("META_GRAPH_URL", "TELEGRAM_API_URL", "FACEBOOK_OAUTH_URL")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Everything on other machines, and encrypted on the way."""
    settings = SimpleNamespace(
        DATABASES={"default": {"HOST": "db.example", "OPTIONS": {"sslmode": "verify-full"}}},
        REDIS_URL="rediss://redis.example/0",
        EMAIL_BACKEND=SMTP,
        EMAIL_HOST="mail.example",
        EMAIL_USE_TLS=True,
        EMAIL_USE_SSL=False,
        **dict.fromkeys(PLATFORMS, "https://platform.example"),
    )
    monkeypatch.setattr(transport, "settings", settings)
    return settings


def warned() -> list[str]:
    return [str(found.id).removeprefix("encryption.") for found in transport.check_transport(None)]


def test_encrypted_on_the_way_nothing_is_said(elsewhere: Any) -> None:
    assert warned() == []


@pytest.mark.parametrize("mode", [None, "prefer", "require"])
def test_a_database_whose_certificate_nobody_checks(elsewhere: Any, mode: str | None) -> None:
    elsewhere.DATABASES["default"]["OPTIONS"] = {"sslmode": mode}
    assert warned() == ["W100"]


@pytest.mark.parametrize("host", ["", "/var/run/postgresql", "127.0.0.1"])
def test_a_database_on_this_machine_needs_none(elsewhere: Any, host: str) -> None:
    elsewhere.DATABASES["default"] = {"HOST": host, "OPTIONS": {}}
    assert warned() == []


@pytest.mark.parametrize(
    "url", ["redis://redis.example/0", "rediss://redis.example/0?ssl_cert_reqs=none"]
)
def test_a_redis_in_the_open_or_of_anybody(elsewhere: Any, url: str) -> None:
    elsewhere.REDIS_URL = url
    assert warned() == ["W101"]


def test_mail_in_the_open(elsewhere: Any) -> None:
    elsewhere.EMAIL_USE_TLS = False
    assert warned() == ["W102"]


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_in_the_open(elsewhere: Any, name: str) -> None:
    setattr(elsewhere, name, "http://platform.example")
    assert warned() == ["W103"]
