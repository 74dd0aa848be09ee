"""Erasing many as the product does and as plainly as can be, and knocking meanwhile."""

import os
import resource
import threading
import time
from typing import Any

import psycopg
from django.utils import timezone

from benchmarks.erasing.filling import ROWS, approve_texts, business
from benchmarks.running import BenchmarkError
from chatbo.celery import keep_what_is_loaded
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure_of_many
from consent.erasure.selecting import all_of
from consent.erasure.tasks import carry_out_many
from tenants.accounts.models import Tenant

PEOPLE_A_BATCH = 500

DELETES = (
    "DELETE FROM bots_message WHERE tenant_id = %s AND subscriber_id = ANY(%s)",
    "DELETE FROM ledger_consentidentity WHERE tenant_id = %s AND person_id = ANY(%s)",
    (
        "UPDATE conversation_incomingevent SET payload = '', sender_index = ''"
        " WHERE tenant_id = %s AND sender_index = ANY(%s)"
    ),
    "DELETE FROM bots_subscriber WHERE tenant_id = %s AND id = ANY(%s)",
)


def work(people: int, rounds: int) -> dict[str, Any]:
    """Rows a second, of each in turn; seconds of waiting; megabytes before and after."""
    approve_texts()
    keep_what_is_loaded()  # As each worker does.
    ours: list[float] = []
    bare: list[float] = []
    memory: list[tuple[float, float]] = []
    with psycopg.connect(
        os.environ["SUPERUSER_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as database:
        for number in range(rounds):
            turns = [_ours, _bare] if number % 2 else [_bare, _ours]
            for turn in turns:
                tenant = business(database, people)
                before = _megabytes()
                seconds = turn(database, tenant)
                (ours if turn is _ours else bare).append(people * ROWS / seconds)
                if turn is _ours:
                    memory.append((before, _megabytes()))
        waits = _longest_wait(business(database, people))
    return {"ours": ours, "bare": bare, "waits": waits, "memory": memory, "rows": ROWS}


def _ours(database: psycopg.Connection, tenant: Tenant) -> float:
    begin = time.perf_counter()
    erasure = _asked(tenant)
    carry_out_many(str(tenant.pk), str(erasure.pk))
    seconds = time.perf_counter() - begin
    with tenant_scope(tenant.pk):
        done = Erasure.objects.get(pk=erasure.pk)
    if done.state != Erasure.State.DONE:
        raise BenchmarkError(f"The erasure stopped: {done.state} {done.last_error}")
    return seconds


def _asked(tenant: Tenant) -> Erasure:
    with tenant_scope(tenant.pk):
        return request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )


def _bare(database: psycopg.Connection, tenant: Tenant) -> float:
    """By sets of the same size, each committed: the least that it can cost on these tables."""
    found = database.execute(
        "SELECT id, external_index FROM bots_subscriber WHERE tenant_id = %s ORDER BY id",
        [tenant.pk],
    ).fetchall()
    begin = time.perf_counter()
    for first in range(0, len(found), PEOPLE_A_BATCH):
        batch = found[first : first + PEOPLE_A_BATCH]
        ids, digests = [each[0] for each in batch], [each[1] for each in batch]
        with database.transaction():
            for statement in DELETES:
                values = digests if "sender_index" in statement else ids
                database.execute(statement.encode(), [tenant.pk, values])
    return time.perf_counter() - begin


def _longest_wait(tenant: Tenant) -> list[float]:
    """How long somebody who is just going waits for their own row, while all are erased."""
    waits: list[float] = []
    over = threading.Event()

    def knock() -> None:
        with psycopg.connect(os.environ["SUPERUSER_URL"], autocommit=True) as own:
            while not over.is_set():
                # Whoever comes first is in a batch that is under way.
                going = own.execute(
                    "SELECT id FROM bots_subscriber WHERE tenant_id = %s ORDER BY id LIMIT 1",
                    [tenant.pk],
                ).fetchone()
                begin = time.perf_counter()
                own.execute(
                    "SELECT 1 FROM bots_subscriber WHERE id = %s FOR UPDATE", going or [None]
                )
                waits.append(time.perf_counter() - begin)
                time.sleep(0.002)

    knocking = threading.Thread(target=knock)
    knocking.start()
    try:
        erasure = _asked(tenant)
        carry_out_many(str(tenant.pk), str(erasure.pk))
    finally:
        over.set()
        knocking.join()
    return waits


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
