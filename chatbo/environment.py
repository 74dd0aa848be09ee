"""What the settings are read with: from the environment, and in the demo from what it made.

    SECRET_KEY = secret("SECRET_KEY", "Django's key for signatures, a long random text")

What is missing or wrong is said at the start, in one sentence that names the setting.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from chatbo import embedded
from chatbo.demo_secrets import demo_secrets

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Whether the demo runs. Never Django's own DEBUG: its pages show source and settings to whoever
# asks, and a newcomer should see the pages that customers see. Tracebacks stand in the log.
DEMO = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
VAR_DIR = (BASE_DIR / env.str("VAR_DIR", default="var")).resolve()

MOST_DAYS = 3650

SERVERS = embedded.addresses(VAR_DIR) if DEMO else None


def demanded(name: str, what: str) -> str:
    """A setting that only the demo may leave out."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: {what}. (Only with DEBUG=1 may it be left out.)"
        )
    return value


def secret(name: str, what: str) -> str:
    """A secret: from the environment (or ``file:<path>``), made under VAR_DIR in the demo."""
    value = env.str(name, default="")
    if value.startswith("file:"):
        value = Path(value.removeprefix("file:")).read_text()
    if not value and DEMO:
        value = demo_secrets(VAR_DIR)[name]
    return value or demanded(name, what)


def server_url(name: str, embedded_url: str | None, what: str) -> str:
    url = env.str(name, default="") or embedded_url
    if url:
        return url
    if DEMO:
        raise ImproperlyConfigured(
            f"{name} is not set and the embedded server is not there: start it with `make run`."
        )
    return demanded(name, what)


def whole_days(name: str, what: str, *, default: int) -> int:
    """A number of days, of one to ten years of them."""
    text = env.str(name, default=str(default))
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_DAYS))
    if not (is_number and 1 <= int(text) <= MOST_DAYS):
        raise ImproperlyConfigured(
            f"{name} is {text!r}: {what}, in days from 1 to {MOST_DAYS}, as {default}."
        )
    return int(text)


def database(url: str, **options: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = dict(
        environ.Env.db_url_config(url.replace("postgresql://", "postgres://", 1))
    )
    parsed["ENGINE"] = "django.db.backends.postgresql"
    parsed["OPTIONS"] = {**parsed.get("OPTIONS", {}), **options}
    return parsed


def file_storage(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "chatbo.foundation.files.ScopedStorage",
            "OPTIONS": {"location": parts.path, "file_permissions_mode": 0o600},
        }
    raise ImproperlyConfigured(f"FILES_URL has the scheme {parts.scheme!r}; file: is understood.")
