"""What people were shown: the texts' versions, and the forms around them."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping

from consent.ledger.faults import Fault
from consent.ledger.models import ShownForm
from consent.texts.fingerprints import fingerprint
from consent.texts.models import TextVersion

Form = tuple[str, str]
"""Of a business, and its SHA-256."""


def in_texts() -> Iterator[Fault]:
    """A leaf has the hash of its text: the words that are stored must give that hash."""
    for version in TextVersion.objects.order_by("key", "language", "number").iterator():
        says = fingerprint(
            key=version.key,
            language=version.language,
            number=version.number,
            title=version.title,
            body=version.body,
            placeholders=version.placeholders,
        )
        if says != version.sha256:
            yield Fault("text_was_changed", text=version.pk)


def in_forms(seen: Mapping[Form, str]) -> Iterator[Fault]:
    """``seen``: the forms that records name, each with the first of them."""
    stored = set()
    for form in ShownForm.objects.order_by().iterator():
        stored.add((str(form.tenant_id), form.sha256))
        if hashlib.sha256(form.content.encode()).hexdigest() != form.sha256:
            yield Fault("form_was_changed", tenant=form.tenant_id, name=form.sha256)
    for (tenant, sha256), record in seen.items():
        if (tenant, sha256) not in stored:
            yield Fault(
                "form_is_missing",
                record=uuid.UUID(record),
                tenant=uuid.UUID(tenant),
                name=sha256,
            )
