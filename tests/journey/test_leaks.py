"""What people typed, wrote and own stands in no log, message of the queue, error page or address.

``planting`` tells a story in which everybody is called by words that stand nowhere else; here all
that the product has left behind is searched for them.
"""

import base64
import re
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from chatbo import embedded
from tests.journey import planting
from tests.journey.databases import empty
from tests.journey.evidence import Evidence, listening
from tests.journey.mail_server import mail_server
from tests.journey.parrot import parrot
from tests.journey.processes import product as running_product

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("leaks")]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Evidence]:
    """The whole story, told once; each test looks for another trace of it."""
    folder = tmp_path_factory.mktemp("leaks")
    with (
        ExitStack() as at_the_end,
        mail_server() as mail,
        parrot() as bird,
        embedded.start(folder, postgres=False, durable=False, say=lambda line: None) as servers,
        running_product(
            folder / "var",
            purpose="leaks",
            redis_url=servers.addresses.redis_url,
            settings={
                "EMAIL_URL": lambda standins: mail.url,
                "TELEGRAM_API_URL": lambda standins: bird.before(standins.telegram_url),
            },
        ) as product,
    ):
        (redis,) = servers
        empty(product.database)
        product.manage("seed_demo")
        told = Evidence(product)
        at_the_end.callback(lambda: [surfer.client.close() for surfer in told.surfers])
        with listening(product.redis_url, told.commands):
            owner = planting.sign_up(told, mail)
            planting.come_from_facebook(told, mail)
            planting.log_in_right_and_wrong(told, mail)
            bot = planting.connect_channels(told, owner, bird)
            planting.conclude_contract(told, owner, mail)
            planting.invite(told, owner, mail)
            planting.knock_at_webhooks(told, bird, bot)
            planting.open_web_chat(told)
            planting.converse_and_unsubscribe(told)
            planting.break_the_database(told, owner)
            planting.ask_for_what_is_not_there(told, owner)
        planting.go_on_without_redis(told, redis)
        yield told


def test_no_log_names_anybody(evidence: Evidence) -> None:
    logs = evidence.logs()

    for line in (
        "route='accounts/login/'",  # web
        "task='conversation.handle_event'",  # worker
        "event='schedule_ready'",
        "event='task_failed'",
        "psycopg.errors.UniqueViolation [sqlstate=23505",
        "event='DisallowedHost'",
    ):
        assert line in logs, "the capture does not work, or the story was another"
    assert evidence.found_in(logs) == []


def test_no_log_of_the_servers_names_anybody(evidence: Evidence) -> None:
    logs = evidence.server_logs()

    assert "duplicate key value" in logs
    assert "ready to accept connections" in logs.lower()
    assert evidence.found_in(logs) == []


def test_nothing_in_the_logs_had_to_be_caught_by_the_last_net(evidence: Evidence) -> None:
    assert re.findall(r".*\((?:address|token|number|ip)\).*", evidence.logs()) == []


def test_a_number_leads_from_the_answer_to_the_lines_of_web_and_worker(evidence: Evidence) -> None:
    for name, event in (("webhook", "event='task'"), ("fault", "event='request'")):
        lines = [line for line in evidence.logs().splitlines() if evidence.numbers[name] in line]
        assert any(event in line for line in lines), name


def test_redis_learns_ids_and_digests_only(evidence: Evidence) -> None:
    said = "\n".join(evidence.commands)
    bodies = [base64.b64decode(body).decode() for body in re.findall(r'"body": "([\w+/=]+)"', said)]

    assert len(bodies) > 10
    assert any("0" * 8 not in body and re.search(r"[0-9a-f-]{36}", body) for body in bodies)
    assert evidence.found_in(said) == []
    assert evidence.found_in("\n".join(bodies)) == []


def test_no_error_page_repeats_what_it_was_asked(evidence: Evidence) -> None:
    # A form shows what was typed to whoever typed it, to be mended.
    pages = [
        answer
        for surfer in evidence.surfers
        for answer in surfer.refusals
        if not re.search(r"<main.*<form.*</main>", answer.text, re.S)
    ]

    assert {400, 403, 404, 405, 500} <= {page.status_code for page in pages}
    assert [hit for page in pages for hit in evidence.found_in(page.text)] == []


def test_no_address_carries_anything_of_anybody(evidence: Evidence) -> None:
    """Links in mails carry secrets, which is what they are for; pages lead to none of them."""
    mailed = tuple(evidence.secrets)
    addresses = {address for surfer in evidence.surfers for address in surfer.addresses}
    asked_for = re.compile(r"quollipath|quolliquery")  # by the story itself

    assert len(addresses) > 60
    assert any("/bots/" in address for address in addresses)
    found = [
        address
        for address in addresses
        if not asked_for.search(address)
        # Dashboards and hosted pages are named after their business.
        and evidence.found_in(address.replace("/quollibakery/", "/"), but=mailed)
    ]
    assert found == []


def test_there_are_no_metrics_that_could_name_anybody(evidence: Evidence) -> None:
    answer = httpx.get(f"{evidence.product.url}/metrics", trust_env=False)

    assert answer.status_code == 404
