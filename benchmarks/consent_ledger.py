"""Consents: written, sealed, verified, found, shown and printed, with a million sealed records.

Baseline: for writing, Django's ``create`` of the same columns with django-auditlog, which must be
1.3 times as slow, and one plain INSERT of a row with a key and nothing else, of whose rate 0.65 is
to be reached; for the others what each cannot do without: as many plain rows, the same rows read,
one record by its key, ``/healthz``, a proof of one record. All that was written is sealed and
verified in the end: the run fails when a record is missing or not as it was.
"""

from collections.abc import Iterator

from benchmarks.crowd import sizes
from benchmarks.figures import Figure
from benchmarks.ledger.asking import asked, record_one_person
from benchmarks.ledger.sealing import sealed, stored, verified
from benchmarks.ledger.writing import written
from benchmarks.running import Demo


def measure(demo: Demo) -> Iterator[Figure]:
    crowd = demo.crowd
    tenant_id = str(crowd.people.tenants[sizes.LARGEST].pk)
    records = crowd.sealed
    with demo.worker_held():
        yield from stored(crowd, records)
        yield from written(crowd, tenant_id)
        record_one_person(crowd)
        yield sealed(crowd, tenant_id)
        yield from asked(crowd, records)
        yield verified()
