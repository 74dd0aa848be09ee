"""The command; the figures themselves are measured, never tested."""

import inspect
from importlib import import_module

import pytest

from benchmarks.figures import latency, table, throughput
from benchmarks.run import main, names


def test_every_file_is_a_benchmark_that_can_be_named() -> None:
    assert {"tap_to_told", "webhook_to_stored", "dashboard_pages"} <= set(names())
    assert not {"crowd", "running"} & set(names())
    for name in names():
        module = import_module(f"benchmarks.{name}")
        assert list(inspect.signature(module.measure).parameters) == ["demo"]
        assert "Baseline:" in module.__doc__


def test_an_unknown_name_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tap_to_told", "tap_to_tell"]) == 2
    assert capsys.readouterr().err == (
        f"There is no benchmark tap_to_tell: choose from {', '.join(names())}.\n"
    )


def test_a_latency_is_a_ratio_of_medians_and_of_95th_percentiles() -> None:
    figure = latency("ours", [0.004, 0.002, 0.1], "theirs", [0.001, 0.002, 0.003], over="3 times")

    assert figure.ours == "4.0 ms (p95 90.4)"
    assert figure.baseline == "theirs 2.0 ms (p95 2.9)"
    assert figure.ratio == "2.00 (p95 31.17)"


def test_a_throughput_is_a_ratio_of_rates() -> None:
    figure = throughput("ours", [90, 100, 400], "theirs", [200, 300, 150], over="3 rounds")

    assert (figure.ours, figure.baseline, figure.ratio) == ("100/s", "theirs 200/s", "0.50")


def test_the_columns_of_the_table_stand_below_each_other() -> None:
    short = throughput("a", [1, 1], "b", [2, 2], over="x")
    long = throughput("a long name", [1, 1], "b", [2, 2], over="x")

    head, line, *rows = table([short, long]).splitlines()

    assert {row.index("1/s") for row in rows} == {head.index("ours")}
    assert set(line) == {"-", " "}
