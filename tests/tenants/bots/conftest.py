"""The stand-ins of the platforms, and what a person does on them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from standins.testing import Running, running
from tenants.bots.platforms import Menu

MENU = Menu(
    unsubscribe="Abmelden & löschen",
    imprint="Impressum",
    imprint_url="https://cafe-morgenrot.example/impressum",
    privacy="Datenschutz",
    privacy_url="https://cafe-morgenrot.example/datenschutz",
)


@pytest.fixture
def menu() -> Menu:
    return MENU


@pytest.fixture
def standins(tmp_path: Path, settings: Any) -> Iterator[Running]:
    """The platforms, strict, on free ports; their events reach nobody by themselves."""
    with running(tmp_path / "standins") as started:
        settings.META_GRAPH_URL = started.graph_url
        settings.TELEGRAM_API_URL = started.telegram_url
        yield started
