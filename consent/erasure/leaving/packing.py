"""What stands in the file of a leaving business, written piece by piece into one ZIP."""

import json
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone

from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField, text_or
from chatbo.foundation.files import ScopedStorage, folder
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.personal_data.declarations import declared_about_persons
from chatbo.foundation.spreadsheets import BOM, csv_lines
from consent.erasure.certificates.issuing import erasure_keys
from consent.erasure.leaving.what_goes import Table, own_tables, rows_of
from consent.erasure.words import kind_of_rows
from consent.ledger.checking import keys_to_check_with
from consent.ledger.export_models import ConsentExport
from consent.ledger.selecting import Selection
from consent.ledger.writing import Wish, pieces_of
from tenants.accounts.models import Tenant

declare_store(
    Medium.FILES,
    __name__,
    NoPersonalData("Writes into the file that consent.erasure.leaving.exporting declares."),
)

TABLES = "tables"
CHUNK = 500
"""Rows that are read at once."""
VERIFIER = Path(settings.BASE_DIR, "static", "verify", "chatbo-verify.py")


@dataclass
class Packing:
    """``own``: the folder of these files themselves, which do not go in. ``hold``: called in the
    scope before each piece; it raises where somebody else is at it by now."""

    tenant_id: uuid.UUID
    own: str
    hold: Callable[[], None]
    rows: dict[str, int] = field(default_factory=dict)


def pack(packing: Packing, out: IO[bytes]) -> None:
    """Write the ZIP into a file that need not be able to go back."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for model in own_tables():
            label = model._meta.label
            with _entry(archive, f"{TABLES}/{label}.jsonl") as file:
                for chunk in _rows(packing, model):
                    packing.rows[label] = packing.rows.get(label, 0) + len(chunk)
                    file.write(b"".join(_as_json(row) for row in chunk))
            with _entry(archive, f"{TABLES}/{label}.csv") as file:
                file.write(BOM.encode() + csv_lines([_names(model)]))
                for chunk in _rows(packing, model):
                    file.write(csv_lines(_as_cells(row) for row in chunk))
        _consents(packing, archive)
        _files(packing, archive)
        archive.writestr("index.html", _cover(packing))


def given_out(model: Table) -> list[Any]:
    """The fields that go along. Not what the declarations withhold, digests and salts, which mean
    nothing outside; nor secrets: what is encrypted and holds nothing on anybody."""
    declared = declared_about_persons(model)
    withheld = {name for each in declared for name in each.withheld}
    of_people = {name for each in declared for name in each.holds}
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.BinaryField | BlindIndexField)
        and field.name not in withheld
        and (not isinstance(field, EncryptedTextField) or field.name in of_people)
    ]


def _rows(packing: Packing, model: Table) -> Iterator[list[models.Model]]:
    last: Any = None
    while True:
        with tenant_scope(packing.tenant_id):
            packing.hold()
            rows = rows_of(model).order_by("pk")
            chunk = list(rows[:CHUNK] if last is None else rows.filter(pk__gt=last)[:CHUNK])
        if not chunk:
            return
        yield chunk
        last = chunk[-1].pk


def _names(model: Table) -> list[str]:
    return [field.attname for field in given_out(model)]


def _values(row: models.Model) -> dict[str, Any]:
    return {
        field.attname: text_or(row, field.attname, "")
        if isinstance(field, EncryptedTextField)
        else getattr(row, field.attname)
        for field in given_out(type(row))
    }


def _as_json(row: models.Model) -> bytes:
    return json.dumps(_values(row), ensure_ascii=False, cls=DjangoJSONEncoder).encode() + b"\n"


def _as_cells(row: models.Model) -> list[str]:
    return [_as_cell(value) for value in _values(row).values()]


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _consents(packing: Packing, archive: zipfile.ZipFile) -> None:
    """Each step of the ledger's own export wants the scope anew."""
    with tenant_scope(packing.tenant_id):
        tenant = Tenant.objects.get(pk=packing.tenant_id)
        keys = [*keys_to_check_with(), *erasure_keys()]
    form = ConsentExport.Form.EVERYTHING
    pieces = pieces_of(Wish(form, Selection(""), tenant, timezone.now()))
    with _entry(archive, "consents/consents.jsonl") as file:
        while True:
            with tenant_scope(packing.tenant_id):
                packing.hold()
                piece = next(pieces, None)
            if piece is None:
                break
            file.write(piece.content)
    archive.writestr("consents/keys.txt", "".join(f"{key}\n" for key in keys))
    archive.writestr("consents/chatbo-verify.py", VERIFIER.read_bytes())


def _files(packing: Packing, archive: zipfile.ZipFile) -> None:
    with tenant_scope(packing.tenant_id):
        home = folder()
        names = list(cast(ScopedStorage, default_storage).names())
    for name in names:
        inside = name.removeprefix(f"{home}/")
        if inside.startswith(f"{packing.own}/"):
            continue
        with tenant_scope(packing.tenant_id):
            packing.hold()
            try:
                found = default_storage.open(name)
            except FileNotFoundError:
                continue  # A draft that has made room for the next one.
        with found, _entry(archive, f"files/{inside}") as file:
            shutil.copyfileobj(found, file)


def _cover(packing: Packing) -> str:
    with tenant_scope(packing.tenant_id):
        tenant = Tenant.objects.get(pk=packing.tenant_id)
    return render_to_string(
        "consent/erasure/leaving/export.html",
        {
            "company": tenant.company,
            "made_at": timezone.now(),
            "tables": [
                (kind_of_rows(label), label, packing.rows.get(label, 0), f"{TABLES}/{label}")
                for model in own_tables()
                for label in [model._meta.label]
            ],
        },
    )


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    return archive.open(name, "w", force_zip64=True)
