"""What the product writes into its log, as in production: a line of JSON an event."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from structlog.stdlib import ProcessorFormatter

from chatbo.foundation.logs import logging_to_stderr

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The stream itself, formatted when it is written, as the product's own handler does it."""
    described = logging_to_stderr(readable=False)["formatters"]["structured"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(**{name: part for name, part in described.items() if name != "()"})
    )
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]
