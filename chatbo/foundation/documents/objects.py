"""Looking into every object of a foreign PDF, as far as its size is reasonable."""

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation.documents.errors import UnreadableDocumentError


def all_dictionaries(
    reader: PdfFileReader, *, most_objects: int, most_revisions: int
) -> Iterator[generic.DictionaryObject]:
    """Every dictionary of every object that any revision names, unpacked where it lies packed.

    Raises UnreadableDocumentError (too_complex), and whatever the reader makes of a broken file.
    """
    if reader.xrefs.total_revisions > most_revisions:
        raise UnreadableDocumentError("too_complex")
    references = {
        reference
        for revision in range(reader.xrefs.total_revisions)
        for reference in reader.xrefs.explicit_refs_in_revision(revision)
    }
    if len(references) > most_objects:
        raise UnreadableDocumentError("too_complex")
    for reference in references:
        yield from _dictionaries(reference.get_object())


def value_of(dictionary: generic.DictionaryObject, key: str) -> Any:
    """The value, or None. Unlike ``get``, follows a reference to another object."""
    return dictionary[key] if key in dictionary else None  # noqa: SIM401


def _dictionaries(value: Any) -> Iterator[generic.DictionaryObject]:
    """All dictionaries within one object; other objects that it points at come by themselves."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, generic.DictionaryObject):
            yield value
            pending.extend(value.raw_get(key) for key in value)
        elif isinstance(value, generic.ArrayObject):
            pending.extend(value.raw_get(index) for index in range(len(value)))
