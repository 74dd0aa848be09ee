"""A file that was prepared before somebody was erased names nobody: nothing is to be called back.

Whatever the ledger prepares is searched: its texts, and each stream inside a PDF. The one file that
does name a person is the person's own, and goes with them (``test_person_exports``).
"""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pyhanko.pdf_utils.reader import PdfFileReader

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.erasure.tasks import carry_out
from consent.ledger.export_models import ConsentExport
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.preparing import ask_for_export
from consent.ledger.sealing import seal
from consent.ledger.selecting import Selection
from consent.ledger.tasks import prepare
from tests.consent.conftest import MARKER

pytestmark = pytest.mark.django_db(transaction=True)

Form = ConsentExport.Form


def whole_text(content: bytes) -> bytes:
    """The bytes, and of a PDF those too that lie packed in it, its attachments among them."""
    if not content.startswith(b"%PDF"):
        return content
    reader = PdfFileReader(BytesIO(content))
    parts = [content]
    for revision in range(reader.xrefs.total_revisions):
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            value = reader.get_object(reference)
            parts.append(repr(value).encode())
            if hasattr(value, "data"):
                parts.append(value.data)
    return b"\n".join(parts)


@pytest.mark.parametrize("form", Form)
def test_no_file_that_the_ledger_prepares_names_a_person(
    cafe: Any, person: Any, queue: Any, form: ConsentExport.Form
) -> None:
    seal()
    with cafe.scope():
        pseudonym = str(ConsentRecord.objects.get().subject_id)
        salt = bytes(ConsentIdentity.objects.get().salt).hex()
        export = ask_for_export(form, Selection(""), user=cafe.owner, language="de")
    prepare(str(cafe.tenant.pk), str(export.pk))
    with cafe.scope():
        export.refresh_from_db()
        with default_storage.open(export.file) as file:
            content = whole_text(file.read())
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carry_out(str(cafe.tenant.pk), str(erasure.pk))

    assert export.state == ConsentExport.State.READY
    assert pseudonym.encode() in content  # it is searched where something stands
    known = (person.address, str(person.subscriber.pk), person.subscriber.external_index, MARKER)
    for needle in (*known, salt):
        assert needle.encode() not in content
    with cafe.scope():
        assert not ConsentIdentity.objects.exists()  # what led from the pseudonym to the person


def test_of_one_person_nothing_is_prepared(cafe: Any, person: Any) -> None:
    with cafe.scope(), pytest.raises(ValueError, match="one person"):
        ask_for_export(Form.CSV, Selection("", person.address), user=cafe.owner, language="de")
