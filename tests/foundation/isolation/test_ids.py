"""Codes that are their own key cannot be guessed; ids are in the order of their making."""

import math

import time_machine

from chatbo.foundation.isolation.ids import _CODE_LETTERS, new_code, new_id


def test_a_code_has_128_bits_and_more() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {27}
    assert {letter for code in codes for letter in code} == set(_CODE_LETTERS)
    assert 27 * math.log2(len(_CODE_LETTERS)) >= 128


def test_no_two_letters_of_a_code_look_alike() -> None:
    assert not set(_CODE_LETTERS) & set("01oil")
    assert _CODE_LETTERS.islower()


def test_ids_follow_their_time_and_never_repeat() -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        first = {new_id() for _ in range(500)}
    with time_machine.travel(1_800_000_001, tick=False):
        second = {new_id() for _ in range(500)}
    assert len(first | second) == 1000
    assert max(first) < min(second)
    assert {found.version for found in first} == {7}
