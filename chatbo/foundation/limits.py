"""Counting what strangers may do only so often.

Redis counts under keyed digests, which name nobody and cannot be turned back into an address.
With Redis away nothing is limited: these doors stay open rather than shut for everybody.
"""

from django.core.cache import cache
from redis.exceptions import RedisError

from chatbo.foundation.encryption import blind_index


def count(purpose: str, value: str, *, seconds: int) -> int:
    """How often this value has come, this time included, since a window of ``seconds`` began.

    ``purpose`` names the door, and keeps its digests apart from those of other doors.
    """
    key = f"limit:{purpose}:{blind_index(value, purpose=f'{purpose}-limit')}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key)
    except (RedisError, ValueError):  # Redis away, or the window ended between the two.
        return 0
