"""The proof on paper: a letter that says what was recorded, sealed, with the proofs inside."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chatbo.foundation.documents.render import Attachment, render_pdf
from chatbo.foundation.documents.seal import OPERATOR_FIELD, seal_as_operator
from consent.ledger.errors import TooManyForPaperError
from consent.ledger.genuine import Examined, examine
from consent.ledger.json_ld import shown_forms
from consent.ledger.models import ConsentRecord
from consent.ledger.proofs import Proof, Prover
from consent.ledger.selecting import Selection
from consent.ledger.standing import standing_on
from consent.ledger.wording import words_of
from consent.texts.models import TextVersion
from consent.texts.rendering import as_html_with_placeholders
from tenants.accounts.models import Tenant

MOST_PRINTED = 200
MOST_INSIDE = 5_000
"""Records whose proofs go into one document: some 10 MB, and ``/verify/`` reads 20."""
FILE = "consents.jsonl"


@dataclass(frozen=True)
class Wording:
    """What several records were shown, printed once. Of a form its words, else the whole text."""

    number: int
    version: TextVersion
    form: str
    text: SafeString | None
    form_sha256: str


@dataclass(frozen=True)
class Printed:
    record: ConsentRecord
    proof: Proof | None
    is_changed: bool
    wording: Wording

    @property
    def place(self) -> int:
        """In the list, as people count; programs begin at 0."""
        return self.proof.position + 1 if self.proof else 0


@dataclass(frozen=True)
class Held:
    """What holds for a person on one purpose, when the paper is made."""

    record: ConsentRecord
    is_proven: bool
    is_changed: bool


def proof_pdf(
    records: list[ConsentRecord], selection: Selection, tenant: Tenant, *, at: datetime, by: str
) -> bytes:
    """The sealed document on these records, in the language that is active and the tenant's scope.

    Of one person with their identifier, which proves that the records are theirs. Prints the
    newest; the file inside has them all, but for those that are not as they were recorded: the
    paper names these, and proves nothing of them. Raises ``TooManyForPaperError``.
    """
    if len(records) > MOST_INSIDE:
        raise TooManyForPaperError
    prover = Prover(with_identity=selection.names_the_person)
    examined = examine(records, prover=prover)
    proofs = examined.proofs
    inside = _lines(proofs[record.pk] for record in records if record.pk in proofs)
    printed = _printed(records[:MOST_PRINTED], examined)
    language = get_language() or settings.LANGUAGE_CODE
    context = {
        "tenant": tenant,
        "selection": selection,
        "words": selection.words(),
        "records": printed,
        "wordings": list({each.wording.number: each.wording for each in printed}.values()),
        "count": len(records),
        "held": _held(selection.person, at) if selection.person else [],
        "changed": [record for record in records if record.pk in examined.changed],
        "unsealed": len(records) - len(proofs) - len(examined.changed),
        "head": prover.head,
        "file": FILE,
        "digest": hashlib.sha256(inside).hexdigest() if inside else "",
        "verify_url": f"{settings.BASE_URL}{reverse('site:verify')}",
        "keys_url": f"{settings.BASE_URL}{reverse('site:keys')}",
        "at": at,
        "by": by,
        "field": OPERATOR_FIELD,
    }
    pdf = render_pdf(
        "consent/ledger/proof.pdf.html",
        context,
        language=language,
        created=at,
        attachments=[Attachment(FILE, inside, _("The records with their proofs"))]
        if inside
        else [],
    )
    return seal_as_operator(pdf, at=at, language=language)


def _lines(proofs: Iterable[Proof]) -> bytes:
    return b"".join(
        json.dumps(proof.as_json(), ensure_ascii=False).encode() + b"\n" for proof in proofs
    )


def _held(person: str, at: datetime) -> list[Held]:
    """Of all that is recorded on the person, whatever else the paper is narrowed down to."""
    records = standing_on(person, timezone.localdate(at))
    examined = examine(records)
    return [
        Held(record, record.pk in examined.proofs, record.pk in examined.changed)
        for record in records
    ]


def _printed(records: list[ConsentRecord], examined: Examined) -> list[Printed]:
    forms, printed = shown_forms(records), []
    wordings: dict[tuple[uuid.UUID, str], Wording] = {}
    for record in records:
        form = forms.get(record.form_sha256, "")
        key = (record.text_version_id, record.form_sha256)
        if key not in wordings:
            wordings[key] = Wording(
                number=len(wordings) + 1,
                version=record.text_version,
                form=words_of(form) if form else "",
                text=None if form else as_html_with_placeholders(record.text_version.body),
                form_sha256=record.form_sha256,
            )
        is_changed = record.pk in examined.changed
        printed.append(Printed(record, examined.proofs.get(record.pk), is_changed, wordings[key]))
    return printed
