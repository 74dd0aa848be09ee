"""So that the form cannot be used to flood somebody's mailbox.

Redis counts for an hour under keyed digests, which name nobody and cannot be turned back into an
address; nothing else of a sign-up is kept there. With Redis away nothing is limited.
"""

from django.core.cache import cache
from redis.exceptions import RedisError

from chatbo.foundation.encryption import blind_index
from consent.signup.errors import TooManyRequestsError

AN_HOUR = 3600
PER_ADDRESS = 4
PER_NETWORK = 40


def count_request(network: str) -> None:
    """Count one request of a (shortened) network. Raises ``TooManyRequestsError`` over 40."""
    if network and _count("network", network) > PER_NETWORK:
        raise TooManyRequestsError


def may_write_to(address: str) -> bool:
    """Whether this address gets another mail now. The page says the same either way."""
    return _count("address", address) <= PER_ADDRESS


def _count(what: str, value: str) -> int:
    key = f"signup:{what}:{blind_index(value, purpose='signup-limit')}"
    try:
        cache.add(key, 0, AN_HOUR)
        return cache.incr(key)
    except (RedisError, ValueError):  # Redis away, or the hour ended between the two.
        return 0
