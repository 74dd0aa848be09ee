"""Files that lie inside a document (ISO 32000-1, 7.11.4)."""

from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader


def file_inside(pdf: bytes, name: str) -> bytes | None:
    """The file of this name inside a document that ``verify_pdf`` has called genuine.

    Of a foreign document never: nobody knows what lies in it, or how large it grows.
    """
    try:
        names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        for place in range(0, len(names), 2):
            if str(names[place]) == name:
                content: bytes = names[place + 1]["/EF"]["/F"].data
                return content
    except (KeyError, PdfError):
        return None
    return None
