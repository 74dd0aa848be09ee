"""What can go wrong with a document. Facts only; the sentence is the edge's."""

from typing import Literal


class DocumentError(Exception):
    """Any failure to make, seal or read a document."""


class SealKeyError(DocumentError):
    """The setting SEAL_KEY holds no usable key. The message says what is missing, never the key."""


class RenderError(DocumentError):
    """A document could not be made from its template."""


class ForeignResourceError(RenderError):
    """A document asked for something outside our static files. Nothing was fetched."""

    def __init__(self, url: str) -> None:
        super().__init__(f"refused: {url}")
        self.url = url


class SealError(DocumentError):
    """The seal was not set; the document is as it was. Trying again later may help (time stamp)."""


class UnknownFieldError(SealError):
    """The document has no signature field of this name."""

    def __init__(self, field: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no field {field!r}, but {', '.join(known) or 'none at all'}")
        self.field = field
        self.known = known


class AlreadySealedError(SealError):
    """The field is filled already. A retry that finds this may take the document as done."""

    def __init__(self, field: str) -> None:
        super().__init__(f"field {field!r} is already signed")
        self.field = field


Refusal = Literal["too_large", "not_a_pdf", "malformed", "encrypted", "scripted", "too_complex"]


class UnreadableDocumentError(DocumentError):
    """A file handed in was refused before its signatures were looked at. ``reason`` is a code."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason
