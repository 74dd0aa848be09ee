"""Every page of the dashboard, with 1,000 businesses and a million subscribers in the database.

Baseline: ``/healthz`` of the same web process, which is the least that a request can cost. The web
process is started as the supervisor starts it, with the settings of production. The pages are
found by following the links from each area's home, lists also in each order, narrowed down, and
at their end. Of the largest business and a middling one each page is a figure of its own when it
takes longer than ``WORTH_TELLING``; the others stand in one line with the slowest of them.
"""

from statistics import median

from benchmarks.crowd.pages import Area, Page, areas, pages_of
from benchmarks.figures import Figure, latency, p95
from benchmarks.running import Demo, Web, seconds_of

TIMES = 20
WORTH_TELLING = 0.1
"""Seconds of the 95th percentile: two thirds of what a page may take."""


def measure(demo: Demo) -> list[Figure]:
    crowd = demo.crowd
    figures: list[Figure] = []
    with demo.worker_held(), crowd.web() as web:
        for area in areas(crowd):
            pages = pages_of(area.client, area.home)
            took, floor = _in_turn(web, area, pages)
            figures += _figures(area, took, floor)
    return figures


def _in_turn(
    web: Web, area: Area, pages: list[Page]
) -> tuple[dict[Page, list[float]], list[float]]:
    """The seconds of each page and of ``/healthz``; once before it counts."""
    took: dict[Page, list[float]] = {page: [] for page in pages}
    floor: list[float] = []
    for round_ in range(TIMES + 1):
        for page in pages:
            seconds = seconds_of(lambda page=page: web.look(page.address, area.cookie))
            if round_:
                took[page].append(seconds)
        floor.append(seconds_of(web.healthz))
    return took, floor


def _figures(area: Area, took: dict[Page, list[float]], floor: list[float]) -> list[Figure]:
    slow = [page for page in took if p95(took[page]) > WORTH_TELLING]
    shown = sorted(slow, key=lambda page: p95(took[page]), reverse=True)
    slowest = max(took, key=lambda page: p95(took[page]))
    over = f"{TIMES} times each of {len(took)} pages in turn"
    whole = latency(
        f"pages, {area.name}",
        [median(each) for each in took.values()],
        "/healthz",
        floor,
        over=over,
    )
    return [
        whole,
        *(
            latency(f"  {page.name}", took[page], "/healthz", floor, over=f"{TIMES} times")
            for page in shown or [slowest]
        ),
    ]
