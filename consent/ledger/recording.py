"""Writing consent records: the one way in."""

import hashlib
import uuid
from datetime import datetime

from django.db import connection, models, transaction
from django.utils import timezone

from chatbo.foundation.encryption import blind_index
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.leaves import NOBODY, body_hash, identity_hash, leaf_of
from consent.ledger.models import (
    ConsentIdentity,
    ConsentRecord,
    PendingLeaf,
    ShownForm,
    new_salt,
)
from consent.ledger.network import kept_network
from consent.ledger.pending import prove
from consent.texts.models import TextVersion


@transaction.atomic(savepoint=False)
def record_consent(
    text: TextVersion,
    *,
    purpose: ConsentRecord.Purpose,
    decision: ConsentRecord.Decision,
    source: ConsentRecord.Source,
    controller: ConsentRecord.Controller,
    way: ConsentRecord.Way = ConsentRecord.Way.NONE,
    place: str = "",
    form: str = "",
    person_id: uuid.UUID | None = None,
    identifier: str = "",
    network: str = "",
    shown_at: datetime | None = None,
    given_at: datetime | None = None,
    corrects: ConsentRecord | None = None,
) -> ConsentRecord:
    """Record what somebody was shown and decided, in the tenant's scope that is open.

    ``text`` is the very version that was on the screen, ``form`` all that stood around it, filled
    in. Without ``person_id`` the record makes no person: a refusal or a visitor's click needs no
    identity (Art. 11 GDPR). ``network`` is an address as the web server saw it; ``kept_network``
    says what of it is kept. The next sealing takes the record into the tree; writing it waits for
    nobody.
    """
    identity = _identity(person_id, identifier) if person_id else None
    now = timezone.now()
    record = ConsentRecord(
        subject_id=identity.subject_id if identity else new_id(),
        purpose=purpose,
        decision=decision,
        source=source,
        controller=controller,
        place=place,
        text_version=text,
        language=text.language,
        form_sha256=_kept(form) if form else "",
        way=way,
        network=kept_network(network, controller),
        shown_at=shown_at,
        given_at=given_at or now,
        received_at=now,
        corrects_id=corrects.pk if corrects else None,
    )
    of_whom = identity_hash(identity.salt, identity.identifier) if identity else NOBODY
    leaf = leaf_of(body_hash(record, text.sha256), of_whom)
    pending = PendingLeaf(
        id=record.pk,
        hash=leaf,
        identity_hash=of_whom,
        proof=prove(record.tenant_id, record.pk, leaf, of_whom),
    )
    _insert(record, pending)
    return record


def _identity(person_id: uuid.UUID, identifier: str) -> ConsentIdentity:
    identity, _ = ConsentIdentity.objects.get_or_create(
        person_id=person_id,
        defaults={
            "subject_id": new_id(),
            "identifier": identifier,
            "identifier_index": blind_index(identifier.strip().lower(), purpose="identity"),
            "salt": new_salt(),
        },
    )
    return identity


def _kept(form: str) -> str:
    """The form's hash; the form itself is kept the first time that it is shown."""
    sha256 = hashlib.sha256(form.encode()).hexdigest()
    ShownForm.objects.bulk_create(
        [ShownForm(sha256=sha256, content=form)],
        ignore_conflicts=True,
    )
    return sha256


def _insert(*rows: models.Model) -> None:
    """All rows in one statement: a second way to the database would cost as much as the first."""
    parts, values = [], []
    for number, row in enumerate(rows):
        fields = row._meta.concrete_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join(["%s"] * len(fields))
        insert = f'INSERT INTO "{row._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608 (names of ours alone)
        parts.append(insert if number == len(rows) - 1 else f"row{number} AS ({insert})")
        values += [
            field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields
        ]
        row._state.adding = False
        row._state.db = connection.alias
    *earlier, last = parts
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(earlier)} {last}", values)
