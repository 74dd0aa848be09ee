"""Searching the audit log: a million entries of one business in a year, and those of all others.

Baseline: one entry by its key, in the same scope. Each search gets a page of it as the pages do
(``foundation.audit.searching``): the newest, by an action that is common, rare or never happened,
by an actor, by a target, within a month, and half a year further down. It must find what it looks
for, and the issue's limit is 200 ms.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.crowd import sizes
from benchmarks.figures import Figure, latency
from benchmarks.running import BenchmarkError, Demo, seconds_of

if TYPE_CHECKING:
    from chatbo.foundation.audit.searching import Page

TIMES = 20
ROWS = 50
Search = Callable[[], "Page"]


def measure(demo: Demo) -> list[Figure]:
    crowd = demo.crowd
    from chatbo.foundation.isolation import platform_scope, tenant_scope

    largest = crowd.people.tenants[sizes.LARGEST]
    with demo.worker_held():
        return [
            *_figures("one business", lambda: tenant_scope(largest.pk)),
            *_figures("all of them", lambda: platform_scope("benchmark: audit search")),
        ]


def _figures(whose: str, scope: Callable[[], AbstractContextManager[None]]) -> Iterator[Figure]:
    from chatbo.foundation.audit.models import AuditEntry

    with scope():
        pk = AuditEntry.objects.order_by("-at").values_list("pk", flat=True)[0]
        searches = dict(_searches())
        for name, (search, is_found) in searches.items():
            ours, theirs = [], []
            if bool(search().entries) is not is_found:
                raise BenchmarkError(f"The search by {name} found the wrong number of entries.")
            for _ in range(TIMES):
                ours.append(seconds_of(search))
                theirs.append(seconds_of(partial(AuditEntry.objects.get, pk=pk)))
            yield latency(
                f"audit log of {whose}, {name}",
                ours,
                "one entry by its key",
                theirs,
                over=f"{TIMES} of each in turn, {ROWS} rows",
            )


def _searches() -> Iterator[tuple[str, tuple[Search, bool]]]:
    """Each with whether there is something to be found."""
    from chatbo.foundation.audit.models import AuditEntry
    from chatbo.foundation.audit.searching import Wanted, entries_wanted, page_of

    def search(after: Any = None, **wanted: Any) -> "Page":
        found = entries_wanted(AuditEntry.objects.all(), Wanted(**wanted))
        return page_of(found, size=ROWS, after=after)

    newest = AuditEntry.objects.exclude(target_id="").order_by("-at")[0]
    half_a_year = newest.at - timedelta(days=180)
    deep = AuditEntry.objects.filter(at__lte=half_a_year).order_by("-at")[0].pk
    month = {"since": half_a_year - timedelta(days=30), "until": half_a_year}
    yield "the newest", (search, True)
    yield "half a year further down", (partial(search, after=deep), True)
    yield "by an action that is common", (partial(search, action="consents.read"), True)
    yield "by one that is rare", (partial(search, action="contract.signed"), True)
    yield "by one that never was", (partial(search, action="nothing.done"), False)
    yield "by actor", (partial(search, actor_id=newest.actor_id), True)
    yield "by target", (partial(search, target_id=newest.target_id), True)
    yield "within a month", (partial(search, **month), True)
    yield "of a rare action in a month", (partial(search, action="contract.signed", **month), True)
    signed = AuditEntry.objects.filter(action="contract.signed").exclude(actor_id=None)
    signer = signed.order_by("-at")[0].actor_id
    yield (
        "by actor and a rare action",
        (partial(search, actor_id=signer, action="contract.signed"), True),
    )
