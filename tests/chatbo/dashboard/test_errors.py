"""A request that cannot be read gets a page, not a crash, and learns nothing of the inside."""

from collections.abc import Iterator

import pytest
from django.test import Client, RequestFactory
from structlog.contextvars import bind_contextvars, clear_contextvars

from chatbo.dashboard.errors import server_error

UNREADABLE = [
    (b"garbage", "multipart/form-data"),
    (b"garbage", "multipart/form-data; boundary=" + "x" * 300),
    (b"a=b&" * 3000, "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize(("body", "kind"), UNREADABLE)
def test_what_cannot_be_read_is_said_to_be_so(client: Client, body: bytes, kind: str) -> None:
    answer = client.generic(
        "POST", "/verify/", body, content_type=kind, headers={"accept-language": "en"}
    )

    assert answer.status_code == 400
    page = answer.content.decode()
    assert "We could not read this request" in page
    assert "Traceback" not in page
    assert "boundary" not in page


@pytest.mark.django_db
def test_an_error_page_names_the_number_under_which_the_log_knows_it(client: Client) -> None:
    forged = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", headers={"accept-language": "en"}
    )
    missing = client.get("/no/such/page/", headers={"accept-language": "de"})
    unreadable = client.get("/verify/?q=%00")

    assert [answer.status_code for answer in (forged, missing, unreadable)] == [403, 404, 400]
    for answer, words in (
        (forged, "Case number"),
        (missing, "Fallnummer"),
        (unreadable, "Fallnummer"),
    ):
        number = answer["X-Request-ID"]
        assert f'{words}: <span translate="no">{number}</span>' in answer.content.decode()


@pytest.mark.django_db
def test_an_error_page_repeats_nothing_of_what_was_asked_for() -> None:
    client = Client(enforce_csrf_checks=True)
    asked = {"margarete": "margarete@bakery.example"}
    for answer in (
        client.get("/margarete-brot/", asked),
        client.post("/accounts/login/?margarete=1", asked),
        client.get("/keys/margarete.pem", asked),
        client.get("/verify/?q=%00margarete"),
        client.get("/", headers={"host": "margarete.example"}),
    ):
        assert answer.status_code in {400, 403, 404}
        assert "margarete" not in answer.content.decode()


def test_the_language_can_be_changed_on_an_error_page(client: Client) -> None:
    """Its form does not say where to go back to, so the browser does (``Referer``)."""
    page = "http://testserver/no/such/page/"
    answer = client.post("/i18n/setlang/", {"language": "en"}, headers={"referer": page})

    assert answer["Location"] == page


@pytest.fixture
def _numbered() -> Iterator[None]:
    bind_contextvars(request_id="kq7w2mzt9xva")
    yield
    clear_contextvars()


@pytest.mark.usefixtures("_numbered")
def test_a_fault_of_ours_has_a_page_when_nothing_else_stands() -> None:
    """Without database, Redis, user and language: this test may not use any."""

    answer = server_error(RequestFactory().get("/margarete/"))

    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Fallnummer" in page
    assert "Case number" in page
    assert "<code>kq7w2mzt9xva</code>" in page
    assert "margarete" not in page
