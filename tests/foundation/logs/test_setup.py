"""What nobody caught, in web, worker and schedule: a line of the log, not a printed traceback."""

import subprocess
import sys

import pytest

PROGRAM = """
import logging.config, threading, warnings
from chatbo.foundation.logs import log_uncaught_exceptions, logging_to_stderr

logging.config.dictConfig(logging_to_stderr(readable=False))
log_uncaught_exceptions()

def fails():
    name = "Margarete"
    {act}

{call}
"""


@pytest.mark.parametrize(
    ("act", "call", "expected"),
    [
        ("raise LookupError(name)", "fails()", '"exception": "LookupError at '),
        (
            "raise LookupError(name)",
            "threading.Thread(target=fails).start()",
            '"exception": "LookupError at ',
        ),
        ("warnings.warn(name)", "fails()", ": UserWarning"),
    ],
)
def test_what_nobody_caught_is_one_line_without_its_values(
    act: str, call: str, expected: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(act=act, call=call)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert expected in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Margarete" not in done.stderr
