"""Identifiers: time-ordered for keys, random for whatever stands in an address."""

import secrets
import time
import uuid


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562, 5.7): ordered by time, so that indexes grow at one end."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


# No 0/o, 1/l/i: people read codes aloud and type them.
_CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_code(length: int = 27) -> str:
    """A random code for addresses that are their own key (27 letters: 132 bits)."""
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(length))
