"""Somebody on Messenger, on Telegram and in a web chat, erased there: searched for everywhere.

With the product's own search over the real processes' database, Redis, files, store and logs; and
with the tests' own (``traces``), which shares no line with it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from chatbo import embedded
from chatbo.dashboard.demo.businesses import CAFE
from consent.erasure.scanning import Words, search
from consent.erasure.scanning.files import entries, files, lines, mails
from consent.erasure.scanning.keys import keys
from consent.erasure.scanning.tables import rows
from tenants.bots import payloads
from tests.journey.conversing import CHAT, QUESTION, Person, change, stored
from tests.journey.databases import empty
from tests.journey.jobs import sweep_until
from tests.journey.processes import Product, until
from tests.journey.processes import product as running_product
from tests.journey.surfing import Surfer
from tests.journey.traces import traces

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("left_behind")]

TELEGRAM = f"telegram-{CAFE.telegram.partition(':')[0]}"
WEB = "MARK-web-nobody-else"
JOBS = "SELECT count(*) FROM erasure_erasure"
NOT_TOLD = "SELECT count(*) FROM erasure_erasure WHERE finished_at IS NULL"
NEWEST = "SELECT id, external_index FROM bots_subscriber ORDER BY first_seen_at DESC LIMIT 3"
CALLED = f"SELECT string_agg(concat_ws(' ', id, external_index), ' ') FROM ({NEWEST}) newest"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("left-behind")
    with (
        # Of its own: the worker of another journey's product would take its tasks from this one.
        embedded.start(folder, postgres=False, durable=False, say=lambda line: None) as servers,
        running_product(
            folder / "var", purpose="left_behind", redis_url=servers.addresses.redis_url
        ) as running,
    ):
        empty(running.database)
        running.manage("seed_demo")
        yield running


@contextmanager
def in_the_place_of(product: Product, blocker: Any) -> Iterator[None]:
    """What the search reads in this process is what the product's processes have written."""
    folder = product.var_dir
    storage = {"OPTIONS": {"location": str(folder / "files")}}
    connection = connections["default"]
    with (
        blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        override_settings(
            VAR_DIR=folder,
            REDIS_URL=product.redis_url,
            CELERY_BROKER_URL=product.redis_url,
            CACHES={"default": {**settings.CACHES["default"], "LOCATION": product.redis_url}},
            STORAGES={**settings.STORAGES, "default": {**settings.STORAGES["default"], **storage}},
            OUTSIDE_STORE_URL=(folder / "outside").as_uri(),
            EMAIL_FILE_PATH=str(folder / "mail"),
        ),
    ):
        connection.close()
        patch.setitem(connection.settings_dict, "NAME", product.database.name)
        try:
            yield
        finally:
            connection.close()


def places(*words: str) -> set[str]:
    unread: list[str] = []
    found = {
        f"{hit.place}.{hit.part}" if hit.kind == "row" else f"{hit.kind} {hit.place}"
        for items in (rows(unread), files(), entries(), mails(), keys(), lines())
        for hit in search(items, Words(words))
    }
    assert unread == []
    return found


def on_telegram(product: Product, person: Person) -> str:
    """Somebody writes there too; gives their number."""

    def said() -> int:
        return len(product.control.received(TELEGRAM, person=person.id))

    product.control.write(TELEGRAM, f"{QUESTION} {person.mark}", person=person.id)
    until(lambda: said() >= 2, what="notice and answer")
    return product.control.address(TELEGRAM, person=person.id)


def ask_for_their_data(product: Product, person: Person) -> None:
    """A copy of all that is held on them is made, and not fetched."""
    product.control.write(CHAT, "meine daten", person=person.id)
    made = "SELECT count(*) FROM erasure_personexport WHERE file <> '' AND finished_at IS NOT NULL"
    sweep_until(product, lambda: stored(product, made), what="the copy of their data")


def in_the_web_chat(product: Product) -> Surfer:
    """Somebody clicks a button of the café's, agrees, and writes."""
    tool = stored(
        product,
        "SELECT tool.id FROM embeds_tool tool JOIN accounts_tenant tenant ON tenant.id = tenant_id"
        " WHERE tenant.slug = %s",
        CAFE.slug,
    )
    visitor = Surfer(product.url)
    visitor.open(f"/e/{tool}/")
    visitor.submit()
    visitor.submit(text=f"{QUESTION} {WEB}")
    return visitor


def unsubscribe_everywhere(product: Product, person: Person, visitor: Surfer) -> None:
    jobs = stored(product, JOBS)  # the demo's
    person.unsubscribe()
    person.say_yes()
    before = len(product.control.received(TELEGRAM, person=person.id))
    product.control.tap(TELEGRAM, payloads.UNSUBSCRIBE, person=person.id)
    until(
        lambda: len(product.control.received(TELEGRAM, person=person.id)) > before,
        what="the question",
    )
    product.control.tap(TELEGRAM, payloads.ERASE, person=person.id)
    for payload in (payloads.UNSUBSCRIBE, payloads.ERASE):
        visitor.submit(payload=payload, text="")
    until(lambda: stored(product, JOBS) == jobs + 3, what="three jobs")
    sweep_until(product, lambda: not stored(product, NOT_TOLD), what="that all are told")


def test_of_whoever_unsubscribes_nothing_is_left_anywhere(
    product: Product, django_db_blocker: Any, request: pytest.FixtureRequest
) -> None:
    person = Person(product)
    person.talk()
    numbers = [person.address, on_telegram(product, person)]
    kept = _stored_files(product)
    ask_for_their_data(product, person)
    assert len(_stored_files(product)) == len(kept) + 1
    visitor = in_the_web_chat(product)
    request.addfinalizer(visitor.client.close)
    numbers.append(visitor.client.cookies["chat"].split(".")[0].strip('"'))
    numbers += stored(product, CALLED).split()
    words = (person.mark, WEB, *numbers)
    assert len(numbers) == 9
    with in_the_place_of(product, django_db_blocker):
        assert {"bots_message.text", "bots_subscriber.external_id", "bots_subscriber.id"} <= places(
            *words
        )
        assert places(WEB) & places(person.mark) == {"bots_message.text"}

        unsubscribe_everywhere(product, person, visitor)

        # The random number of a row that is gone: in the job, and where a restore would look.
        of_numbers = {f"entry {name}" for name in _tombstones(product)}
        found = places(*words)
        assert found - of_numbers == {"erasure_erasure.subject_id"}
        assert len(found & of_numbers) == 3
        identifiers = [word for word in words if not re.fullmatch(r"[0-9a-f-]{36}", word)]
        assert places(*identifiers) == set()
        assert traces(product, *identifiers) == []
    assert _stored_files(product) == kept

    change(product, "UPDATE erasure_knowntombstone SET noted_at = noted_at - interval '2 hours'")
    product.manage("scan_for_erased")
    assert stored(product, "SELECT people FROM erasure_completenessscan") >= 3
    assert stored(product, "SELECT looked_at->>'line' FROM erasure_completenessscan") != "0"


def _stored_files(product: Product) -> set[str]:
    return {str(path) for path in (product.var_dir / "files").rglob("*") if path.is_file()}


def _tombstones(product: Product) -> list[str]:
    folder = product.var_dir / "outside"
    return [str(path.relative_to(folder)) for path in (folder / "tombstones").glob("*/*")]
