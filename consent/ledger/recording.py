"""Writing consent records: the one way in."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import Model
from django.utils import timezone

from chatbo.foundation.encryption import blind_index, text_or
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.sets import among
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

declare_store(Medium.MEMORY, __name__, NoPersonalData("The texts of statements, without values."))


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
    follows: ConsentRecord | None = None,
    corrects: ConsentRecord | None = None,
) -> ConsentRecord:
    """Record what somebody was shown and decided, in the tenant's scope that is open.

    ``text`` is the very version that was on the screen, ``form`` all that stood around it, filled
    in. Without ``person_id`` the record makes no person: a refusal or a visitor's click needs no
    identity (Art. 11 GDPR). A person who has another ``identifier`` than before gets another
    pseudonym: each record proves the address that it was made under. A record that ``follows``
    another, as a withdrawal does its consent, is on the same person under the same pseudonym,
    whoever is behind it. ``network`` is an address as the web server saw it; ``kept_network`` says
    what of it is kept. The next sealing takes the record into the tree; writing it waits for
    nobody.
    """
    now = timezone.now()
    network = kept_network(network, controller)
    shown = _shown_form(form) if form else None
    while True:
        if follows is not None:
            identity = ConsentIdentity.objects.filter(subject_id=follows.subject_id).first()
            subject_id = follows.subject_id
        else:
            identity = _identity(person_id, identifier) if person_id else None
            subject_id = identity.subject_id if identity else new_id()
        record = ConsentRecord(
            subject_id=subject_id,
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
        pending = _leaf(record, text, identity)
        made = identity if identity and identity._state.adding else None
        if _insert(record, pending, form=shown, identity=made):
            return record
        # Another transaction made the person's identity meanwhile: the record is hashed with that.


@transaction.atomic(savepoint=False)
def record_withdrawals(
    held: Sequence[tuple[ConsentRecord, datetime]],
    *,
    source: ConsentRecord.Source,
    way: ConsentRecord.Way,
    place: str = "",
) -> list[ConsentRecord]:
    """Record that each of these consents was withdrawn, and when: as many records as consents.

    By three ways to the database, however many they are. Under the pseudonyms of the consents,
    whose texts they bring along (``select_related``).
    """
    if not held:
        return []
    now = timezone.now()
    # Of one pseudonym the oldest, as the person is found by it elsewhere.
    identities = ConsentIdentity.objects.filter(
        among("subject_id", {given.subject_id for given, _at in held})
    ).order_by("-pk")
    behind = {identity.subject_id: identity for identity in identities}
    records = [
        ConsentRecord(
            subject_id=given.subject_id,
            purpose=given.purpose,
            decision=ConsentRecord.Decision.WITHDRAWN,
            source=source,
            controller=given.controller,
            place=place,
            text_version=given.text_version,
            language=given.text_version.language,
            way=way,
            given_at=at,
            received_at=now,
        )
        for given, at in held
    ]
    _insert_all(
        [
            (record, _leaf(record, record.text_version, behind.get(record.subject_id)))
            for record in records
        ]
    )
    return records


def _leaf(
    record: ConsentRecord, text: TextVersion, identity: ConsentIdentity | None
) -> PendingLeaf:
    of_whom = identity_hash(identity.salt, identity.identifier) if identity else NOBODY
    leaf = leaf_of(body_hash(record, text.sha256), of_whom)
    return PendingLeaf(
        id=record.pk,
        hash=leaf,
        identity_hash=of_whom,
        proof=prove(record.tenant_id, record.pk, leaf, of_whom),
    )


def _identity(person_id: uuid.UUID, identifier: str) -> ConsentIdentity:
    """The person's under this identifier, or a new one that is not stored yet."""
    wanted = identifier.strip().lower()
    for known in ConsentIdentity.objects.filter(person_id=person_id).order_by("id"):
        if text_or(known, "identifier", instead="").strip().lower() == wanted:
            return known
    return ConsentIdentity(
        person_id=person_id,
        subject_id=new_id(),
        identifier=identifier,
        identifier_index=blind_index(wanted, purpose="identity"),
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
    already is one of this person and address, nothing of the record is written either.
    """
    rows = {"shown": form, "made": identity, "recorded": record, "": pending}
    written = {name: row for name, row in rows.items() if row is not None}
    # Once: each look through Django's proxy costs.
    database: Any = connections[DEFAULT_DB_ALIAS]
    values = _values(written.values(), database)
    statement = _statement(tuple((name, type(row)) for name, row in written.items()))
    with database._prepare_cursor(_BesideTheText(database.connection)) as cursor:
        cursor.execute(statement, values)
        is_written = bool(cursor.rowcount)
    for row in (record, pending) if is_written else ():
        row._state.adding = False
        row._state.db = database.alias
    return is_written


def _insert_all(rows: Sequence[tuple[ConsentRecord, PendingLeaf]]) -> None:
    """Each by the same statement as one alone, all of them sent at once."""
    if not rows:
        return
    database: Any = connections[DEFAULT_DB_ALIAS]
    statement = _statement((("recorded", ConsentRecord), ("", PendingLeaf)))
    with database._prepare_cursor(_BesideTheText(database.connection)) as cursor:
        cursor.executemany(statement, [_values(each, database) for each in rows])
    for each in rows:
        for row in each:
            row._state.adding = False
            row._state.db = database.alias


def _values(rows: Iterable[Model], database: Any) -> list[Any]:
    return [
        field.get_db_prep_save(field.pre_save(row, add=True), database)
        for row in rows
        for field in row._meta.concrete_fields
    ]


_BesideTheText: Any = ServerBindingCursor
"""Sends values beside the statement's text; written into it, as Django does, they cost more."""


@cache
def _statement(rows: tuple[tuple[str, type[Model]], ...]) -> str:
    """The text for these rows, each by its part's name; the last one has none."""
    needed = "FROM made" if "made" in dict(rows) else ""
    sources = {"shown": "", "made": ""}
    ends = {
        "shown": "ON CONFLICT DO NOTHING",
        "made": "ON CONFLICT (tenant_id, person_id, identifier_index) DO NOTHING RETURNING id",
    }
    parts = []
    for name, model in rows:
        fields = model._meta.concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join(["%s"] * len(fields))
        insert = (
            f'INSERT INTO "{model._meta.db_table}" ({columns})'
            f" SELECT {places} {sources.get(name, needed)} {ends.get(name, '')}"
        )
        parts.append(f"{name} AS ({insert})" if name else insert)
    *earlier, last = parts
    return f"WITH {', '.join(earlier)} {last}"
