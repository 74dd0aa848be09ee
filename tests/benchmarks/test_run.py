"""The command; the figures themselves are measured, never tested."""

import inspect
from importlib import import_module

import pytest

from benchmarks.figures import Figure, table
from benchmarks.run import main, names


def test_every_file_is_a_benchmark_that_can_be_named() -> None:
    assert {"tap_to_told", "webhook_to_stored"} <= set(names())
    for name in names():
        module = import_module(f"benchmarks.{name}")
        assert list(inspect.signature(module.measure).parameters) == ["demo"]
        assert "Baseline:" in module.__doc__


def test_an_unknown_name_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tap_to_tell"]) == 2
    assert capsys.readouterr().err == (
        "There is no benchmark tap_to_tell: choose from tap_to_told, webhook_to_stored.\n"
    )


def test_a_figure_is_a_ratio_of_medians() -> None:
    figure = Figure("ours", [0.004, 0.002, 0.100], "theirs", [0.001, 0.002, 0.003])

    assert figure.ratio == pytest.approx(2.0)
    assert table([figure]).splitlines()[1].split()[:2] == ["ours", "4.0"]
