"""One row of the table: ours against a baseline of the same run."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    name: str
    ours: str
    baseline: str
    ratio: str
    """Of the medians, and of the 95th percentiles where there are such."""
    over: str
    """What it was measured over."""


def latency(
    name: str, ours: Sequence[float], baseline: str, theirs: Sequence[float], *, over: str
) -> Figure:
    """Seconds, one for each time it was done. A ratio of 2 takes twice as long as the baseline."""
    return Figure(
        name,
        _milliseconds(ours),
        f"{baseline} {_milliseconds(theirs)}",
        f"{median(ours) / median(theirs):.2f} (p95 {p95(ours) / p95(theirs):.2f})",
        over,
    )


def throughput(
    name: str, ours: Sequence[float], baseline: str, theirs: Sequence[float], *, over: str
) -> Figure:
    """So many a second, one for each round. A ratio of 0.5 gets half as much done."""
    return Figure(
        name,
        f"{median(ours):.0f}/s",
        f"{baseline} {median(theirs):.0f}/s",
        f"{median(ours) / median(theirs):.2f}",
        over,
    )


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def _milliseconds(values: Sequence[float]) -> str:
    return f"{median(values) * 1000:.1f} ms (p95 {p95(values) * 1000:.1f})"


HEAD = ("what", "ours", "baseline", "ratio", "measured over")


def table(figures: Sequence[Figure]) -> str:
    rows = [
        HEAD,
        *((each.name, each.ours, each.baseline, each.ratio, each.over) for each in figures),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
