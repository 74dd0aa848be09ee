"""How often who may press: counted in a real Redis, exactly, and for a time only."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from chatbo.foundation.limits import LIMITS, MINUTE, Limit, Per, Presser, count, press, succeed

DOOR = "a door"
STRANGER = Presser(address="198.51.100.7")
LINDE = Presser(address="198.51.100.7", account="linde")


def door(monkeypatch: pytest.MonkeyPatch, *lines: Limit) -> None:
    monkeypatch.setitem(LIMITS, DOOR, lines)


def test_a_door_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(2, 3 * MINUTE, Per.ADDRESS))
    assert [press(DOOR, STRANGER), press(DOOR, STRANGER)] == [0, 0]
    assert 170 < press(DOOR, STRANGER) <= 180
    assert press(DOOR, Presser(address="198.51.100.8")) == 0


def test_a_door_without_a_line_is_not_counted() -> None:
    assert press("no such door", STRANGER) == 0
    assert cache._cache.get_client(write=True).dbsize() == 0


def test_a_window_ends_and_is_not_lengthened_by_pressing(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(1, 2, Per.ADDRESS))
    begin = time.monotonic()
    waits = []
    while time.monotonic() - begin < 1.5:
        waits.append(press(DOOR, STRANGER))
        time.sleep(0.1)
    assert waits[0] == 0
    assert all(waits[1:])
    time.sleep(1)
    assert press(DOOR, STRANGER) == 0


def test_many_at_the_same_moment_are_counted_each(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(10, MINUTE, Per.ADDRESS))
    with ThreadPoolExecutor(max_workers=16) as pool:
        waits = list(pool.map(lambda _: press(DOOR, STRANGER), range(100)))
    assert waits.count(0) == 10


def test_one_businesss_door_is_not_anothers(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(1, MINUTE, Per.ADDRESS))
    cafe, dentist = (Presser("198.51.100.7", place=place) for place in ("cafe", "dentist"))
    assert press(DOOR, cafe) == 0
    assert press(DOOR, cafe)
    assert press(DOOR, dentist) == 0


def test_values_do_not_run_into_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(1, MINUTE, Per.ACCOUNT))
    assert press(DOOR, Presser(account="b", place="a")) == 0
    assert press(DOOR, Presser(account="a b")) == 0
    assert press(DOOR, Presser(account="a\nb")) == 0


def test_without_an_account_only_the_address_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(1, MINUTE, Per.ACCOUNT), Limit(3, MINUTE, Per.ADDRESS))
    assert [bool(press(DOOR, STRANGER)) for _ in range(4)] == [False, False, False, True]


def test_all_from_nowhere_known_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(1, MINUTE, Per.ADDRESS))
    assert press(DOOR, Presser(address="")) == 0
    assert press(DOOR, Presser(address=""))


def test_success_gives_back_failures_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = Limit(1, MINUTE, Per.ACCOUNT, failures=True)
    door(monkeypatch, failures, Limit(3, MINUTE, Per.ADDRESS))
    for _ in range(3):
        assert press(DOOR, LINDE) == 0
        succeed(DOOR, LINDE)
    assert press(DOOR, LINDE), "each press from this address counts"


def test_giving_back_makes_no_credit_and_no_key_that_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door(monkeypatch, Limit(1, MINUTE, Per.ACCOUNT, failures=True))
    for _ in range(5):
        succeed(DOOR, LINDE)  # The window of what is given back has ended.
    assert cache._cache.get_client(write=True).dbsize() == 0
    press(DOOR, LINDE)
    for _ in range(5):
        succeed(DOOR, LINDE)
    assert [bool(press(DOOR, LINDE)) for _ in range(2)] == [False, True]


def test_a_known_place_is_free_of_what_happens_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    door(monkeypatch, Limit(1, MINUTE, Per.ACCOUNT_ELSEWHERE, failures=True))
    press(DOOR, LINDE)
    succeed(DOOR, LINDE)
    elsewhere = Presser(address="203.0.113.1", account="linde")
    assert [bool(press(DOOR, elsewhere)) for _ in range(3)] == [False, True, True]
    assert press(DOOR, LINDE) == 0
    assert press(DOOR, Presser(LINDE.address, "somebody else")) == 0
    assert press(DOOR, Presser(LINDE.address, "somebody else")), "known is an account, not a place"


def test_counting_by_hand_keeps_purposes_apart() -> None:
    assert [count("a", "x", seconds=9), count("a", "x", seconds=9)] == [1, 2]
    assert count("b", "x", seconds=9) == 1
