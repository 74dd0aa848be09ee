"""A receipt as a person meets it: read, taken along, checked, withdrawn."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.sealing import seal
from tests.conftest import Business
from tests.journey.accessibility import problems

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def receipt(site_url: str, cafe: Business, record: Callable[..., ConsentRecord]) -> str:
    with cafe.scope():
        agreed = record(
            person_id=new_id(),
            identifier="gustav@example.org",
            form="Ja, gern.",
            shown_at=timezone.now(),
        )
        address = receipt_address(agreed)
    seal()
    return address


@pytest.fixture
def asked_for(page: Page) -> list[str]:
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_the_pages_and_nobody_else_is_asked(
    page: Page, site_url: str, receipt: str, asked_for: list[str], width: int, theme: Any
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    for address in (receipt, f"{site_url}/verify/", f"{site_url}/keys/"):
        page.goto(address)
        assert problems(page) == [], address

    assert [url for url in asked_for if not url.startswith((site_url, "data:"))] == []
    assert page.context.cookies() == []


def test_a_receipt_is_taken_along_checked_and_withdrawn(
    page: Page, site_url: str, receipt: str, cafe: Business, tmp_path: Path
) -> None:
    page.goto(receipt)
    expect(page.get_by_text("Ja, gern.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Beleg (JSON-LD)").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)

    page.goto(f"{site_url}/verify/")
    page.set_input_files("#document", file)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".finding-good")).to_be_visible()

    page.goto(receipt)
    page.get_by_role("button", name="Widerrufen: Newsletter").click()
    expect(page.get_by_text("Sie ist bereits widerrufen.")).to_be_visible()
    expect(page.get_by_role("button", name="Widerrufen: Newsletter")).to_have_count(0)
    with cafe.scope():
        said = ConsentRecord.objects.order_by("received_at").values_list("decision", flat=True)
        assert list(said) == ["granted", "withdrawn"]
