"""What holds for every request: no zero bytes, nothing private kept, no second stumble."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/accounts/signup/?ref=%00", "/erasure/?code=a%00", "/verify/?q=%00"]
)
def test_a_zero_byte_in_a_query_is_a_request_that_cannot_be_read(
    client: Client, address: str
) -> None:
    assert client.get(address).status_code == 400


def test_what_a_session_was_shown_is_kept_by_no_browser(cafe: Any, client: Client) -> None:
    client.force_login(cafe.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in (f"/app/{cafe.tenant.slug}/", "/accounts/profile/"):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store", address


def test_public_pages_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")


def test_a_body_in_a_foreign_charset_gets_the_page_and_no_second_stumble() -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/accounts/login/")
    response = client.post(
        "/accounts/login/",
        "login=x",
        content_type="application/x-www-form-urlencoded; charset=latin-1",
    )
    assert response.status_code == 400
    assert "demo-band" in response.content.decode()  # as on every page of the demo


def test_a_machine_that_calls_without_tls_is_told_so_and_people_are_led_on(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client = Client()

    for address in ("/webhooks/meta/", "/webhooks/telegram/x/", "/passage/x.json"):
        assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)
    assert client.get("/accounts/login/").status_code == 301
    assert client.get("/passage/x.json", secure=True).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        *("/.git/config", "/.env", "/manage.py", "/requirements/production.lock", "/var/files/"),
        *("/static/", "/static/build/", "/static/../manage.py", "/static/%2e%2e/manage.py"),
    ],
)
def test_neither_the_source_nor_a_list_of_files_is_handed_out(address: str) -> None:
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/webhooks/meta/", "/healthz"])
def test_trace_gives_nothing_back_of_what_it_was_sent(address: str) -> None:
    answer = Client().trace(address, headers={"x-planted": "MARKER"})
    assert b"MARKER" not in answer.content
    assert answer["Content-Type"] != "message/http"
