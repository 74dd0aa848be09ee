"""With Redis away the cache answers like an empty one, at once, and notices that Redis is back."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from chatbo.foundation import cache as ours
from chatbo.foundation.limits import LIMITS, MINUTE, Limit, Per, Presser, press


def somewhere_else(settings: Any, location: str) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": location}}


@pytest.fixture
def silent() -> Iterator[str]:
    """A host that takes connections and answers nothing, as behind a broken network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


ANSWERS: dict[str, tuple[Callable[[], Any], Any]] = {
    "add": (lambda: cache.add("k", 1), True),
    "get": (lambda: cache.get("k", "nothing"), "nothing"),
    "set": (lambda: cache.set("k", 1), None),
    "touch": (lambda: cache.touch("k"), False),
    "delete": (lambda: cache.delete("k"), False),
    "get_many": (lambda: cache.get_many(["k"]), {}),
    "has_key": (lambda: "k" in cache, False),
    "set_many": (lambda: cache.set_many({"k": 1}), ["k"]),
    "delete_many": (lambda: cache.delete_many(["k"]), None),
    "clear": (cache.clear, None),
    "get_or_set": (lambda: cache.get_or_set("k", 7), 7),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_it_answers_like_an_empty_cache(settings: Any, name: str) -> None:
    somewhere_else(settings, f"redis://127.0.0.1:1/{list(ANSWERS).index(name)}")
    ask, answer = ANSWERS[name]
    assert ask() == answer


def test_what_is_not_there_cannot_be_counted_on(settings: Any) -> None:
    somewhere_else(settings, "redis://127.0.0.1:1/20")
    with pytest.raises(ValueError, match="not found"):
        cache.incr("k")


def test_every_command_that_django_gives_a_cache_in_redis_is_among_them() -> None:
    from django.core.cache.backends.redis import RedisCache

    commands = {
        name
        for name in vars(RedisCache)
        if not name.startswith("_") and name != "get_backend_timeout"
    }
    assert commands <= set(vars(ours.ForgivingCache))


def test_a_silent_host_costs_little_and_once(
    settings: Any, silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "LEFT_ALONE_SECONDS", 30)
    somewhere_else(settings, silent)
    monkeypatch.setitem(LIMITS, "a door", (Limit(0, MINUTE, Per.ADDRESS),))
    begin = time.monotonic()
    waits = {press("a door", Presser(address="198.51.100.7")) for _ in range(100)}
    assert waits == {0}
    assert time.monotonic() - begin < 1.5


def test_when_redis_is_back_it_is_used(settings: Any) -> None:
    real = settings.CACHES["default"]["LOCATION"]
    ours._away_until[real] = time.monotonic() + 0.2
    cache.set("k", 1)
    assert cache.get("k") is None
    time.sleep(0.25)
    cache.set("k", 1)
    assert cache.get("k") == 1


def test_the_log_names_neither_key_nor_address(settings: Any, caplog: Any) -> None:
    somewhere_else(settings, "redis://127.0.0.1:1/21")
    cache.get("somebody@somewhere.example")
    cache.get("somebody@somewhere.example")
    said = caplog.text
    assert said.count("cache_away") == 1, "once a second at most"
    assert "ConnectionError" in said
    assert "somebody" not in said
    assert "127.0.0.1" not in said
