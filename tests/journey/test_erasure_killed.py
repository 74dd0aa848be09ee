"""A tap on "yes, delete" while one part of the product is killed: one effect, and the person told.

Each of web, worker, schedule, Redis and database, by SIGKILL, right before the tap reaches us and
right after. The product runs as processes on servers of its own; each test has its own person.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from chatbo import embedded
from chatbo.embedded.server import Server
from tests.journey.conversing import Person, stored
from tests.journey.databases import copied_to, empty
from tests.journey.jobs import let_time_pass, sweep_until, under_way
from tests.journey.processes import Product, kill_server, until
from tests.journey.processes import product as running_product
from tests.journey.traces import traces

# One worker runs them all: they share the processes.
pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("erasure_killed"),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a server's children stay hidden"),
]

PARTS = ["web", "worker", "schedule", "redis", "database"]
MEANWHILE = "SELECT count(*) FROM pg_locks WHERE NOT granted"
ERASURES = "SELECT count(*) FROM erasure_erasure"
TOMBSTONES = "SELECT count(*) FROM erasure_knowntombstone"
STATE = "SELECT state FROM erasure_erasure ORDER BY created_at DESC LIMIT 1"


@dataclass
class House:
    """The product, with the servers that it stands on."""

    product: Product
    servers: dict[str, Server]

    def kill(self, part: str) -> None:
        if part in self.servers:
            kill_server(self.servers[part])
        else:
            self.product.kill(part)

    def start(self, part: str) -> None:
        if part in self.servers:
            self.servers[part].revive()
        else:
            self.product.start(part)
        # Whoever held something is dead, or has lost the database that it was held in.
        if part in ("worker", "database"):
            let_time_pass(self.product, "conversation_incomingevent")
            let_time_pass(self.product, "erasure_erasure")

    def stand_up_again(self) -> None:
        """All parts are up. A schedule that found no database at its start is started again.

        It refuses to run then, and ends; the supervisor does the same.
        """
        schedule = self.product.processes["schedule"]
        if not schedule.is_running:
            schedule.end(seconds=0)
            schedule.start()
        self.product.wait_until_ready()

    def is_delivered(self, number: int | None) -> bool:
        rows = {row["id"]: row["state"] for row in self.product.control.deliveries()}
        return rows[number] == "delivered"

    def was_tried(self, number: int | None) -> bool:
        rows = {row["id"]: row["attempts"] for row in self.product.control.deliveries()}
        return rows[number] > 0

    def entries_outside(self) -> int:
        folder = self.product.var_dir / "outside" / "tombstones"
        return sum(path.is_file() for path in folder.rglob("*"))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("erasure-killed")

    def quiet(line: str) -> None: ...

    with (
        embedded.start(folder / "postgres", redis=False, say=quiet) as durable,
        # It forgets all when it is killed.
        embedded.start(folder / "redis", postgres=False, durable=False, say=quiet) as passing,
    ):
        (postgres,), (redis,) = durable, passing
        database = copied_to(durable.addresses)
        empty(database)
        with running_product(
            folder / "var",
            redis_url=passing.redis_url,
            database=database,
            retries=(0.3, 1, 1, 2, 2, 5, 15, 30),
        ) as product:
            product.manage("seed_demo")
            yield House(product, {"redis": redis, "database": postgres})
    embedded.discard(folder / "postgres")


@pytest.fixture
def person(house: House) -> Person:
    """Somebody on whom something is stored, and who is asked whether it is meant."""
    person = Person(house.product)
    person.talk()
    person.unsubscribe()
    until(lambda: under_way(house.product) == 0, what="the end of all work")
    assert traces(house.product, *person.marks) != []
    return person


@pytest.fixture
def assert_one_effect(house: House, person: Person) -> Callable[[], None]:
    product = house.product
    before = stored(product, ERASURES), stored(product, TOMBSTONES), house.entries_outside()

    def asserting() -> None:
        sweep_until(product, person.goodbyes, what="the last message")
        until(lambda: stored(product, STATE) == "told", what="its noting")
        until(lambda: under_way(product) == 0, what="the end of all work")
        after = stored(product, ERASURES), stored(product, TOMBSTONES), house.entries_outside()
        assert after == tuple(number + 1 for number in before)
        assert person.goodbyes() == 1
        assert traces(product, *person.marks) == []
        # The schedule ends where the database is away at its start; the supervisor, which is not
        # here, starts it anew.
        assert all(
            process.is_running for name, process in product.processes.items() if name != "schedule"
        )

    return asserting


@contextmanager
def in_the_middle(product: Product) -> Iterator[None]:
    """Whoever works on somebody's wish waits for their row, as long as this lasts."""
    holder = psycopg.connect(product.database.owner_url)
    holder.execute("SELECT 1 FROM bots_subscriber FOR UPDATE")
    try:
        yield
    finally:
        holder.close()  # Rolled back; or the server is gone already.


@pytest.mark.parametrize("part", PARTS)
def test_killed_right_before_the_tap_reaches_us(
    house: House, person: Person, assert_one_effect: Callable[[], None], part: str
) -> None:
    """Where nobody could take it in, the platform delivers it again."""
    house.kill(part)
    tap = person.say_yes()
    until(lambda: house.was_tried(tap), what="the first delivery")
    assert house.is_delivered(tap) == (part not in ("web", "database"))
    house.start(part)
    house.stand_up_again()

    until(lambda: house.is_delivered(tap), what="the delivery")
    assert_one_effect()


@pytest.mark.parametrize("part", PARTS)
def test_killed_right_after_the_tap_has_reached_us(
    house: House, person: Person, assert_one_effect: Callable[[], None], part: str
) -> None:
    """It is stored and answered, and a worker is in the middle of it."""
    with in_the_middle(house.product):
        tap = person.say_yes()
        until(lambda: house.is_delivered(tap), what="the delivery")
        until(lambda: stored(house.product, MEANWHILE), what="a worker at it")
        house.kill(part)
    house.start(part)
    house.stand_up_again()

    assert_one_effect()


def test_tapped_again_and_again_and_delivered_twice_it_is_one(
    house: House, person: Person, assert_one_effect: Callable[[], None]
) -> None:
    """Both of the worker's processes are at it at once."""
    with in_the_middle(house.product):
        taps = [person.say_yes() for _ in range(4)]
        again = [house.product.control.again(tap) for tap in taps if tap is not None]
        until(lambda: all(map(house.is_delivered, [*taps, *again])), what="the deliveries")
        until(lambda: stored(house.product, MEANWHILE) > 1, what="two workers at it")

    assert_one_effect()
