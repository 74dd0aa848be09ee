"""What libraries write keeps its sentence and loses its values."""

import io
import logging
import warnings
from typing import Any

import pytest

from chatbo.foundation.logs.foreign import keep_the_sentence
from tests.foundation.logs.conftest import Lines

MARK = "Margarete Brot"
library = logging.getLogger("some.library")


@pytest.mark.parametrize(
    ("sentence", "values", "expected"),
    [
        ("Cannot reach %s: %s", (MARK, ValueError(MARK)), "Cannot reach …: ValueError"),
        ("%r and %s", (MARK, {"name": MARK}), "… and …"),
        ("%d of %d in %.1f s", (3, 4, 0.25), "3 of 4 in 0.2 s"),
        ("%(name)s[%(id)d]", ({"name": MARK, "id": 7},), "…[7]"),
        ("%s", (None,), "None"),
        (ValueError(MARK), (), "ValueError"),
        ("100 % sure", (), "100 % sure"),
    ],
)
def test_a_sentence_keeps_numbers_and_classes(
    lines: Lines, sentence: Any, values: Any, expected: str
) -> None:
    library.warning(sentence, *values)

    (line,) = lines()
    assert line["event"] == expected
    assert line["logger"] == "some.library"
    assert line["level"] == "warning"


def test_a_sentence_that_its_values_do_not_fit_is_kept_without_them() -> None:
    record = logging.makeLogRecord({"name": "some.library", "msg": "%d of it"})
    event = {"_record": record, "positional_args": (MARK,)}

    assert keep_the_sentence(None, "warning", event)["event"] == "%d of it"


def test_an_exception_within_the_sentence_is_named_by_its_class(lines: Lines) -> None:
    try:
        raise ValueError(MARK)
    except ValueError as error:
        library.exception(f"It failed: {error}")

    (line,) = lines()
    assert line["event"] == "It failed: ValueError"
    assert line["exception"].startswith("ValueError at tests/foundation/logs/test_foreign.py:")


def test_no_stack_and_no_extra_is_written(written: io.StringIO) -> None:
    library.warning("Something", stack_info=True, extra={"name_of_somebody": MARK})

    assert "Margarete" not in written.getvalue()
    assert "stack" not in written.getvalue()


def test_of_libraries_only_warnings_and_worse_are_written(lines: Lines) -> None:
    library.info("HTTP Request: GET https://api.telegram.org/bot123456:AAF/getMe")
    logging.getLogger("httpx").info("HTTP Request")
    logging.getLogger("celery.worker.strategy").info("Task received")
    logging.getLogger("django.server").info("GET /erasure/kq7w2mzt9xva/")

    assert lines() == []


@pytest.mark.parametrize("name", ["django", "django.server", "_granian", "granian.access"])
def test_no_library_writes_past_our_formatter(name: str, lines: Lines) -> None:
    logger = logging.getLogger(name)

    assert logger.handlers == []
    logger.error("Something")
    assert [line["event"] for line in lines()] == ["Something"]


def test_a_warning_of_python_is_told_by_its_class_and_place(lines: Lines) -> None:
    said = warnings.formatwarning(f"{MARK}\nis odd", UserWarning, "/code/models.py", 12)
    logging.getLogger("py.warnings").warning(said)  # as logging.captureWarnings() does

    (line,) = lines()
    assert line["event"] == "/code/models.py:12: UserWarning"
