"""A person's data as one ZIP: a page to read, JSON and CSV for programs, receipts to check.

Written from the front to the end, each row as it is read: memory does not grow with the rows.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

from chatbo.foundation.encryption.files import SealedWriter
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.spreadsheets import BOM, csv_lines
from consent.erasure.person_exports.cover import Told, cover, told_as_json, told_of
from consent.erasure.person_exports.tables import EachPiece, Table, tables_about
from consent.ledger.json_ld import receipt_as_json_ld
from consent.ledger.models import ConsentRecord
from consent.ledger.proofs import Prover
from tenants.accounts.models import Tenant
from tenants.bots.models import Subscriber

declare_store(
    Medium.FILES, __name__, NoPersonalData("Writes into what it is given; ``making`` declares it.")
)

FORM = 1
"""Of ``data.json``; a key that changes its meaning makes the next one."""

RECEIPTS_AT_ONCE = 100
LOOK_EVERY = 10_000


def write_archive(
    out: SealedWriter, subscriber: Subscriber, *, at: datetime, each_piece: EachPiece
) -> None:
    """All of it, in the active language. ``each_piece`` opens the tenant's scope."""
    with ExitStack() as spools, ZipFile(cast(IO[bytes], out), "w", ZIP_DEFLATED) as archive:
        with each_piece():
            tenant = Tenant.objects.get(pk=subscriber.tenant_id)
            told = told_of(subscriber, tenant, at=at)
        tables = list(tables_about(subscriber, tenant, each_piece=each_piece, spools=spools))
        archive.writestr("index.html", cover(told, tables))
        _write_json(archive, told, tables, each_piece)
        for table in tables:
            _write_csv(archive, table, each_piece)
        for table in tables:
            if table.model == ConsentRecord._meta.label:
                _write_receipts(archive, table, tenant, at, each_piece)


def _write_json(archive: ZipFile, told: Told, tables: list[Table], each_piece: EachPiece) -> None:
    head = {
        "form": FORM,
        "law": "Arts. 15, 20 GDPR",
        "as_of": told.at.isoformat(timespec="seconds"),
        "language": told.language,
        **told_as_json(told),
        "withheld": [
            {"section": each.section, "field": each.field, "reason": each.reason}
            for table in tables
            for each in table.withheld
        ],
    }
    with archive.open("data.json", "w", force_zip64=True) as file:
        file.write(_text(head, indent=2)[:-2] + b',\n  "sections": {')
        for number, table in enumerate(tables):
            file.write(b"," if number else b"")
            file.write(b"\n    " + _text(table.name) + b": [")
            for place, values in enumerate(_values(table, each_piece)):
                file.write((b"," if place else b"") + b"\n      " + _text(values))
            file.write(b"\n    ]" if table.rows.count else b"]")
        file.write(b"\n  }\n}\n")


def _write_csv(archive: ZipFile, table: Table, each_piece: EachPiece) -> None:
    with archive.open(f"csv/{table.name}.csv", "w", force_zip64=True) as file:
        file.write(BOM.encode() + csv_lines([table.columns]))
        for values in _values(table, each_piece):
            file.write(csv_lines([[_cell(values[name]) for name in table.columns]]))


def _write_receipts(
    archive: ZipFile, table: Table, tenant: Tenant, at: datetime, each_piece: EachPiece
) -> None:
    """Of each record what proves it without us, also when the link to the person is erased."""
    numbers = (values["id"] for values, _words in table.rows)
    while some := list(islice(numbers, RECEIPTS_AT_ONCE)):
        with each_piece():
            records = list(ConsentRecord.objects.filter(pk__in=some).select_related("text_version"))
            proofs = Prover(with_identity=True).prove(records)
            said = [
                (record.pk, receipt_as_json_ld(record, proofs.get(record.pk), tenant, at=at))
                for record in records
            ]
        for number, receipt in said:
            archive.writestr(f"receipts/{number}.jsonld", _text(receipt, indent=1) + b"\n")


def _values(table: Table, each_piece: EachPiece) -> Iterator[dict[str, Any]]:
    """While many are written, the work stays in hand, and stops when the person is gone."""
    for place, (values, _words) in enumerate(table.rows):
        if place % LOOK_EVERY == 0:
            with each_piece():
                pass
        yield values


def _text(value: Any, *, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
