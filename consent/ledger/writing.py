"""The records as a file of each form, written piece by piece: none is ever held as a whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from chatbo.foundation.spreadsheets import BOM, csv_lines
from consent.ledger.checking import NOT_AS_RECORDED
from consent.ledger.export_models import ConsentExport
from consent.ledger.exporting import export_records, sealed_under
from consent.ledger.genuine import Examined, examine
from consent.ledger.json_ld import CONTEXT, receipt_in_a_graph, shown_forms
from consent.ledger.models import ConsentRecord, TreeHead
from consent.ledger.proof_pdf import proof_pdf
from consent.ledger.proofs import Prover
from consent.ledger.selecting import Selection, in_chunks
from consent.ledger.telling import PROVABLE, how, where
from tenants.accounts.models import Tenant

Form = ConsentExport.Form


@dataclass(frozen=True)
class Wish:
    """``by``: the name of whoever asks, as a paper says it."""

    form: Form
    selection: Selection
    tenant: Tenant
    at: datetime
    by: str = ""


@dataclass(frozen=True)
class Piece:
    """The next bytes of the file, and how many records that makes."""

    content: bytes
    records: int


def pieces_of(wish: Wish) -> Iterator[Piece]:
    """The file, in the language that is active. Each step wants the tenant's scope, maybe anew."""
    return {
        Form.CSV: _csv,
        Form.JSON_LD: _json_ld,
        Form.EVERYTHING: _everything,
        Form.PROOF: _proof,
    }[wish.form](wish)


def count_of(wish: Wish) -> int:
    """How many records the file will hold."""
    if wish.form == Form.EVERYTHING:
        head = TreeHead.objects.order_by("-size").first()
        return sealed_under(head) if head else 0
    return wish.selection.records(until=wish.at).count()


def _csv(wish: Wish) -> Iterator[Piece]:
    person = [wish.selection.person] if wish.selection.person else []
    heading = [*_heading(), *([_("Person searched for")] if person else [])]
    yield Piece(BOM.encode() + csv_lines([heading]), 0)
    prover = Prover()
    for records in in_chunks(wish.selection.records(until=wish.at)):
        examined = examine(records, prover=prover)
        rows = ([*_row(record, examined), *person] for record in records)
        yield Piece(csv_lines(rows), len(records))


def _json_ld(wish: Wish) -> Iterator[Piece]:
    """One graph of receipts under one context. Of one person with what proves that it is theirs.

    A record that is not as it was recorded gets no receipt, which we would sign: its number stands
    beside the graph.
    """
    prover = Prover(with_identity=wish.selection.names_the_person)
    yield Piece(b'{"@context": %s,\n"@graph": [' % _json(CONTEXT), 0)
    divider = b"\n"
    changed: list[str] = []
    for records in in_chunks(wish.selection.records(until=wish.at)):
        examined, shown = examine(records, prover=prover), shown_forms(records)
        changed += [f"urn:uuid:{each.pk}" for each in records if each.pk in examined.changed]
        receipts = [
            _json(
                receipt_in_a_graph(
                    record,
                    examined.proofs.get(record.pk),
                    wish.tenant,
                    at=wish.at,
                    shown=shown.get(record.form_sha256),
                )
            )
            for record in records
            if record.pk not in examined.changed
        ]
        content = divider + b",\n".join(receipts) if receipts else b""
        yield Piece(content, len(records))
        divider = b",\n" if receipts else divider
    yield Piece(
        b"\n]%s}\n"
        % (b',\n"%s": %s' % (NOT_AS_RECORDED.encode(), _json(changed)) if changed else b""),
        0,
    )


def _everything(wish: Wish) -> Iterator[Piece]:
    for lines in export_records():
        records = sum("list" not in line and "format" not in line for line in lines)
        yield Piece(b"".join(_json(line) + b"\n" for line in lines), records)


def _proof(wish: Wish) -> Iterator[Piece]:
    records: list[ConsentRecord] = []
    for chunk in in_chunks(wish.selection.records(until=wish.at)):
        records += chunk
        yield Piece(b"", len(chunk))
    yield Piece(proof_pdf(records, wish.selection, wish.tenant, at=wish.at, by=wish.by), 0)


def _json(said: dict[str, Any] | list[str]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def _heading() -> list[str]:
    zone = {"zone": timezone.get_current_timezone_name()}
    return [
        _("Record"),
        _("Person (pseudonym)"),
        _("Purpose"),
        _("Decision"),
        _("How"),
        _("Where"),
        _("Towards"),
        _("Text"),
        _("Language"),
        _("Hash of the text"),
        _("Hash of the form"),
        _("Shown (%(zone)s)") % zone,
        _("Given (%(zone)s)") % zone,
        _("Received (%(zone)s)") % zone,
        _("Network"),
        _("Corrects"),
        _("Provable"),
    ]


def _row(record: ConsentRecord, examined: Examined) -> list[str]:
    return [
        str(record.pk),
        str(record.subject_id),
        record.get_purpose_display(),
        record.get_decision_display(),
        how(record),
        where(record),
        record.get_controller_display(),
        str(record.text_version),
        record.language,
        record.text_version.sha256,
        record.form_sha256,
        _moment(record.shown_at),
        _moment(record.given_at),
        _moment(record.received_at),
        record.network,
        str(record.corrects_id or ""),
        str(PROVABLE[examined.standing(record)]),
    ]


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
