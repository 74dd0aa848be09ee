"""A request that cannot be read gets a page, not a crash, and learns nothing of the inside."""

import pytest
from django.test import Client

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
