"""Attempts with several threads and tasks of an event loop, which share a process."""

import asyncio
import contextvars
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from chatbo.foundation.isolation import NoScopeError, current_scope, tenant_scope
from chatbo.foundation.isolation.scopes import MixedScopesError, Scope
from tenants.bots.models import Bot
from tests.foundation.isolation.planting import plant, rows, scope_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owners() -> tuple[uuid.UUID, uuid.UUID]:
    """Two, with a bot each."""
    both = uuid.uuid4(), uuid.uuid4()
    for owner in both:
        with scope_of(Bot, owner):
            plant(Bot, owner, id=owner)  # So that a row tells whose it is.
    return both


def in_a_thread(ask: Callable[[], Any]) -> Any:
    """Run it in a thread with the caller's context variables, as asyncio.to_thread does."""

    def and_close() -> Any:
        try:
            return ask()
        finally:
            connection.close()

    context = contextvars.copy_context()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(context.run, and_close).result()


def test_the_scope_of_one_thread_reaches_no_other(owners: tuple[uuid.UUID, uuid.UUID]) -> None:
    with tenant_scope(owners[0]):
        assert in_a_thread(lambda: (rows(Bot), current_scope())) == ([], Scope())
        with pytest.raises(NoScopeError):
            in_a_thread(lambda: Bot(name="nobody's"))


def test_a_thread_that_opens_a_scope_of_its_own_changes_nothing_elsewhere(
    owners: tuple[uuid.UUID, uuid.UUID],
) -> None:
    def as_the_second() -> list[uuid.UUID]:
        with tenant_scope(owners[1]):
            return rows(Bot)

    with tenant_scope(owners[0]):
        assert in_a_thread(as_the_second) == [owners[1]]
        assert rows(Bot) == [owners[0]]
        assert current_scope().tenant_id == owners[0]


def test_threads_side_by_side_see_their_own_tenants_rows(
    owners: tuple[uuid.UUID, uuid.UUID],
) -> None:
    everybody_in = threading.Barrier(8, timeout=30)

    def ask(owner: uuid.UUID) -> list[uuid.UUID]:
        try:
            with tenant_scope(owner):
                everybody_in.wait()
                return rows(Bot)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(ask, owners * 4))

    assert seen == [[owner] for owner in owners * 4]


@sync_to_async
def enter(scope: Any) -> None:
    scope.__enter__()


@sync_to_async
def leave(scope: Any) -> None:
    scope.__exit__(None, None, None)


see = sync_to_async(lambda: rows(Bot))


@sync_to_async
def hang_up() -> None:
    connection.close()  # Of the thread that it runs in.


async def _waiting_view(request: HttpRequest) -> HttpResponse:
    """Waits inside its scope, until the other request is inside its own."""
    scope = tenant_scope(request.GET["owner"])
    await enter(scope)
    try:
        first = await see()
        meeting: asyncio.Barrier = request.scope["meeting"]  # type: ignore[attr-defined]
        await meeting.wait()
        second = await see()
    finally:
        await leave(scope)
    after = await see()
    await hang_up()
    return HttpResponse(f"{first}|{second}|{after}")


urlpatterns = [path("waiting/", _waiting_view)]


@pytest.mark.urls(__name__)
def test_two_requests_of_an_asynchronous_server_see_their_own_tenants_rows(
    owners: tuple[uuid.UUID, uuid.UUID],
) -> None:
    """Each request has a thread of its own for the database, as asgi.py runs them."""

    async def ask(owner: uuid.UUID, meeting: asyncio.Barrier) -> str:
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "path": "/waiting/",
            "query_string": f"owner={owner}".encode(),
            "headers": [(b"host", b"localhost")],
            "meeting": meeting,
        }
        asking = ApplicationCommunicator(ASGIHandler(), scope)
        await asking.send_input({"type": "http.request", "body": b""})
        assert (await asking.receive_output(20))["status"] == 200
        body = (await asking.receive_output(20))["body"]
        await asking.wait()
        return str(body.decode())

    async def ask_both() -> list[str]:
        meeting = asyncio.Barrier(2)
        return list(await asyncio.gather(*(ask(owner, meeting) for owner in owners)))

    # In a thread, because Playwright leaves its own loop running in the one of the tests.
    assert in_a_thread(lambda: asyncio.run(ask_both())) == [
        f"{[owner]}|{[owner]}|[]" for owner in owners
    ]


def test_tasks_that_share_a_thread_cannot_be_in_two_scopes_at_once(
    owners: tuple[uuid.UUID, uuid.UUID],
) -> None:
    """Without a thread a request, one task's scope would be the other's: an error instead."""

    async def both() -> list[Any]:
        inside = asyncio.Event()
        done = asyncio.Event()

        async def first() -> list[uuid.UUID]:
            scope = tenant_scope(owners[0])
            await enter(scope)
            inside.set()
            await done.wait()
            try:
                return await see()
            finally:
                await leave(scope)

        async def second() -> None:
            await inside.wait()
            try:
                await enter(tenant_scope(owners[1]))
            finally:
                done.set()

        return list(await asyncio.gather(first(), second(), return_exceptions=True))

    seen, refused = in_a_thread(async_to_sync(both))

    assert seen == [owners[0]]
    assert isinstance(refused, MixedScopesError)
    assert rows(Bot) == []
