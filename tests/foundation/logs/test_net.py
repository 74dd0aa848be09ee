"""The last net: what looks like somebody's address, number or token does not pass, ids do."""

import uuid

import pytest
import structlog

from chatbo.foundation.logs.net import hidden
from tests.foundation.logs.conftest import Lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail to margarete.brot+x@bakery.example failed", "mail to (address) failed"),
        ("<margarete@bäckerei.example>", "<(address)>"),
        ("smtp://user:geheim@mail.example", "smtp://user:(address)"),
        ("call +49 (170) 123-4567 now", "call (number) now"),
        ("person 24601377219983 wrote", "person (number) wrote"),
        ("from 203.0.113.77:4711", "from (ip):4711"),
        ("from 2001:db8::17 today", "from (ip) today"),
        ("from 2001:db8:0:0:0:0:0:17", "from (ip)"),
        ("bot 7123456789:AAFq3-hJ2kZ_1xYpQ8rT5vWn0Lm4sDcEbGu", "bot (token)"),
        ("token EAAGm0PX4ZCpsBO1kZAbcDEFghi29384756", "token (token)"),
        ("session 3f9a8c7d6e5b4a392817f6e5d4c3b2a1", "session (token)"),
        ("gAAAAABnQ8xYz1234567890abcdefghijklmnopqrstuvwxyz==", "(token)=="),
        ("code kq7w2mzt9xvabcde2fgh", "code (token)"),
    ],
)
def test_what_is_somebodys_is_named_by_its_kind(text: str, expected: str) -> None:
    assert hidden(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506",
        "conversation.handle_event",
        "e/<uuid:tool_id>/<int:number>.js",
        "sweep: find jobs that no wake-up call reached",
        "Cannot connect: 3 of 12, in 4.25 seconds at 12:39:15",
        "kq7w2mzt9xva",
        "django.security.DisallowedHost",
    ],
)
def test_ids_routes_and_words_pass(text: str) -> None:
    assert hidden(text) == text


def test_every_fact_of_every_line_goes_through_the_net(lines: Lines) -> None:
    number = uuid.uuid4()
    structlog.get_logger("chatbo.tests").info(
        "to margarete@bakery.example",
        who="margarete@bakery.example",
        phone=491701234567,
        row={"name": "Margarete"},
        tables=["bots_channel", "margarete@bakery.example"],
        contract_id=number,
        ms=12,
    )

    (line,) = lines()
    assert line["event"] == "to (address)"
    assert line["who"] == "(address)"
    assert line["phone"] == "(number)"
    assert line["row"] == "(dict)"
    assert line["tables"] == ["bots_channel", "(address)"]
    assert line["contract_id"] == str(number)
    assert line["ms"] == 12
