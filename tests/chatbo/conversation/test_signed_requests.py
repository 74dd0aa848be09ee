"""Meta's callbacks are taken from Meta alone, and only just now: else 400, and nothing written."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from chatbo.conversation.signatures import AHEAD, LONGEST_REQUEST
from chatbo.foundation.isolation import platform_scope
from consent.erasure.request_models import GENUINE_FOR, ErasureRequest
from tests.chatbo.conversation.meta_speaks import (
    DEAUTHORIZE,
    DELETION,
    base64url,
    meta_posts,
    signed_request,
    signed_text,
)

pytestmark = pytest.mark.django_db

BOTH = pytest.mark.parametrize("address", [DELETION, DEAUTHORIZE])
NOW = int(time.time())
WEEK = int(GENUINE_FOR.total_seconds())
SKEW = int(AHEAD.total_seconds())


def written() -> int:
    with platform_scope("test: count requests"):
        return ErasureRequest.objects.count()


@BOTH
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(signed_request(), id="Meta's usual words"),
        pytest.param(signed_request(expires=None), id="without an end"),
        pytest.param(signed_request(expires=0), id="with the end that stands for none"),
        pytest.param(signed_request(issued_at=NOW + SKEW - 60), id="Meta's clock is ahead"),
        pytest.param(
            signed_request(issued_at=NOW - WEEK + 600, expires=None), id="after an outage of ours"
        ),
        pytest.param(signed_request("1"), id="a short number"),
        pytest.param(signed_request("9" * 32), id="a long number"),
        pytest.param(signed_request(more={"deep": [1]}), id="a field that is new"),
    ],
)
def test_what_meta_signs_is_taken(
    client: Client, queue: list[Any], said: str, address: str
) -> None:
    assert meta_posts(client, said, address).status_code == 200
    assert written() == 1


def half_padded() -> str:
    signature, _, payload = signed_request().partition(".")
    return f"{signature}=.{payload}"


def test_padding_changes_nothing(client: Client, queue: list[Any]) -> None:
    assert meta_posts(client, half_padded()).status_code == 200


def twisted(part: int) -> str:
    """Signed words of which one letter was changed on the way."""
    parts = signed_request().split(".")
    letter = "A" if parts[part][10] != "A" else "B"
    parts[part] = parts[part][:10] + letter + parts[part][11:]
    return ".".join(parts)


USUAL = f'"algorithm": "HMAC-SHA256", "issued_at": {NOW}, "user_id": "1"'
REFUSED = {
    "nothing": "",
    "a dot": ".",
    "no dot": base64url(b"x"),
    "three parts": signed_request() + ".x",
    "the signature alone": signed_request().partition(".")[0] + ".",
    "the words alone": "." + signed_request().partition(".")[2],
    "not base64url": "ü.ü",
    "a blank in it": signed_request().replace(".", ". "),
    "a line after it": signed_request() + "\n",
    "plain base64": "++//." + base64url(b"{}"),
    "another app's": signed_text("{" + USUAL + "}", secret="another-secret"),
    "an empty secret's": signed_text("{" + USUAL + "}", secret=""),
    "another signature": twisted(0),
    "other words": twisted(1),
    "cut off": signed_request()[:-3],
    "no algorithm": signed_request(algorithm=None),
    "no signature at all": signed_request(algorithm="none"),
    "another algorithm": signed_request(algorithm="HMAC-SHA1"),
    "an algorithm in small letters": signed_request(algorithm="hmac-sha256"),
    "an algorithm that is a number": signed_request(algorithm=256),
    "nobody": signed_request(None),
    "a number and no text": signed_request(1022),
    "a name": signed_request("somebody"),
    "an empty name": signed_request(""),
    "a number below zero": signed_request("-5"),
    "digits of another script": signed_request("١٢٣"),
    "a number with a line": signed_request("123\n"),
    "a path": signed_request("1/../me"),
    "too long a number": signed_request("9" * 33),
    "several people": signed_request(["1", "2"]),
    "without a time": signed_request(issued_at=None),
    "a time that is a text": signed_request(issued_at=str(NOW)),
    "a time that is true": signed_request(issued_at=True),
    "a time that is a fraction": signed_request(issued_at=NOW + 0.5),
    "no time of this world": signed_request(issued_at=10**30),
    "a time before time": signed_request(issued_at=-(10**15)),
    "tomorrow's": signed_request(issued_at=NOW + 24 * 3600, expires=NOW + 48 * 3600),
    # By as much as this suite may take until it comes here.
    "too far ahead": signed_request(issued_at=NOW + SKEW + 3600),
    "too old": signed_request(issued_at=NOW - WEEK - 60, expires=None),
    "too old, though not at its end": signed_request(issued_at=NOW - WEEK - 60),
    "past its end": signed_request(issued_at=NOW - 3600, expires=NOW - 1),
    "an end that is a text": signed_request(expires="soon"),
    "an end that is nothing": signed_text("{" + USUAL + ', "expires": null}'),
    "a field twice": signed_text("{" + USUAL + ', "user_id": "2"}'),
    "no object": signed_text("[]"),
    "a text": signed_text('"HMAC-SHA256"'),
    "no JSON": signed_text("x"),
    "no text": signed_text(b"\xff\xfe"),
    "too deep": signed_text("[" * 1000),
    "too long": signed_request(more="x" * LONGEST_REQUEST),
}


@BOTH
@pytest.mark.parametrize("said", REFUSED.values(), ids=REFUSED.keys())
def test_whatever_else_comes_is_refused_and_nothing_written(
    client: Client, queue: list[Any], said: str, address: str
) -> None:
    assert meta_posts(client, said, address).status_code == 400
    assert written() == 0
    assert queue == []


FORM = "application/x-www-form-urlencoded"
GOOD = f"signed_request={signed_request()}"
BODIES = {
    "no field": ("other=1", FORM),
    "an empty body": ("", FORM),
    "the field twice": (f"{GOOD}&{GOOD}", FORM),
    "in the address's form, as JSON": (json.dumps({"signed_request": "x"}), "application/json"),
    "no form's type": (GOOD, "text/plain"),
    "a form that is none": ("no parts", "multipart/form-data; boundary=x"),
    "without a boundary": (GOOD, "multipart/form-data"),
    "too many fields": ("&".join(f"a{number}=1" for number in range(1500)) + f"&{GOOD}", FORM),
    "large": (f"{GOOD}&more={'x' * 20_000}", FORM),
    "larger than any form": (f"{GOOD}&more={'x' * 3_000_000}", FORM),
}


@BOTH
@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES.keys())
def test_a_form_that_is_not_metas_is_refused(
    client: Client, queue: list[Any], body: str, kind: str, address: str
) -> None:
    answer = client.generic("POST", address, body.encode(), content_type=kind)

    assert answer.status_code == 400
    assert written() == 0


@BOTH
def test_the_address_itself_says_nothing(client: Client, address: str) -> None:
    """What stands in an address stands in logs."""
    assert client.post(f"{address}?{GOOD}", "", content_type=FORM).status_code == 400
    assert client.get(f"{address}?{GOOD}").status_code == 405
    assert written() == 0


@BOTH
def test_without_an_app_at_meta_nobody_is_believed(
    client: Client, settings: Any, address: str
) -> None:
    settings.META_APP_SECRET = ""

    assert meta_posts(client, signed_text("{" + USUAL + "}", secret=""), address).status_code == 400
    assert written() == 0


def test_who_forges_often_is_held_up_and_meta_never(client: Client, queue: list[Any]) -> None:
    answers = [meta_posts(client, "a.b").status_code for _ in range(61)]

    assert set(answers[:60]) == {400}
    assert answers[60] == 429
    assert meta_posts(client, signed_request()).status_code == 200
