"""A guard that is to be taken out stands where its breakage looks for it."""

from pathlib import Path

import pytest

from infrastructure.breakages.__main__ import BREAKAGES
from infrastructure.breakages.breaking import Breakage

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.promise)
def test_the_guard_is_there_and_its_test_as_well(breakage: Breakage) -> None:
    """Otherwise it is taken out of nothing, and nobody would learn that no test notices."""
    assert breakage.guard in (ROOT / breakage.file).read_text()
    assert breakage.guard != breakage.instead
    assert all((ROOT / test.partition("::")[0]).exists() for test in breakage.tests.split())
