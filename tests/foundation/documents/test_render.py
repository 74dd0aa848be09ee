import json
import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation.documents.errors import ForeignResourceError, RenderError
from chatbo.foundation.documents.render import Attachment, render_pdf
from chatbo.foundation.documents.seal import unfilled_fields
from tests.foundation.documents.contract import render_agreement
from tests.foundation.documents.readers import fonts, is_pdf_a_3b, page_texts

pytestmark = pytest.mark.usefixtures("templates")


def render_page(body: str, **options: Any) -> bytes:
    return render_pdf("page.html", {"body": body}, language="en", **options)


def test_the_contract_is_pdf_a_3b_with_title_and_language(agreement: bytes) -> None:
    reader = PdfFileReader(BytesIO(agreement))

    assert is_pdf_a_3b(agreement)
    assert reader.root["/Lang"] == "de"
    assert reader.trailer_view["/Info"]["/Title"] == "Vertrag über die Verarbeitung im Auftrag"
    assert reader.trailer_view["/Info"]["/CreationDate"] == "D:20261124000000Z"


def test_all_fonts_are_ours_and_embedded(agreement: bytes) -> None:
    assert fonts(agreement) == {("Document", True), ("Document-Semi-Bold", True)}


def test_six_pages_stay_below_50_kb(agreement: bytes) -> None:
    assert len(page_texts(agreement)) == 6
    assert len(agreement) < 50_000


def test_the_foot_of_each_page_has_number_version_and_hash(agreement: bytes) -> None:
    for number, text in enumerate(page_texts(agreement), start=1):
        assert re.search(rf"(Seite|Page) {number} (von|of) 6", text)
        assert "AVV 3.1" in text
        assert "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" in text


def test_the_same_input_gives_the_same_bytes(agreement: bytes) -> None:
    assert render_agreement() == agreement
    assert render_agreement(version="AVV 3.2") != agreement


def test_the_data_for_machines_is_attached_as_data(agreement: bytes) -> None:
    reader = PdfFileReader(BytesIO(agreement))
    filespec = reader.root["/Names"]["/EmbeddedFiles"]["/Names"][1]

    assert filespec["/AFRelationship"] == "/Data"
    assert filespec["/F"] == "contract.json"
    assert json.loads(filespec["/EF"]["/F"].data) == {"version": "AVV 3.1"}
    assert filespec["/EF"]["/F"]["/Subtype"] == "/application/json"


def test_an_attachment_needs_a_date() -> None:
    """Otherwise the clock would get into the bytes."""
    with pytest.raises(RenderError, match="created"):
        render_page("", attachments=[Attachment("a.json", b"{}", "")])


def test_a_place_to_sign_becomes_a_field_where_it_stands(agreement: bytes) -> None:
    reader = PdfFileReader(BytesIO(agreement))
    first, second = (field.get_object() for field in reader.root["/AcroForm"]["/Fields"])

    assert unfilled_fields(agreement) == ("controller", "processor")
    assert "Betriebsgesellschaft" in first["/TU"]
    left, bottom, right, top = first["/Rect"]
    assert 0 < left < right < second["/Rect"][0] < second["/Rect"][2] < 595
    assert 60 < bottom < top < 842


def test_a_document_without_a_place_to_sign_has_no_form() -> None:
    assert "/AcroForm" not in PdfFileReader(BytesIO(render_page("Hello"))).root


def test_a_document_needs_a_title() -> None:
    with pytest.raises(RenderError, match="no title"):
        render_pdf("untitled.html", {}, language="en")


@pytest.mark.parametrize(
    "url",
    [
        "https://foreign.example/pixel.png",
        "http://127.0.0.1:1/pixel.png",
        "//foreign.example/pixel.png",
        "ftp://foreign.example/pixel.png",
        "file:///etc/passwd",
        "file://foreign.example/etc/passwd",
        "/etc/passwd",
        "../chatbo/settings.py",
        "documents/%2e%2e/%2e%2e/chatbo/settings.py",
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>",
        "not-there.svg",
    ],
)
@pytest.mark.parametrize(
    "page",
    [
        '<img src="{url}">',
        '<link rel="stylesheet" href="{url}">',
        '<style>@import "{url}";</style>',
        '<link rel="attachment" href="{url}">',
        '<p style="background: url(&quot;{url}&quot;)">x</p>',
    ],
    ids=["img", "stylesheet", "import", "attachment", "background"],
)
def test_nothing_is_read_but_our_static_files(page: str, url: str) -> None:
    with pytest.raises(ForeignResourceError):
        render_page(page.format(url=url))


def test_a_link_out_of_the_static_folder_is_not_followed(settings: Any, tmp_path: Path) -> None:
    static = tmp_path / "static"
    static.mkdir()
    (tmp_path / "secret.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (static / "innocent.svg").symlink_to(tmp_path / "secret.svg")
    settings.BASE_DIR = tmp_path

    with pytest.raises(ForeignResourceError, match=r"innocent\.svg"):
        render_page('<img src="innocent.svg">')


def test_a_name_with_markup_stays_a_name() -> None:
    pdf = render_agreement(controller='<img src="file:///etc/passwd"> & Söhne')

    assert any('<img src="file:///etc/passwd"> & Söhne' in text for text in page_texts(pdf))


def test_the_date_is_the_callers_whatever_its_zone() -> None:
    pdf = render_page("x", created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    assert PdfFileReader(BytesIO(pdf)).trailer_view["/Info"]["/CreationDate"] == "D:20260102030405Z"
