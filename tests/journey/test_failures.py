"""What must survive: killed processes, a lost queue, platforms and disks that fail.

Web, worker and schedule run as processes beside strict stand-ins and a Redis of their own; the
demo's café is live. Each test has a person of its own.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
import pytest
from celery import Celery
from django.utils import translation
from kombu import Queue

from chatbo import embedded
from chatbo.dashboard.demo.businesses import CAFE, DRIVING_SCHOOL
from chatbo.dashboard.demo.people import ADMIN, PASSWORD
from tenants.bots.problems import problem_sentences
from tests.journey.conversing import Person, change, deliver, stored
from tests.journey.databases import empty
from tests.journey.processes import Product, until
from tests.journey.processes import product as running_product
from tests.journey.traces import traces

# One worker runs them all: they share the processes, and what is broken in the end stays so.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("failures")]

EVENTS = "FROM conversation_incomingevent"
SWEPT = 45.0
"""Seconds until the schedule's sweep has come by, on a busy machine too."""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that may be stopped."""
    with embedded.start(
        tmp_path_factory.mktemp("redis"), postgres=False, durable=False, say=lambda line: None
    ) as servers:
        (server,) = servers
        yield server


@pytest.fixture(scope="module")
def product(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, redis: Any
) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("failures") / "var"
    with running_product(
        folder, purpose="failures", redis_url=redis.addresses.redis_url
    ) as running:
        empty(running.database)
        running.manage("seed_demo")
        yield running


@pytest.fixture
def person(product: Product) -> Iterator[Person]:
    yield Person(product)
    product.control.stop_failing()


def test_the_worker_killed_between_deletion_and_confirmation(
    product: Product, person: Person
) -> None:
    person.talk()
    assert traces(product, *person.marks) != []
    person.unsubscribe()
    product.control.fail("graph", "messages", count=99, kind="drop")  # nothing gets out any more
    person.say_yes()
    until(lambda: state_of_newest(product) == "deleted", what="the deletion")

    product.kill("worker")
    product.control.stop_failing()
    assert person.goodbyes() == 0
    product.start("worker")

    swept(product, until=person.goodbyes, what="the last message")
    until(lambda: state_of_newest(product) == "told", what="its noting")
    assert person.goodbyes() == 1
    assert traces(product, *person.marks) == []


def test_the_worker_killed_while_it_waits_for_the_platforms_answer(
    product: Product, person: Person
) -> None:
    """The one case in which somebody may be told twice: nobody knows whether the first arrived."""
    person.talk()
    person.unsubscribe()
    product.control.fail("graph", "messages", kind="slow", seconds=4)
    person.say_yes()
    until(lambda: state_of_newest(product) == "deleted", what="the deletion")

    product.kill("worker")
    change(product, "UPDATE erasure_erasure SET lease_until = now() WHERE lease_until IS NOT NULL")
    product.start("worker")

    swept(product, until=lambda: state_of_newest(product) == "told", what="the end of the job")
    assert 1 <= person.goodbyes() <= 2
    assert traces(product, *person.marks) == []


def test_redis_stopped_while_a_webhook_comes_in(
    product: Product, person: Person, redis: Any
) -> None:
    person.talk()
    redis.begin_stop()
    redis.finish_stop()
    try:
        assert deliver(product, person.message("m-without-redis")) == 200
        assert events_under_way(product) == 1
    finally:
        redis.revive()

    until(lambda: person.answers() == 2, seconds=SWEPT, what="the answer, by the schedule's sweep")


def test_the_web_killed_right_after_its_answer(product: Product, person: Person) -> None:
    person.talk()
    assert deliver(product, person.message("m-before-the-kill")) == 200
    product.kill("web")
    try:
        swept(product, until=lambda: person.answers() == 2, what="the answer")
    finally:
        product.start("web")
        product.wait_until_ready()


def test_the_same_message_twice_at_once_has_one_effect(product: Product, person: Person) -> None:
    person.talk()
    message = person.message("m-twice")
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(deliver(product, message))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(deliver(product, message))
    until(lambda: person.answers() > 1, what="the answer")
    until(lambda: events_under_way(product) == 0, what="the end of all work")

    assert answers == [200] * 5
    assert person.answers() == 2


def test_a_wrong_signature_is_refused_and_nothing_stored(product: Product, person: Person) -> None:
    before = stored(product, f"SELECT count(*) {EVENTS}")

    assert deliver(product, person.message("m-forged"), secret="somebody-elses") == 403
    assert stored(product, f"SELECT count(*) {EVENTS}") == before
    assert traces(product, *person.marks) == []


def test_an_error_that_may_pass_costs_nobody_the_answer(product: Product, person: Person) -> None:
    product.control.fail("graph", "messages", count=2, code=2)
    person.write()

    swept(product, until=person.answers, what="the answer, at the third try")
    assert person.answers() == 1


def test_a_sealing_that_fails_completes_nothing_until_its_retry(product: Product) -> None:
    files = product.var_dir / "files"
    away = product.var_dir / "files-away"
    contract = contract_of_the_driving_school(product)

    def told(column: str) -> Any:
        return stored(product, f"SELECT {column} FROM contracts_contract WHERE id = %s", contract)

    mails = len(product.mails_to(DRIVING_SCHOOL.owner))

    files.rename(away)
    try:
        with logged_in(product, ADMIN) as admin:
            post(admin, f"/platform/contracts/{contract}/countersign/")
        until(lambda: told("last_error"), what="the failure")
        assert told("state") == "countersigned"
        assert len(product.mails_to(DRIVING_SCHOOL.owner)) == mails
    finally:
        away.rename(files)

    swept(product, until=lambda: told("state") == "completed", what="the retry")
    until(lambda: pdfs_to(product, DRIVING_SCHOOL.owner), what="the owner's copy by mail")
    until(lambda: pdfs_to(product, ADMIN), what="the admin's copy by mail")


def test_a_dead_token_ends_the_tries_and_is_shown_to_the_owner(
    product: Product, person: Person
) -> None:
    """The last one here: the channel stays broken until the owner connects it again."""
    product.control.page(CAFE.page, token_state="expired")
    person.write()
    until(lambda: problem_of_page(product), what="the channel's problem")
    tries = len(product.control.calls("graph", "messages"))

    with translation.override("de"):
        title, _ = problem_sentences(problem_of_page(product))
    bot = stored(product, "SELECT bot_id FROM bots_channel WHERE external_id = %s", CAFE.page)
    with logged_in(product, CAFE.owner) as owner:
        page = owner.get(f"/app/{CAFE.slug}/bots/{bot}/")
    assert title in unescape(page.text)
    assert len(product.control.calls("graph", "messages")) == tries
    assert person.said() == []


def swept(product: Product, *, until: Callable[[], object], what: str) -> None:
    """Send the schedule's own message each second: it would come every twenty."""
    queue = Queue("default", routing_key="default")
    with Celery(broker=product.redis_url) as schedule:
        for _ in range(int(SWEPT)):
            schedule.send_task("sweep", queue=queue)
            for _ in range(20):
                if until():
                    return
                time.sleep(0.05)
    pytest.fail(f"not within {SWEPT:.0f} s: {what}")


def state_of_newest(product: Product) -> Any:
    return stored(product, "SELECT state FROM erasure_erasure ORDER BY created_at DESC LIMIT 1")


def events_under_way(product: Product) -> Any:
    return stored(product, f"SELECT count(*) {EVENTS} WHERE finished_at IS NULL")


def problem_of_page(product: Product) -> Any:
    return stored(product, "SELECT problem FROM bots_channel WHERE external_id = %s", CAFE.page)


def contract_of_the_driving_school(product: Product) -> Any:
    return stored(product, "SELECT id FROM contracts_contract WHERE state = 'signed'")


def pdfs_to(product: Product, address: str) -> int:
    return sum(
        part.get_content_type() == "application/pdf"
        for mail in product.mails_to(address)
        for part in mail.iter_attachments()
    )


@contextmanager
def logged_in(product: Product, address: str) -> Iterator[httpx.Client]:
    """A session as a browser has one, token against forged requests included."""
    with httpx.Client(base_url=product.url, follow_redirects=True, trust_env=False) as client:
        client.get("/accounts/login/")
        answer = post(client, "/accounts/login/", login=address, password=PASSWORD)
        assert "sessionid" in client.cookies, answer.status_code
        yield client


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    answer = client.post(path, data={**fields, "csrfmiddlewaretoken": client.cookies["csrftoken"]})
    assert answer.status_code == 200, path
    return answer
