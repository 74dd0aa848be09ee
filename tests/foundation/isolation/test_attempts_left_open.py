"""Attempts by scopes that are left open: nested, forgotten, kept by a generator."""

import gc
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from celery import shared_task
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from chatbo.foundation.isolation import current_scope, platform_scope, tenant_scope, user_scope
from chatbo.foundation.isolation.scopes import Scope, ScopeLeftOpenError, WideningError
from tenants.bots.models import Bot
from tests.foundation.isolation.planting import plant, rows, scope_of

pytestmark = pytest.mark.django_db(transaction=True)

kept: list[Any] = []
"""What keeps a forgotten scope alive: a cache, a traceback, a global."""


@pytest.fixture
def owner() -> Iterator[uuid.UUID]:
    """Somebody with a bot."""
    owner = uuid.uuid4()
    with scope_of(Bot, owner):
        plant(Bot, owner)
    yield owner
    kept.clear()
    gc.collect()
    assert connection.atomic_blocks == []


def assert_nothing_is_open() -> None:
    assert current_scope() == Scope()
    assert rows(Bot) == []
    with user_scope(uuid.uuid4()):
        assert current_scope().tenant_id is None
        assert rows(Bot) == []


def test_exceptions_in_nested_scopes_give_each_outer_scope_back(owner: uuid.UUID) -> None:
    other = uuid.uuid4()
    with platform_scope("a test nests scopes"):
        with tenant_scope(owner):
            for _ in range(3):
                with pytest.raises(ZeroDivisionError), tenant_scope(other):
                    1 / len(rows(Bot))
                assert current_scope().tenant_id == owner
                assert len(rows(Bot)) == 1
            with pytest.raises(WideningError), platform_scope("a test widens"):
                pass
            assert current_scope() == Scope(tenant_id=owner)
        assert current_scope().platform
    assert_nothing_is_open()


def test_a_savepoint_rolled_back_takes_the_scope_in_it_along(owner: uuid.UUID) -> None:
    other = uuid.uuid4()
    with tenant_scope(other):
        point = transaction.savepoint()
        with tenant_scope(owner):
            assert len(rows(Bot)) == 1
        transaction.savepoint_rollback(point)
        assert rows(Bot) == []
        assert current_scope().tenant_id == other
    assert_nothing_is_open()


def test_an_error_that_is_swallowed_inside_leaves_the_outer_scope_as_it_was(
    owner: uuid.UUID,
) -> None:
    def swallow() -> None:
        with tenant_scope(owner):
            transaction.set_rollback(True)
            rows(Bot)

    other = uuid.uuid4()
    with tenant_scope(other):
        with pytest.raises(transaction.TransactionManagementError):
            swallow()
        assert rows(Bot) == []
        assert current_scope().tenant_id == other


def _forgetful_view(request: HttpRequest) -> HttpResponse:
    scope = tenant_scope(request.GET["owner"])
    scope.__enter__()
    kept.append(scope)
    plant(Bot, uuid.UUID(request.GET["owner"]))
    return HttpResponse("done")


def _plain_view(request: HttpRequest) -> HttpResponse:
    assert_nothing_is_open()
    return HttpResponse("nothing seen")


def _streaming_view(request: HttpRequest) -> StreamingHttpResponse:
    """The rows are asked for while the scope is open, and fetched when it is not."""
    with tenant_scope(request.GET["owner"]):
        names = (f"{name}\n" for name in Bot.objects.values_list("id", flat=True).iterator())
        return StreamingHttpResponse(names)


def _scoped_stream_view(request: HttpRequest) -> StreamingHttpResponse:
    def stream() -> Iterator[str]:
        with tenant_scope(request.GET["owner"]):
            yield from (f"{found}\n" for found in rows(Bot))
            yield "the end\n"

    return StreamingHttpResponse(stream())


urlpatterns = [
    path("forgetful/", _forgetful_view),
    path("plain/", _plain_view),
    path("streaming/", _streaming_view),
    path("scoped-stream/", _scoped_stream_view),
]


@pytest.mark.urls(__name__)
def test_a_view_that_leaves_its_scope_open_fails_and_the_next_request_sees_nothing(
    owner: uuid.UUID,
) -> None:
    client = Client(raise_request_exception=False)

    assert client.get("/forgetful/", {"owner": str(owner)}).status_code == 500
    assert client.get("/plain/").content == b"nothing seen"
    with tenant_scope(owner):
        assert len(rows(Bot)) == 1, "what the view did is undone"
    kept.clear()  # Now the forgotten one is cleared away, and must end nobody's transaction.
    gc.collect()
    assert_nothing_is_open()


def test_a_forgotten_scope_that_is_cleared_away_later_ends_nobodys_transaction(
    owner: uuid.UUID,
) -> None:
    scope = tenant_scope(uuid.uuid4())
    with pytest.raises(ScopeLeftOpenError), tenant_scope(owner):
        scope.__enter__()
    with tenant_scope(owner):
        plant(Bot, owner)
        del scope
        gc.collect()
        assert current_scope().tenant_id == owner
        assert len(rows(Bot)) == 2
    with tenant_scope(owner):
        assert len(rows(Bot)) == 2


def test_a_scope_left_open_inside_another_undoes_both(owner: uuid.UUID) -> None:
    forgotten = tenant_scope(uuid.uuid4())

    def forget() -> None:
        with tenant_scope(owner):
            plant(Bot, owner)
            forgotten.__enter__()

    with pytest.raises(ScopeLeftOpenError):
        forget()

    assert_nothing_is_open()
    with tenant_scope(owner):
        assert len(rows(Bot)) == 1


@pytest.mark.urls(__name__)
def test_an_answer_that_outlives_its_scope_streams_nothing(owner: uuid.UUID) -> None:
    answer = Client().get("/streaming/", {"owner": str(owner)})

    assert b"".join(answer.streaming_content) == b""


@pytest.mark.urls(__name__)
def test_an_answer_that_nobody_reads_to_its_end_closes_its_scope(owner: uuid.UUID) -> None:
    client = Client()
    answer = client.get("/scoped-stream/", {"owner": str(owner)})
    assert next(iter(answer.streaming_content)).strip()
    assert current_scope().tenant_id == owner

    answer.close()

    assert_nothing_is_open()
    assert client.get("/plain/").content == b"nothing seen"


def test_a_generator_keeps_its_scope_no_longer_than_itself(owner: uuid.UUID) -> None:
    def ids() -> Iterator[uuid.UUID]:
        with tenant_scope(owner):
            yield from rows(Bot)

    reading = ids()
    next(reading)
    reading.close()

    assert_nothing_is_open()


@shared_task(name="tests.forget_at_once", ignore_result=True)
def forget(tenant_id: str) -> None:
    scope = tenant_scope(tenant_id)
    scope.__enter__()
    kept.append(scope)


def test_a_task_that_leaves_its_scope_open_fails_and_the_next_one_sees_nothing(
    owner: uuid.UUID,
) -> None:
    with pytest.raises(ScopeLeftOpenError):
        forget(str(owner))

    assert_nothing_is_open()


def test_what_waits_for_the_commit_runs_outside_of_the_scope(owner: uuid.UUID) -> None:
    seen: list[Any] = []
    with tenant_scope(owner):
        transaction.on_commit(lambda: seen.append((rows(Bot), current_scope())))

    assert seen == [([], Scope())]
