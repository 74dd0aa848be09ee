"""Each request has a number, in every line that it causes, and one line that names no person."""

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import structlog
from django.test import AsyncClient, Client

from tests.foundation.logs.conftest import Lines

pytestmark = pytest.mark.django_db

NUMBER = re.compile(r"[2-9a-hjkmnp-z]{12}")


@pytest.fixture
def addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.foundation.logs.addresses"


@pytest.fixture
def visitor() -> Client:
    """Somebody who sees the page of a 500, as outside of tests."""
    return Client(raise_request_exception=False)


def test_a_request_is_one_line_with_its_route(client: Client, lines: Lines) -> None:
    answer = client.get("/erasure/kq7w2mzt9xva/?from=somebody@bakery.example")

    (line,) = lines()
    assert line["event"] == "request"
    assert line["method"] == "GET"
    assert line["route"] == "erasure/<slug:code>/"
    assert line["status"] == answer.status_code == 404
    assert 0 <= line["ms"] < 5000
    assert line["request_id"] == answer["X-Request-ID"]
    assert "kq7w2mzt9xva" not in str(line)
    assert "bakery" not in str(line)


def test_an_address_that_leads_nowhere_is_not_logged(client: Client, lines: Lines) -> None:
    assert client.get("/somebody@bakery.example/").status_code == 404

    (line,) = lines()
    assert line["route"] == "(no such address)"
    assert "bakery" not in str(line)


def test_user_and_tenant_are_named_by_their_ids(cafe: Any, client: Client, lines: Lines) -> None:
    client.force_login(cafe.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(f"/app/{cafe.tenant.slug}/")

    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["user_id"] == str(cafe.owner.pk)
    assert line["tenant_id"] == str(cafe.tenant.pk)
    assert cafe.tenant.slug not in str(line)


def test_whoever_did_not_log_in_has_no_id(client: Client, lines: Lines) -> None:
    client.get("/accounts/login/")

    (line,) = lines()
    assert "user_id" not in line
    assert "tenant_id" not in line


def test_the_number_is_ours_whatever_a_client_sends(client: Client, lines: Lines) -> None:
    sent = {"X-Request-ID": "somebody@bakery.example"}
    first, second = (client.get("/healthz", headers=sent)["X-Request-ID"] for _ in range(2))

    assert NUMBER.fullmatch(first)
    assert NUMBER.fullmatch(second)
    assert first != second
    assert "bakery" not in str(lines())


@pytest.mark.usefixtures("addresses")
def test_every_line_of_a_request_has_its_number_and_none_after_it(
    client: Client, lines: Lines
) -> None:
    number = client.get("/says/word/")["X-Request-ID"]
    structlog.get_logger("chatbo.tests").info("said_afterwards")

    within, request, afterwards = lines()
    assert [within["event"], request["event"]] == ["said_within", "request"]
    assert within["request_id"] == request["request_id"] == number
    assert "request_id" not in afterwards


@pytest.mark.usefixtures("addresses")
def test_what_django_logs_after_all_middleware_has_the_number_too(
    client: Client, lines: Lines
) -> None:
    number = client.get("/unavailable/kq7w2mzt9xva/")["X-Request-ID"]

    ours, django = lines()
    assert ours["level"] == "error"
    assert django["event"] == "…: unavailable/<str:word>/"
    assert ours["request_id"] == django["request_id"] == number
    assert "kq7w2mzt9xva" not in str(lines())


@pytest.mark.usefixtures("addresses")
def test_a_fault_of_ours_is_two_lines_by_class_and_place(visitor: Client, lines: Lines) -> None:
    answer = visitor.get("/raises/kq7w2mzt9xva/")

    assert answer.status_code == 500
    fault, request = lines()
    assert fault["event"] == "…: raises/<str:word>/"
    assert fault["exception"].startswith("LookupError at tests/foundation/logs/addresses.py:")
    assert fault["request_id"] == request["request_id"] == answer["X-Request-ID"]
    assert "kq7w2mzt9xva" not in str(lines())


@pytest.mark.usefixtures("addresses")
def test_the_number_goes_along_into_coroutines_and_their_threads(lines: Lines) -> None:
    async def ask() -> Any:
        return await AsyncClient().get("/says-async/word/")

    # In a thread of its own: a browser of other tests may have a loop in this one.
    with ThreadPoolExecutor(1) as pool:
        number = pool.submit(asyncio.run, ask()).result()["X-Request-ID"]

    assert {line["event"] for line in lines()} == {"said_within", "said_in_a_thread", "request"}
    assert {line["request_id"] for line in lines()} == {number}


def test_requests_at_the_same_time_keep_their_numbers_apart(
    monkeypatch: pytest.MonkeyPatch, settings: Any, lines: Lines
) -> None:
    from tests.foundation.logs import addresses

    settings.ROOT_URLCONF = "tests.foundation.logs.addresses"
    together = threading.Barrier(4, timeout=10)
    said = addresses.log.info
    monkeypatch.setattr(addresses.log, "info", lambda event: (together.wait(), said(event)))

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: Client().get("/says/word/"), range(4)))

    numbers = {answer["X-Request-ID"] for answer in answers}
    assert len(numbers) == 4
    for number in numbers:
        own = [line["event"] for line in lines() if line["request_id"] == number]
        assert own == ["said_within", "request"]


def test_a_method_that_nobody_knows_is_not_repeated(client: Client, lines: Lines) -> None:
    client.generic("MARGARETE", "/healthz")

    assert [line["method"] for line in lines()] == ["other"]
    assert "MARGARETE" not in str(lines())


def test_a_wrong_host_is_a_line_and_no_traceback(client: Client, lines: Lines) -> None:
    assert client.get("/", headers={"host": "margarete.bakery.example"}).status_code == 400

    refused, request = lines()
    assert refused["event"] == "DisallowedHost"
    assert refused["logger"] == "django.security.DisallowedHost"
    assert "exception" not in refused
    assert refused["request_id"] == request["request_id"]
    assert "bakery" not in str(lines())


def test_a_form_without_its_token_is_refused_in_a_line_without_values(lines: Lines) -> None:
    Client(enforce_csrf_checks=True).post(
        "/accounts/login/",
        {"login": "somebody@bakery.example"},
        headers={"origin": "https://margarete.example"},
    )

    refused, request = lines()
    assert refused["event"] == "Forbidden (…): accounts/login/"
    assert request["status"] == 403
    assert "example" not in str(lines())


def test_a_static_file_has_a_number_and_no_line(client: Client, lines: Lines) -> None:
    answer = client.get("/static/favicon.svg")

    assert answer.status_code == 200
    assert NUMBER.fullmatch(answer["X-Request-ID"])
    assert lines() == []
    answer.close()
