"""What a million sealed records are asked for: one person, a receipt, a proof on paper."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.crowd import sizes
from benchmarks.crowd.pages import areas
from benchmarks.figures import Figure, latency
from benchmarks.ledger.turns import Write, Writer
from benchmarks.running import BenchmarkError, seconds_of

if TYPE_CHECKING:
    from benchmarks.crowd.running import Crowd

PERSON = "gast@kundschaft.example"
RECORDS = 20
"""So many of one person."""
TIMES = 20
SELDOM = 5
"""For what takes seconds."""


def record_one_person(crowd: "Crowd") -> None:
    """Among the largest business's: agreed, withdrawn, agreed, by the use case; not sealed yet."""
    from chatbo.foundation.isolation import tenant_scope
    from chatbo.foundation.isolation.ids import new_id
    from consent.ledger.models import ConsentRecord as Record
    from consent.ledger.recording import record_consent
    from consent.texts.versions import text_in_force

    text, person_id = text_in_force("bot-notice", "de"), new_id()
    with tenant_scope(crowd.people.tenants[sizes.LARGEST].pk):
        for number in range(RECORDS):
            decision = Record.Decision.WITHDRAWN if number % 2 else Record.Decision.GRANTED
            record_consent(
                text,
                purpose=Record.Purpose.NEWSLETTER,
                decision=decision,
                source=Record.Source.PAGE,
                controller=Record.Controller.TENANT,
                way=Record.Way.CLICK,
                form="Ich möchte den Newsletter.",
                person_id=person_id,
                identifier=PERSON,
            )


def asked(crowd: "Crowd", records: int) -> Iterator[Figure]:
    """In a ledger of so many sealed records, with the one person's among them."""
    yield _found(crowd, records)
    yield from _pages(crowd)
    yield _concerned(records)
    yield _printed(crowd)


def _found(crowd: "Crowd", records: int) -> Figure:
    """As the page searches: all of the person's records, and what holds for them today."""
    from django.utils import timezone

    from chatbo.foundation.isolation import tenant_scope
    from consent.ledger.models import ConsentRecord
    from consent.ledger.standing import standing_on

    def find() -> int:
        standing_on(PERSON, timezone.localdate())
        return len(ConsentRecord.objects.about(PERSON).select_related("text_version"))

    with tenant_scope(crowd.people.tenants[sizes.LARGEST].pk):
        if (found := find()) != RECORDS:
            raise BenchmarkError(f"{found} records of the person were found, not {RECORDS}.")
        pk = ConsentRecord.objects.about(PERSON)[0].pk
        ours, theirs = _in_turn(find, lambda: ConsentRecord.objects.get(pk=pk))
    name = f"one person found in {records:,} records"
    return latency(name, ours, "one record by its key", theirs, over=f"{TIMES} of each in turn")


def _concerned(records: int) -> Figure:
    """What a lawyer is told before approving a version: whose word stands on an earlier one."""
    from chatbo.foundation.isolation import platform_scope
    from consent.ledger.holders import holders_of
    from consent.ledger.models import ConsentRecord
    from consent.texts.versions import text_in_force

    with platform_scope("benchmark: whom a text concerns"):
        text = text_in_force("bot-notice", "de")
        ours, theirs = _in_turn(
            lambda: holders_of([text.pk]),
            lambda: ConsentRecord.objects.filter(text_version=text).count(),
            times=SELDOM,
        )
        people = holders_of([text.pk]).people
    name = f"{people:,} people whom a text concerns, counted in {records:,} records"
    return latency(name, ours, "its records counted", theirs, over=f"{SELDOM} of each in turn")


def _pages(crowd: "Crowd") -> Iterator[Figure]:
    """The web process that is measured is the one that was started: it has nothing cached."""
    from chatbo.foundation.isolation import tenant_scope
    from chatbo.foundation.searching import PARAMETER, sealed_search
    from consent.ledger.models import ConsentRecord
    from consent.ledger.receipts import receipt_address

    area = next(iter(areas(crowd)))
    consents = f"{area.home}consents/"
    with tenant_scope(crowd.people.tenants[sizes.LARGEST].pk):
        record = ConsentRecord.objects.about(PERSON)[0]
        receipt = urlsplit(receipt_address(record)).path
    token = sealed_search(PERSON, user=area.ids["user_id"], page=consents)
    addresses = {
        "page: one person's consents": f"{consents}?{PARAMETER}={token}",
        "page: consents of the largest business": consents,
        "page: one consent": f"{consents}{record.pk}/",
        "page: its receipt": receipt,
    }
    with crowd.web() as web:
        for name, address in addresses.items():
            ours, theirs = _in_turn(
                lambda address=address: web.look(address, area.cookie), web.healthz
            )
            yield latency(name, ours, "/healthz", theirs, over=f"{TIMES} of each in turn")


def _printed(crowd: "Crowd") -> Figure:
    tenant_id = str(crowd.people.tenants[sizes.LARGEST].pk)
    with Writer(proof, tenant_id, RECORDS) as ours, Writer(proof, tenant_id, 1) as theirs:
        first, took, base = 0.0, [], []
        for round_ in range(TIMES // 2 + 1):
            for writer, times in ((ours, took), (theirs, base)):
                writer.begin(1)
                (seconds,) = writer.seconds()
                if round_:
                    times.append(seconds)
                elif writer is ours:
                    first = seconds
    over = f"{TIMES // 2} of each in turn; the first in its process {first * 1000:.0f} ms"
    return latency(f"proof PDF of {RECORDS} records", took, "of one record", base, over=over)


def proof(tenant_id: str, records: int) -> Write:
    """Renders and seals the proof of the person's newest records, each time anew."""
    import django

    django.setup()
    from django.utils import timezone, translation

    from chatbo.foundation.isolation import tenant_scope
    from consent.ledger.models import ConsentRecord
    from consent.ledger.proof_pdf import proof_pdf
    from consent.ledger.selecting import Selection
    from tenants.accounts.models import Tenant

    def make() -> None:
        with tenant_scope(tenant_id), translation.override("de"):
            found = ConsentRecord.objects.about(PERSON).select_related("text_version")
            proof_pdf(
                list(found[:records]),
                Selection(person=PERSON),
                Tenant.objects.get(pk=tenant_id),
                at=timezone.now(),
                by="Inhaberin",
            )

    return make


def _in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], *, times: int = TIMES
) -> tuple[list[float], list[float]]:
    """Once before it counts."""
    took: tuple[list[float], list[float]] = ([], [])
    for round_ in range(times + 1):
        for act, seconds in zip((ours, theirs), took, strict=True):
            each = seconds_of(act)
            if round_:
                seconds.append(each)
    return took
