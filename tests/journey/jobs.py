"""The product's jobs, seen and hurried from outside: what is under way, the sweep, the leases."""

import time
from collections.abc import Callable

import pytest
from celery import Celery
from kombu import Queue

from tests.journey.conversing import change, stored
from tests.journey.processes import Product

PATIENCE = 45.0
"""Seconds in which the schedule's own sweep has surely come by, on a busy machine too."""


def sweep_until(product: Product, condition: Callable[[], object], *, what: str) -> None:
    """Send the schedule's own message each second; by itself it comes every twenty."""
    queue = Queue("default", routing_key="default")
    deadline = time.monotonic() + PATIENCE
    # Not as the current one: later tests of this process would send their tasks to it.
    with Celery(broker=product.redis_url, set_as_current=False) as schedule:
        while time.monotonic() < deadline:
            schedule.send_task("sweep", queue=queue)
            for _ in range(20):
                if condition():
                    return
                time.sleep(0.05)
    pytest.fail(f"not within {PATIENCE:.0f} s: {what}")


def under_way(product: Product) -> int:
    """How much of the conversations is still to be done: events, and messages to send."""
    events: int = stored(
        product, "SELECT count(*) FROM conversation_incomingevent WHERE finished_at IS NULL"
    )
    deliveries: int = stored(product, "SELECT count(*) FROM conversation_delivery")
    return events + deliveries


def let_time_pass(product: Product, table: str) -> None:
    """As if all pauses between tries, and the leases of killed workers, had run out."""
    change(
        product,
        f"UPDATE {table} SET not_before = now(), lease_until = lease_until - interval '1 day'"
        " WHERE finished_at IS NULL",
    )
