"""The cache in Redis, which may go away: then it answers like an empty one.

Nothing that must be kept lies here. What does lie here, the counts of ``foundation.limits`` and
allauth's used one-time codes, is missed while Redis is away; log-in and pages go on. ``/readyz``
asks Redis itself and says so.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import structlog
from django.core.cache import cache
from django.core.cache.backends import redis as django_redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from redis import Redis
from redis.exceptions import RedisError

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.CACHE, __name__, NoPersonalData("Hands on what its users declare themselves."))
declare_store(Medium.LOG, __name__, NoPersonalData("That Redis is away, and the error's class."))
declare_store(Medium.MEMORY, __name__, NoPersonalData("Until when a server is left alone."))

log = structlog.get_logger(__name__)

LEFT_ALONE_SECONDS = 1.0
"""So long nobody is asked who did not answer: a host that swallows packets costs each process a
quarter of a second once a second, not each command of each request."""

# Gives back what was counted, but never from a window that has ended: a key without an end would
# stay for good.
GIVE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end
end
"""

T = TypeVar("T")
Counts = tuple[list[tuple[int, int]], bool]
_away_until: dict[str, float] = {}


class ForgivingCache(django_redis.RedisCache):
    """Django's own, with an answer instead of an error, and counting in one round trip."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = str(server)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> bool:
        return self._ask(super().add, key, value, timeout, version, otherwise=True)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(super().get, key, default, version, otherwise=default)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> None:
        self._ask(super().set, key, value, timeout, version, otherwise=None)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._ask(super().touch, key, timeout, version, otherwise=False)

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._ask(super().delete, key, version, otherwise=False)

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        return self._ask(super().get_many, keys, version, otherwise={})

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._ask(super().has_key, key, version, otherwise=False)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Raises ``ValueError`` for a key that is not there, so also with Redis away."""
        new = self._ask(super().incr, key, delta, version, otherwise=None)
        if new is None:
            raise ValueError("Key not found")
        return new

    def set_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> list[Any]:
        return self._ask(super().set_many, data, timeout, version, otherwise=list(data))

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        self._ask(super().delete_many, keys, version, otherwise=None)

    def clear(self) -> None:
        self._ask(super().clear, otherwise=None)

    def count_up(self, windows: Mapping[str, int], known: str) -> Counts:
        """Count each key once more, in windows of so many seconds that begin with the first.

        Gives for each how often it came and the seconds that are left, and whether ``known`` is
        there. With Redis away: nothing.
        """

        def ask() -> Counts:
            with self._redis().pipeline() as pipeline:
                for key, seconds in windows.items():
                    pipeline.set(self.make_key(key), 0, ex=seconds, nx=True)
                    pipeline.incr(self.make_key(key))
                    pipeline.ttl(self.make_key(key))
                pipeline.exists(self.make_key(known))
                *answers, is_known = pipeline.execute()
            return list(zip(answers[1::3], answers[2::3], strict=True)), bool(is_known)

        nothing: Counts = ([], False)
        return self._ask(ask, otherwise=nothing)

    def give_back(self, keys: Sequence[str]) -> None:
        """Take back one count of each."""
        full = [self.make_key(key) for key in keys]
        self._ask(lambda: self._redis().eval(GIVE_BACK, len(full), *full), otherwise=None)

    def _redis(self) -> Redis:
        return self._cache.get_client(write=True)

    def _ask(self, ask: Callable[..., T], *args: Any, otherwise: T) -> T:
        if time.monotonic() < _away_until.get(self._server, 0.0):
            return otherwise
        try:
            return ask(*args)
        except RedisError as error:
            # The kind only: Redis's words may repeat a key or an address.
            log.warning("cache_away", error=type(error).__name__)
            _away_until[self._server] = time.monotonic() + LEFT_ALONE_SECONDS
            return otherwise


def counters() -> ForgivingCache:
    """The cache as what it is, for the counting that Django's own interface does not have."""
    return cast(ForgivingCache, cache)
