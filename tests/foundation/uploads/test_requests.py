"""How much of a request is read: refused by its length, before anything of it is."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from chatbo.foundation.uploads.requests import RefuseLarge, looks_at_length, takes_files

FORM = "multipart/form-data; boundary=x"


class Unread(BytesIO):
    def read(self, *args: Any) -> bytes:
        raise AssertionError("somebody reads it")


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@takes_files(5_000_000)
def takes_five(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@looks_at_length
def looks(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def asked(view: Any, length: str, *, kind: str = FORM) -> HttpResponse | None:
    request = RequestFactory().generic(
        "POST", "/", CONTENT_TYPE=kind, CONTENT_LENGTH=length, **{"wsgi.input": Unread()}
    )
    return RefuseLarge(plain).process_view(request, view, (), {})


@pytest.mark.parametrize(
    ("view", "length", "is_refused"),
    [
        (plain, "2500000", False),
        (plain, "2500001", True),
        (plain, "99999999999999999999", True),
        (takes_five, "5100000", False),
        (takes_five, "5100001", True),
        (looks, "99999999999", False),
        (plain, "", False),
        (plain, "many", False),
        (plain, "0", False),
    ],
)
def test_a_form_longer_than_its_view_takes_is_refused_unread(
    db: None, view: Any, length: str, is_refused: bool
) -> None:
    answer = asked(view, length)
    assert (answer is not None) is is_refused
    if answer is not None:
        assert answer.status_code == 413


def test_what_holds_no_files_is_limited_by_django(db: None) -> None:
    assert asked(plain, "9999999", kind="application/json") is None


@pytest.mark.parametrize("path", ["/accounts/login/", "/webhooks/meta/", "/"])
def test_it_stands_before_everything_that_reads_forms(db: None, path: str) -> None:
    """The CSRF check reads the whole form before any view is asked."""
    client = Client(enforce_csrf_checks=True)
    file = SimpleUploadedFile("logo.png", b"x" * 2_600_000, "image/png")
    answer = client.post(path, {"file": file})
    assert answer.status_code == 413
    assert "2 MB" in answer.content.decode()


def test_the_verification_goes_on_to_say_so_itself(db: None, client: Client) -> None:
    file = SimpleUploadedFile("contract.pdf", b"x" * 2_600_000, "application/pdf")
    assert client.post("/verify/", {"document": file}).status_code == 200
