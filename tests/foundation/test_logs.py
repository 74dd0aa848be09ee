"""Codes and tokens stand in addresses, and must not stand in logs."""

import logging
from collections.abc import Callable

import pytest
from django.test import Client
from structlog.stdlib import ProcessorFormatter

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the product's own handler would have written."""
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, ProcessorFormatter)
    ]
    return lambda: "\n".join(map(handler.format, caplog.records))


def test_a_request_that_fails_is_logged_by_its_route(
    client: Client, logged: Callable[[], str]
) -> None:
    assert client.get("/erasure/kq7w2mzt9xva/").status_code == 404

    assert "erasure/<" in logged()
    assert "kq7w2mzt9xva" not in logged()


def test_an_address_that_leads_nowhere_is_not_logged(
    client: Client, logged: Callable[[], str]
) -> None:
    assert client.get("/somebody@bakery.example/").status_code == 404

    assert "(no such address)" in logged()
    assert "somebody@" not in logged()
