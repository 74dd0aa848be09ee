"""The demo's own secrets, made once under VAR_DIR. Production brings its own."""

import base64
import json
import os
import secrets
from pathlib import Path

from chatbo.foundation.documents.keys import make_seal_key
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.FILES, __name__, NoPersonalData("The demo's own keys."))


def demo_secrets(var_dir: Path) -> dict[str, str]:
    """Read the demo's secrets, or make them at the first start. The file is the owner's alone."""
    path = var_dir / "secrets.json"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(_made(), file, indent=1)
        try:
            # Two processes may start at once: the first one's secrets stand.
            os.link(part, path)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    return found


def _made() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": _key(),
        "SEAL_KEY": make_seal_key(),
        "LEDGER_KEY": _key(),
        "TOMBSTONE_KEY": _key(),
    }


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
