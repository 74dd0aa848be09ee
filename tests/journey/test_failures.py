"""What must survive: killed processes, a lost queue, platforms and disks that fail.

Web, worker and schedule run as processes beside strict stand-ins and a Redis of their own; the
demo's café is live. Each test has a person of its own.
"""

import resource
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from chatbo import embedded
from chatbo.dashboard.demo.businesses import CAFE, DRIVING_SCHOOL
from chatbo.dashboard.demo.people import ADMIN
from tenants.bots.problems import problem_sentences
from tests.journey.conversing import Person, deliver, stored
from tests.journey.databases import empty
from tests.journey.jobs import PATIENCE, let_time_pass, sweep_until, under_way
from tests.journey.processes import Product, until
from tests.journey.processes import product as running_product
from tests.journey.sessions import logged_in, post
from tests.journey.traces import traces

# One worker runs them all: they share the processes.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("failures")]

ERASURE = "FROM erasure_erasure ORDER BY created_at DESC LIMIT 1"
CHANNEL = "FROM bots_channel WHERE external_id = %s"


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
    # Held for as long as the product waits for an answer, and nothing comes of it.
    product.control.fail("graph", "messages", kind="drop", seconds=8)
    person.say_yes()
    until(lambda: product.control.failures_to_come() == 0, what="the call that tells the person")
    assert stored(product, f"SELECT state {ERASURE}") == "deleted"

    product.kill("worker")
    assert person.goodbyes() == 0
    assert stored(product, f"SELECT lease_until {ERASURE}") is not None
    let_time_pass(product, "erasure_erasure")
    product.start("worker")

    sweep_until(product, person.goodbyes, what="the last message")
    until(lambda: stored(product, f"SELECT state {ERASURE}") == "told", what="its noting")
    assert person.goodbyes() == 1
    assert traces(product, *person.marks) == []


def test_the_worker_killed_between_confirmation_and_its_noting(
    product: Product, person: Person
) -> None:
    """The one case in which somebody is told twice: nobody knows that the first has arrived."""
    person.talk()
    person.unsubscribe()
    product.control.fail("graph", "messages", kind="lost", seconds=8)
    person.say_yes()
    until(person.goodbyes, what="the last message")
    assert stored(product, f"SELECT state {ERASURE}") == "deleted"

    product.kill("worker")
    let_time_pass(product, "erasure_erasure")
    product.start("worker")

    sweep_until(
        product,
        lambda: stored(product, f"SELECT state {ERASURE}") == "told",
        what="the end of the job",
    )
    assert person.goodbyes() == 2
    assert traces(product, *person.marks) == []


def test_redis_stopped_while_a_webhook_comes_in(
    product: Product, person: Person, redis: Any
) -> None:
    """A task is under way, too: it comes to its end, and the worker lives on.

    The only test that waits for the schedule's own sweep: it must find Redis again.
    """
    person.talk()
    product.control.fail("graph", "messages", kind="slow", seconds=3)
    person.write()
    until(lambda: product.control.failures_to_come() == 0, what="the call that is under way")
    redis.begin_stop()
    redis.finish_stop()
    try:
        assert deliver(product, person.message("m-without-redis")) == 200
        until(lambda: person.answers() == 2, what="the end of what was under way")
        until(lambda: under_way(product) == 1, what="its noting")
    finally:
        redis.revive()

    until(lambda: person.answers() > 2, seconds=PATIENCE, what="the answer")
    until(lambda: under_way(product) == 0, what="the end of all work")
    assert person.answers() == 3
    assert all(process.is_running for process in product.processes.values())


def test_the_web_killed_right_after_its_answer(product: Product, person: Person) -> None:
    person.talk()
    assert deliver(product, person.message("m-before-the-kill")) == 200
    product.kill("web")
    try:
        sweep_until(product, lambda: person.answers() > 1, what="the answer")
        until(lambda: under_way(product) == 0, what="the end of all work")
        assert person.answers() == 2
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
    until(lambda: person.answers() > 1, what="the answer")
    answers.append(deliver(product, message))  # and once more when all is done
    until(lambda: under_way(product) == 0, what="the end of all work")

    assert answers == [200] * 5
    assert person.answers() == 2


def test_a_wrong_signature_is_refused_and_nothing_stored(product: Product, person: Person) -> None:
    events = "SELECT count(*) FROM conversation_incomingevent"
    before = stored(product, events)

    assert deliver(product, person.message("m-forged"), secret="somebody-elses") == 403
    assert stored(product, events) == before
    assert traces(product, *person.marks) == []


def test_an_error_that_may_pass_is_tried_again_after_longer_and_longer_pauses(
    product: Product, person: Person
) -> None:
    product.control.fail("graph", "messages", count=2, code=2)  # with status 500
    before = newest_call(product)
    person.write()

    sweep_until(product, person.answers, what="the answer, at the third try")
    until(lambda: under_way(product) == 0, what="the end of all work")
    assert person.answers() == 1
    calls = [  # a call that an earlier test has cut off may be noted only now
        call
        for call in product.control.calls("graph", "messages", after=before)
        if call["status"] is not None
    ]
    assert [call["status"] for call in calls] == [500, 500, 200, 200]  # the notice, the answer
    pauses = [later["at"] - earlier["at"] for earlier, later in pairwise(calls[:3])]
    assert pauses[0] >= 2
    assert pauses[1] >= 4


def test_a_rate_limit_is_waited_out(product: Product, person: Person) -> None:
    product.control.fail("graph", "messages", code=613, retry_after=600)
    person.write()
    waits = "SELECT count(*) FROM conversation_delivery WHERE not_before > now() + '9 min'"
    until(lambda: stored(product, waits) == 1, what="the pause that the platform asks for")
    assert person.said() == []

    let_time_pass(product, "conversation_delivery")
    sweep_until(product, person.answers, what="the answer")
    until(lambda: under_way(product) == 0, what="the end of all work")
    assert person.answers() == 1


def test_a_dead_token_ends_the_tries_and_is_shown_to_the_owner(
    product: Product, person: Person
) -> None:
    before = newest_call(product)
    product.control.page(CAFE.page, token_state="expired")
    try:
        person.write()
        until(lambda: stored(product, f"SELECT problem {CHANNEL}", CAFE.page), what="the problem")
        until(lambda: under_way(product) == 0, what="the end of all work")
    finally:
        product.control.page(CAFE.page, token_state="valid")

    calls = product.control.calls("graph", "messages", after=before)
    assert [call["answer"]["error"]["code"] for call in calls] == [190]
    assert person.said() == []
    assert stored(product, f"SELECT state {CHANNEL}", CAFE.page) == "broken"
    assert problem_shown_to_the_owner(product)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody limits another process")
def test_a_full_disk_completes_no_contract_until_its_retry(product: Product) -> None:
    contract = stored(product, "SELECT id FROM contracts_contract WHERE state = 'signed'")
    draft = Path(
        product.var_dir,
        "files",
        stored(product, "SELECT draft_file FROM contracts_contract WHERE id = %s", contract),
    )
    mails = "SELECT count(*) FROM mail_outgoingmail"

    def told(column: str) -> Any:
        return stored(product, f"SELECT {column} FROM contracts_contract WHERE id = %s", contract)

    queued = stored(product, mails)
    with full_disk(product, at=draft.stat().st_size):
        with logged_in(product, ADMIN) as admin:
            post(admin, f"/platform/contracts/{contract}/countersign/")
        until(lambda: told("last_error"), what="the failure")
    assert (told("state"), told("last_error")) == ("countersigned", "OSError")
    assert stored(product, mails) == queued
    assert list(draft.parent.iterdir()) == [draft]

    sweep_until(product, lambda: told("state") == "completed", what="the retry")
    for address in (DRIVING_SCHOOL.owner, ADMIN):
        until(lambda address=address: pdfs_to(product, address), what=f"the copy to {address}")
    assert stored(product, mails) == queued + 2


@contextmanager
def full_disk(product: Product, *, at: int) -> Iterator[None]:
    """The kernel refuses the worker a file's bytes beyond this size, from root too."""
    leader = product.processes["worker"].pid
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in map(int, children)}
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (at, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)


def problem_shown_to_the_owner(product: Product) -> bool:
    problem = stored(product, f"SELECT problem {CHANNEL}", CAFE.page)
    bot = stored(product, f"SELECT bot_id {CHANNEL}", CAFE.page)
    with translation.override("de"):
        title, _ = problem_sentences(problem)
    with logged_in(product, CAFE.owner) as owner:
        return title in unescape(owner.get(f"/app/{CAFE.slug}/bots/{bot}/").text)


def newest_call(product: Product) -> int:
    return max((call["id"] for call in product.control.calls()), default=0)


def pdfs_to(product: Product, address: str) -> int:
    return sum(
        part.get_content_type() == "application/pdf"
        for mail in product.mails_to(address)
        for part in mail.iter_attachments()
    )
