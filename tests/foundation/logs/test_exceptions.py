"""An exception in the log: its class, its places in the code, and nothing that somebody typed."""

import smtplib
from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pydantic
import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from chatbo.foundation.logs.exceptions import MOST_PLACES, exception_in_one_line
from dpa.contracts.errors import IllegalTransitionError
from tenants.accounts.models import User
from tenants.bots.errors import ChannelInUseError
from tenants.bots.platforms.errors import OurFaultError

MARK = "margarete@bakery.example"


def line_of(act: Callable[[], object]) -> str:
    """What the log would say of the exception that this raises."""
    try:
        act()
    except Exception as error:  # noqa: BLE001 (any)
        return exception_in_one_line((type(error), error, error.__traceback__))
    raise AssertionError("nothing was raised")


def raising(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        held = MARK  # a local variable, as in any function
        assert held
        raise error

    return act


class Typed(pydantic.BaseModel):
    age: int


@pytest.mark.parametrize(
    "act",
    [
        lambda: {}[MARK],
        lambda: int(MARK),
        lambda: Typed.model_validate({"age": MARK}),
        lambda: open(f"/nowhere/{MARK}"),  # noqa: PTH123, SIM115 (raises)
        lambda: getattr(object(), MARK),
        lambda: f"ä{MARK}".encode().decode("ascii"),
        raising(ValidationError(MARK, params={"value": MARK})),
        raising(smtplib.SMTPRecipientsRefused({MARK: (550, MARK.encode())})),
        raising(smtplib.SMTPDataError(554, MARK.encode())),
        raising(httpx.ConnectError(MARK)),
        raising(ChannelInUseError(MARK)),
        raising(RuntimeError(RuntimeError(MARK), {MARK: MARK})),
        raising(ExceptionGroup(MARK, [ValueError(MARK), KeyError(MARK)])),
        raising(type("Odd", (Exception,), {"__str__": lambda self: 1 / 0})()),
    ],
)
def test_no_message_of_an_exception_is_told(act: Callable[[], object]) -> None:
    line = line_of(act)

    assert "margarete" not in line
    assert "bakery" not in line
    assert "tests/foundation/logs/test_exceptions.py:" in line
    assert "\n" not in line


def test_an_http_error_does_not_tell_the_token_in_its_address() -> None:
    request = httpx.Request("POST", "https://api.telegram.org/bot123456:AAF-secret/getMe")
    answer = httpx.Response(401, request=request)

    line = line_of(answer.raise_for_status)

    assert line.startswith("httpx.HTTPStatusError at httpx/_models.py:")
    assert "AAF" not in line


@pytest.mark.django_db
def test_the_database_is_quoted_by_state_and_names_not_by_rows() -> None:
    User.objects.create_user(MARK, name="Owner")

    def again() -> None:
        with transaction.atomic():
            User.objects.create_user(MARK, name="Owner")

    with pytest.raises(IntegrityError, match=MARK), transaction.atomic():
        again()
    line = line_of(again)

    assert line.startswith("django.db.utils.IntegrityError at ")
    assert (
        "; because of psycopg.errors.UniqueViolation [sqlstate=23505 table=accounts_user"
        " constraint=accounts_user_email_" in line
    )
    assert "margarete" not in line


@pytest.mark.django_db
def test_a_value_that_the_database_cannot_read_is_not_quoted() -> None:
    def ask() -> None:
        with transaction.atomic():
            list(User.objects.extra(where=["id = %s"], params=[MARK]))

    with pytest.raises(DataError, match=MARK):
        ask()
    line = line_of(ask)

    assert "psycopg.errors.InvalidTextRepresentation [sqlstate=22P02]" in line
    assert "margarete" not in line


def test_an_error_of_ours_tells_the_codes_that_it_lists() -> None:
    assert "OurFaultError [code=190/463] at" in line_of(raising(OurFaultError("190/463")))
    line = line_of(raising(IllegalTransitionError("draft", "signed")))
    assert "IllegalTransitionError [state=draft wanted=signed] at" in line


def test_a_code_that_is_none_goes_through_the_net() -> None:
    assert "OurFaultError [code=(address)]" in line_of(raising(OurFaultError(MARK)))


def test_other_facts_are_numbers_and_names_of_errors() -> None:
    assert "FileNotFoundError [errno=ENOENT]" in line_of(lambda: open("/nowhere"))  # noqa: PTH123, SIM115
    assert "[smtp_code=554]" in line_of(raising(smtplib.SMTPDataError(554, MARK.encode())))
    line = line_of(lambda: psycopg.connect("host=/nowhere user=margarete"))
    assert line.startswith("psycopg.OperationalError at ")
    assert "margarete" not in line


def test_the_cause_is_told_and_what_was_cut_off_is_not() -> None:
    def with_cause() -> None:
        try:
            raise KeyError(MARK)
        except KeyError as error:
            raise LookupError(MARK) from error

    def in_passing() -> None:
        try:
            raise KeyError(MARK)
        except KeyError:
            raise LookupError(MARK)  # noqa: B904 (the context is what is tested)

    def cut_off() -> None:
        try:
            raise KeyError(MARK)
        except KeyError:
            raise LookupError(MARK) from None

    assert "; because of KeyError at " in line_of(with_cause)
    assert "; because of KeyError at " in line_of(in_passing)
    assert "KeyError" not in line_of(cut_off)


def test_where_it_was_raised_comes_first_and_libraries_are_named_by_their_package() -> None:
    line = line_of(lambda: Typed.model_validate({"age": MARK}))

    first, second = line.split(" at ")[1].split(" < ")[:2]
    assert first.startswith("pydantic/main.py:")
    assert second.startswith("tests/foundation/logs/test_exceptions.py:")
    assert second.endswith(".<lambda>")


def test_endless_chains_and_depths_come_to_an_end() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first

    def deeper() -> Any:
        return deeper()

    assert line_of(raising(first)).count("ValueError") == 2
    assert line_of(deeper).count(" < ") < MOST_PLACES


def test_notes_are_not_told() -> None:
    error = ValueError()
    error.add_note(MARK)

    assert "margarete" not in line_of(raising(error))
