"""PDFs that people hand in: scanned contracts, in which nothing acts.

A PDF cannot be drawn anew without losing what it is kept for, so it is kept as it came, and only
if nothing in it does anything: no scripts, no forms that send, no files to start, none within.
Looked for in every object, those in packed object streams included. The reader is strict: what
another reader might understand differently is refused, instead of judged by what we understand.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation.documents.errors import UnreadableDocumentError
from chatbo.foundation.documents.objects import all_dictionaries, value_of
from chatbo.foundation.uploads.errors import UploadError, Wrong

LARGEST = 10_000_000
MOST_PAGES = 100
MOST_OBJECTS = 20_000
MOST_REVISIONS = 32

_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/OPI"})
# ISO 32000-2, 12.6.4. What is left leads to a page of the same file, or to a website on a click.
_ACTIONS = frozenset(
    {
        *{"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToR", "/GoToE"},
        *{"/GoToDp", "/Thread", "/Sound", "/Movie", "/Rendition", "/GoTo3DView"},
        *{"/RichMediaExecute", "/SetOCGState"},
    }
)
_ATTACHMENT_KEYS = frozenset(
    {"/EmbeddedFiles", "/EF", "/AF", "/Collection", "/RichMediaContent", "/RichMediaSettings"}
)
_ACTIVE_SUBTYPES = frozenset({"/RichMedia", "/Screen", "/3D", "/Movie", "/Sound", "/PS"})
_LINKS = ("https://", "http://", "mailto:", "tel:")


@dataclass(frozen=True)
class Pdf:
    content: bytes
    """As it came."""
    pages: int

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def accept_pdf(file: IO[bytes]) -> Pdf:
    """A PDF of up to 10 MB and 100 pages in which nothing acts. Raises ``UploadError``.

    It still came from a stranger: hand it out as a download with its type, never as a page.
    """
    content = file.read(LARGEST + 1)
    if not content:
        raise UploadError(Wrong.EMPTY)
    if len(content) > LARGEST:
        raise UploadError(Wrong.TOO_LARGE)
    # At the very beginning: readers that look for it further in would show what stands before.
    if not content.startswith(b"%PDF-"):
        raise UploadError(Wrong.TYPE)
    if not content.rstrip(b"\r\n\t \x00").endswith(b"%%EOF"):
        raise UploadError(Wrong.DAMAGED)
    try:
        return Pdf(content, _pages(PdfFileReader(BytesIO(content))))
    except UploadError:
        raise
    except UnreadableDocumentError as error:
        raise UploadError(Wrong.TOO_COMPLEX) from error
    except Exception as error:
        # A foreign file makes the reader stumble in any way it likes; they are all one thing.
        raise UploadError(Wrong.DAMAGED) from error


def _pages(reader: PdfFileReader) -> int:
    if reader.encrypted:
        raise UploadError(Wrong.ENCRYPTED)
    pages = 0
    for dictionary in all_dictionaries(
        reader, most_objects=MOST_OBJECTS, most_revisions=MOST_REVISIONS
    ):
        _refuse_active(dictionary)
        _refuse_attachments(dictionary)
        pages += value_of(dictionary, "/Type") == "/Page"
    if pages > MOST_PAGES:
        raise UploadError(Wrong.TOO_COMPLEX)
    # The pages' tree has the first word on how many there are; here it must not be none.
    if not pages or not reader.root["/Pages"]["/Kids"]:
        raise UploadError(Wrong.DAMAGED)
    return pages


def _refuse_active(dictionary: generic.DictionaryObject) -> None:
    is_active = (
        bool(_ACTIVE_KEYS & dictionary.keys())
        or value_of(dictionary, "/S") in _ACTIONS
        or value_of(dictionary, "/Subtype") in _ACTIVE_SUBTYPES
        or _does_more_than_turn_to_a_page(value_of(dictionary, "/OpenAction"))
        or (value_of(dictionary, "/S") == "/URI" and not _is_link(value_of(dictionary, "/URI")))
        # A stream whose bytes lie in another file.
        or (isinstance(dictionary, generic.StreamObject) and "/F" in dictionary)
    )
    if is_active:
        raise UploadError(Wrong.ACTIVE)


def _refuse_attachments(dictionary: generic.DictionaryObject) -> None:
    if (
        _ATTACHMENT_KEYS & dictionary.keys()
        or value_of(dictionary, "/Subtype") == "/FileAttachment"
        or value_of(dictionary, "/Type") == "/EmbeddedFile"
    ):
        raise UploadError(Wrong.ATTACHMENT)


def _does_more_than_turn_to_a_page(opening: Any) -> bool:
    return isinstance(opening, generic.DictionaryObject) and (
        value_of(opening, "/S") != "/GoTo" or "/Next" in opening
    )


def _is_link(target: Any) -> bool:
    text = target if isinstance(target, str) else bytes(target).decode("latin-1")
    return text.strip().lower().startswith(_LINKS)
