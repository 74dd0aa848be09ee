"""Writing consent records: the one way in."""

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.db import connection, transaction
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
    now = timezone.now()
    network = kept_network(network, controller)
    shown = _shown_form(form) if form else None
    while True:
        identity = _identity(person_id, identifier) if person_id else None
        record = ConsentRecord(
            subject_id=identity.subject_id if identity else new_id(),
            purpose=purpose,
            decision=decision,
            source=source,
            controller=controller,
            place=place,
            text_version=text,
            language=text.language,
            form_sha256=shown.sha256 if shown else "",
            way=way,
            network=network,
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
        made = identity if identity and identity._state.adding else None
        if _insert(record, pending, form=shown, identity=made):
            return record
        # Another transaction made the person's identity meanwhile: the record is hashed with that.


def _identity(person_id: uuid.UUID, identifier: str) -> ConsentIdentity:
    """The person's, or a new one that is not stored yet."""
    known = ConsentIdentity.objects.filter(person_id=person_id).first()
    return known or ConsentIdentity(
        person_id=person_id,
        subject_id=new_id(),
        identifier=identifier,
        identifier_index=blind_index(identifier.strip().lower(), purpose="identity"),
        salt=new_salt(),
    )


def _shown_form(form: str) -> ShownForm:
    return ShownForm(sha256=hashlib.sha256(form.encode()).hexdigest(), content=form)


def _insert(
    record: ConsentRecord,
    pending: PendingLeaf,
    *,
    form: ShownForm | None,
    identity: ConsentIdentity | None,
) -> bool:
    """All rows in one statement: each way to the database costs as much as the rows themselves.

    The form is kept the first time that it is shown. Without the new identity, because there
    already is one of this person, nothing of the record is written either.
    """
    parts: list[str] = []
    values: list[Any] = []
    needed = "FROM made" if identity else ""
    for name, row, source, end in (
        ("shown", form, "", "ON CONFLICT DO NOTHING"),
        ("made", identity, "", "ON CONFLICT (tenant_id, person_id) DO NOTHING RETURNING id"),
        ("recorded", record, needed, ""),
        ("", pending, needed, ""),
    ):
        if row is None:
            continue
        fields = row._meta.concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join(["%s"] * len(fields))
        insert = f'INSERT INTO "{row._meta.db_table}" ({columns}) SELECT {places} {source} {end}'
        parts.append(f"{name} AS ({insert})" if name else insert)
        values += [
            field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields
        ]
    *earlier, last = parts
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(earlier)} {last}", values)
        is_written = bool(cursor.rowcount)
    for row in (record, pending) if is_written else ():
        row._state.adding = False
        row._state.db = connection.alias
    return is_written
