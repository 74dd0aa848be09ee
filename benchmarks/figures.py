"""One row of the table: ours against a baseline of the same run."""

from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    name: str
    ours: list[float]
    """Seconds, one for each time it was done."""
    baseline: str
    theirs: list[float]

    @property
    def ratio(self) -> float:
        return median(self.ours) / median(self.theirs)

    def row(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{median(self.ours) * 1000:.1f}",
            f"{quantiles(self.ours, n=20)[-1] * 1000:.1f}",
            self.baseline,
            f"{median(self.theirs) * 1000:.1f}",
            f"{self.ratio:.1f}",
            str(len(self.ours)),
        )


HEAD = ("what", "ms", "p95", "baseline", "ms", "ratio", "times")


def table(figures: list[Figure]) -> str:
    rows = [HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
