"""Who writes consents: the use case, its statements alone, one plain INSERT, a watched model."""

import os
import secrets
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg

from benchmarks.ledger.statements import Bound, Prepared, bound
from benchmarks.ledger.turns import Write
from benchmarks.running import BenchmarkError

if TYPE_CHECKING:
    from benchmarks.crowd.running import Crowd

FORM = "Ich bin einverstanden, dass der Chat geladen wird."
PLACE = "Website"


def use_case(tenant_id: str) -> Write:
    """``record_consent`` in the scope of its business, as a visitor's click has it recorded."""
    import django

    django.setup()
    from chatbo.foundation.isolation import tenant_scope
    from consent.ledger.models import ConsentRecord as Record
    from consent.ledger.recording import record_consent
    from consent.texts.versions import text_in_force

    text = text_in_force("bot-notice", "de")

    def write() -> None:
        with tenant_scope(tenant_id):
            record_consent(
                text,
                purpose=Record.Purpose.CHAT,
                decision=Record.Decision.GRANTED,
                source=Record.Source.TOOL,
                controller=Record.Controller.TENANT,
                way=Record.Way.CLICK,
                place=PLACE,
                form=FORM,
            )

    return write


def watched_model(url: str, tenant_id: str, *, at_once: bool) -> Write:
    """Django's ``create`` with django-auditlog. ``at_once``: row and entry in one transaction.

    By default Django commits the row, and then the entry.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.ledger.compared.settings"
    os.environ["COMPARED_URL"] = url
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from benchmarks.ledger.compared.models import Consent, Text
    from chatbo.foundation.isolation.ids import new_id

    text, tenant = Text.objects.create(), uuid.UUID(tenant_id)

    def create() -> None:
        now = timezone.now()
        Consent.objects.create(
            id=new_id(),
            tenant_id=tenant,
            salt=secrets.token_bytes(32),
            subject_id=new_id(),
            purpose="chat",
            decision="granted",
            source="tool",
            controller="tenant",
            place=PLACE,
            text_version=text,
            language="de",
            form_sha256="0" * 64,
            way="click",
            given_at=now,
            received_at=now,
        )

    def create_at_once() -> None:
        with transaction.atomic():
            create()

    return create_at_once if at_once else create


def statements_of_the_use_case(
    crowd: "Crowd", tenant_id: str, records: int
) -> tuple[list[Prepared], list[list[Bound]]]:
    """What the use case sends to open the scope and to write a record, for so many records.

    It is sent, rolled back, and so may be sent once more: the records are as genuine as any.
    """
    from django.db import connection, transaction

    write = use_case(tenant_id)
    sent: list[tuple[str, Sequence[Any]]] = []

    def keep(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        sent.append((sql, values))
        return execute(sql, values, many, context)

    with transaction.atomic():
        for _ in range(records):
            with connection.execute_wrapper(keep):
                write()
        transaction.set_rollback(True)
    opened = [one for one in sent if "set_config" in one[0] and tenant_id in one[1]]
    inserted = [one for one in sent if "ledger_pendingleaf" in one[0]]
    statements, values = [], []
    for asked in (opened, inserted):
        if len({text for text, _values in asked}) != 1 or len(asked) != records:
            raise BenchmarkError("The use case sends something else than one statement.")
        statement, rows = bound(crowd.app_url, asked[0][0], [each for _text, each in asked])
        statements.append(statement)
        values.append(rows)
    return statements, [list(row) for row in zip(*values, strict=True)]


def plain_insert(
    crowd: "Crowd", statements: Sequence[Prepared], rows: Sequence[Sequence[Bound]]
) -> tuple[list[Prepared], list[list[Bound]]]:
    """The same records as rows of a table that has these columns, a key, and nothing else."""
    from consent.ledger.models import ConsentRecord

    columns = [field.column for field in ConsentRecord._meta.concrete_fields]
    text = statements[1].text.decode()
    own = text[text.index(f'"{ConsentRecord._meta.db_table}"') :]
    first = int(own[own.index("$") + 1 :].partition(",")[0]) - 1
    within = slice(first, first + len(columns))
    names = ", ".join(f'"{column}"' for column in columns)
    with psycopg.connect(crowd.superuser_url, autocommit=True) as database:
        database.execute("DROP TABLE IF EXISTS plain_consent")
        database.execute("CREATE TABLE plain_consent AS SELECT * FROM ledger_consentrecord LIMIT 0")
        database.execute("ALTER TABLE plain_consent ADD PRIMARY KEY (tenant_id, id)")
        database.execute("GRANT INSERT ON plain_consent TO chatbo_app")
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    insert = Prepared(
        f"INSERT INTO plain_consent ({names}) VALUES ({places})".encode(),
        statements[1].types[within],
        statements[1].formats[within],
    )
    return [insert], [[row[1][within]] for row in rows]
