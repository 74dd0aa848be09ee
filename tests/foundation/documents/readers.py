"""Reading PDFs in the tests with programs that are not ours, poppler and qpdf (``make test``)."""

import re
import shutil
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader


def is_pdf_a_3b(pdf: bytes) -> bool:
    """The markers: XMP says part 3, conformance B; an output intent with its profile is there."""
    root = PdfFileReader(BytesIO(pdf)).root
    xmp = root["/Metadata"].data.decode()
    (intent,) = root["/OutputIntents"]
    return (
        re.search(r"pdfaid:part(=\"|>)3", xmp) is not None
        and re.search(r"pdfaid:conformance(=\"|>)B", xmp) is not None
        and intent["/S"] == "/GTS_PDFA1"
        and len(intent["/DestOutputProfile"].data) > 100
    )


def fonts(pdf: bytes) -> set[tuple[str, bool]]:
    """All fonts of the file, by name, with whether their letters are in it."""
    found = set()
    reader = PdfFileReader(BytesIO(pdf))
    for revision in range(reader.xrefs.total_revisions):
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            value = reader.get_object(reference)
            if not hasattr(value, "get") or value.get("/Type") != "/Font":
                continue
            if value.get("/Subtype") == "/Type0":
                continue  # its descendant holds the letters
            descriptor = value["/FontDescriptor"]
            embedded = "/FontFile2" in descriptor or "/FontFile3" in descriptor
            found.add((value["/BaseFont"].rpartition("+")[2].lstrip("/"), embedded))
    return found


def run(program: str, *arguments: str, pdf: bytes, folder: Path) -> str:
    if shutil.which(program) is None:
        package = "qpdf" if program == "qpdf" else "poppler-utils"
        pytest.fail(f"{program} is missing: `apt-get install {package}` (`make test` does it).")
    file = folder / "document.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(
        [program, *arguments, str(file), *(["-"] if program == "pdftotext" else [])],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, by the letters' own table (ToUnicode), as a reader copies it."""
    with tempfile.TemporaryDirectory() as folder:
        text = run("pdftotext", "-raw", pdf=pdf, folder=Path(folder))
    return text.split("\f")[:-1]
