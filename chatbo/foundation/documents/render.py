"""Documents from templates: PDF/A-3b, our own fonts inside, the same bytes for the same input.

A template extends ``foundation/documents/letter.html``. Where a party is to sign, it places
``<div class="field" id="field-controller" title="...">``: there an empty signature field named
``controller`` is built into the file, for ``seal`` to fill. All fields exist from the start
because a field that is added after a certification breaks it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from chatbo.foundation import operator
from chatbo.foundation.documents.errors import ForeignResourceError, RenderError

FIELD_PREFIX = "field-"
PRINTED_AND_LOCKED = 4 | 128  # ISO 32000-1, table 165


@dataclass(frozen=True)
class Attachment:
    """A file inside the document: its content for machines. The name's ending tells the type."""

    name: str
    content: bytes
    description: str


def render_pdf(
    template_name: str,
    context: Mapping[str, Any],
    *,
    language: str,
    created: datetime | None = None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Render a template to PDF/A-3b (ISO 19005-3) in the given language.

    The same arguments give the same bytes: the clock is never asked, so a document that shall
    carry a date gets it by ``created`` (demanded with attachments). Reading is confined to our
    static folder; anything else raises ForeignResourceError. A template without a title raises
    RenderError. The first call in a process takes a second, later ones some 30 ms a page.
    """
    if attachments and created is None:
        raise RenderError("attachments carry their date: give created=")

    # Half a second to import, which the web's workers never need.
    from weasyprint import HTML
    from weasyprint import Attachment as EmbeddedFile

    from chatbo.foundation.documents.static_files import RefusedError, StaticFilesOnly

    static = Path(settings.BASE_DIR) / "static"
    with translation.override(language):
        source = render_to_string(
            template_name,
            {"operator": operator, **context, "language": language, "created": created},
        )
    date = created.astimezone(UTC) if created else None
    try:
        html = HTML(
            string=source, base_url=f"{static.as_uri()}/", url_fetcher=StaticFilesOnly(static)
        )
        document = html.render()
        document.metadata.title = " ".join((document.metadata.title or "").split())
        if not document.metadata.title:
            raise RenderError(f"{template_name} has no title")
        if date:
            document.metadata.created = document.metadata.modified = f"{date:%Y-%m-%dT%H:%M:%SZ}"
        document.metadata.lang = language
        titles = {
            element.get("id", ""): element.get("title", "") for element in html.etree_element.iter()
        }
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/a-3b",
            attachments=[
                EmbeddedFile(
                    string=attachment.content,
                    name=attachment.name,
                    description=attachment.description,
                    relationship="Data",
                    created=date,
                    modified=date,
                )
                for attachment in sorted(
                    attachments, key=lambda a: a.name
                )  # a PDF name tree is sorted
            ],
            finisher=lambda document, pdf: _add_signature_fields(document, pdf, titles),
        )
    except RefusedError as refused:
        raise ForeignResourceError(refused.url) from None
    return pdf


def _add_signature_fields(document: Any, pdf: Any, titles: Mapping[str, str]) -> None:
    """Turn each marked place on the pages into an empty signature field (ISO 32000-1, 12.7.4.5)."""
    import pydyf

    fields = pydyf.Array()
    for number, page in enumerate(document.pages):
        for anchor, (left, top, right, bottom) in page.anchors.items():
            if not anchor.startswith(FIELD_PREFIX):
                continue
            box = [
                round(0.75 * length, 2)  # from CSS pixels, downwards, to points, upwards
                for length in (left, page.height - bottom, right, page.height - top)
            ]
            # Every widget needs an appearance (ISO 19005-3, 6.3.3), the empty one too.
            nothing = pydyf.Stream(
                extra={
                    "Type": "/XObject",
                    "Subtype": "/Form",
                    "BBox": pydyf.Array(
                        [0, 0, round(box[2] - box[0], 2), round(box[3] - box[1], 2)]
                    ),
                    "Resources": pydyf.Dictionary(),
                }
            )
            pdf.add_object(nothing)
            widget = pydyf.Dictionary(
                {
                    "Type": "/Annot",
                    "Subtype": "/Widget",
                    "FT": "/Sig",
                    "T": pydyf.String(anchor.removeprefix(FIELD_PREFIX)),
                    "TU": pydyf.String(titles.get(anchor) or anchor),
                    "Rect": pydyf.Array(box),
                    "P": pdf.page_references[number].decode(),
                    "F": PRINTED_AND_LOCKED,
                    "AP": pydyf.Dictionary({"N": nothing.reference}),
                }
            )
            pdf.add_object(widget)
            pdf_page = pdf.objects[int(pdf.page_references[number].split()[0])]
            pdf_page.setdefault("Annots", pydyf.Array()).append(widget.reference)
            fields.append(widget.reference)
    if fields:
        form = pydyf.Dictionary({"Fields": fields, "SigFlags": 3})
        pdf.add_object(form)
        pdf.catalog["AcroForm"] = form.reference
