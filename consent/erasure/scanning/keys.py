"""Every key of Redis with its value: counts, the queue, and what a worker has not acknowledged."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
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
    caches = (str(cache["LOCATION"]) for cache in settings.CACHES.values())
    for url in dict.fromkeys([settings.REDIS_URL, settings.CELERY_BROKER_URL, *caches]):
        with Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as redis:
            for key in islice(redis.scan_iter(count=AT_ONCE), most):
                name = key.decode(errors="replace")
                yield Item(Kind.KEY, name, parts=_parts(redis, key, name))


def _parts(redis: Any, key: bytes, name: str) -> Iterator[tuple[str, bytes | str]]:
    yield "name", name
    read = READ.get(redis.type(key).decode(), _nothing)
    try:
        for value in read(redis, key):
            yield "value", value
    except ResponseError:
        return  # It is something else by now.


def _of_string(redis: Any, key: bytes) -> Iterable[bytes]:
    return [redis.get(key) or b""]


def _of_list(redis: Any, key: bytes) -> Iterable[bytes]:
    for first in range(0, redis.llen(key), AT_ONCE):
        yield from redis.lrange(key, first, first + AT_ONCE - 1)


def _of_hash(redis: Any, key: bytes) -> Iterable[bytes]:
    return chain.from_iterable(redis.hscan_iter(key, count=AT_ONCE))


def _of_set(redis: Any, key: bytes) -> Iterable[bytes]:
    members: Iterable[bytes] = redis.sscan_iter(key, count=AT_ONCE)
    return members


def _of_sorted_set(redis: Any, key: bytes) -> Iterable[bytes]:
    return (member for member, _score in redis.zscan_iter(key, count=AT_ONCE))


def _of_stream(redis: Any, key: bytes) -> Iterable[bytes]:
    for _number, fields in redis.xrange(key):
        yield from chain.from_iterable(fields.items())


def _nothing(redis: Any, key: bytes) -> Iterable[bytes]:
    return []


READ: Mapping[str, Callable[[Any, bytes], Iterable[bytes]]] = {
    "string": _of_string,
    "list": _of_list,
    "hash": _of_hash,
    "set": _of_set,
    "zset": _of_sorted_set,
    "stream": _of_stream,
}
"""Redis' types; a key that has ended meanwhile has none."""
