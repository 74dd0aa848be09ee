"""Every key of Redis with its value: counts, the queue, and what a worker has not acknowledged."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import ResponseError

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.scanning.items import Item, Kind

declare_store(Medium.CACHE, __name__, NoPersonalData("Only reads what others put there."))

AT_ONCE = 500
SECONDS = 5


def keys(*, most: int | None = None) -> Iterator[Item]:
    """Each key of each database of ours. ``most``: so many of each, in Redis' own order."""
    caches = (cache.get("LOCATION", "") for cache in settings.CACHES.values())
    for url in dict.fromkeys([settings.REDIS_URL, settings.CELERY_BROKER_URL, *caches]):
        with Redis.from_url(
            url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ) as redis:
            for key in islice(redis.scan_iter(count=AT_ONCE), most):
                name = key.decode(errors="replace")
                yield Item(Kind.KEY, name, parts=_parts(redis, key, name))


def _parts(redis: Any, key: bytes, name: str) -> Iterator[tuple[str, bytes | str]]:
    yield "name", name
    kind = redis.type(key)
    try:
        for value in _values(redis, key, kind.decode()):
            yield "value", value
    except ResponseError:
        return  # It is something else by now.


def _values(redis: Any, key: bytes, kind: str) -> Iterable[bytes]:
    if kind == "string":
        yield redis.get(key) or b""
    elif kind == "list":
        for first in range(0, redis.llen(key), AT_ONCE):
            yield from redis.lrange(key, first, first + AT_ONCE - 1)
    elif kind == "hash":
        for name, value in redis.hscan_iter(key, count=AT_ONCE):
            yield from (name, value)
    elif kind == "set":
        yield from redis.sscan_iter(key, count=AT_ONCE)
    elif kind == "zset":
        for member, _score in redis.zscan_iter(key, count=AT_ONCE):
            yield member
    elif kind == "stream":
        for _number, fields in redis.xrange(key):
            for name, value in fields.items():
                yield from (name, value)
