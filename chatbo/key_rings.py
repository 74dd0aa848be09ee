"""Reading a ring of keys (``FIELD_KEYS``, ``LEDGER_KEY``): what is wrong is said at the start."""

import base64
import binascii

from django.core.exceptions import ImproperlyConfigured

BYTES = 32
MAKE_ONE = (
    "Make one with: python -c 'import base64, secrets;"
    " print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'"
)


def key_ring(name: str, text: str) -> list[str]:
    """The keys, newest first. Raises ``ImproperlyConfigured`` by place, never with a key in it."""
    keys = [key.strip() for key in text.split(",")]
    seen: dict[bytes, int] = {}
    for place, key in enumerate(keys, start=1):
        found = _bytes_of(key, f"{name}: key {place} of {len(keys)}")
        if found in seen:
            raise ImproperlyConfigured(f"{name}: keys {seen[found]} and {place} are the same.")
        seen[found] = place
    return keys


def _bytes_of(key: str, which: str) -> bytes:
    if not key:
        raise ImproperlyConfigured(f"{which} is empty. {MAKE_ONE}")
    try:
        found = base64.b64decode(key, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: not ASCII.
        raise ImproperlyConfigured(f"{which} is not URL-safe base64. {MAKE_ONE}") from error
    if len(found) != BYTES:
        raise ImproperlyConfigured(
            f"{which} has {len(found)} bytes; it must have {BYTES}. {MAKE_ONE}"
        )
    return found
