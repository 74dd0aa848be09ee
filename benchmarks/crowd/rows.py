"""Filling the tables in bulk, by INSERT ... SELECT, past use cases, triggers and policies.

A use case a row would take hours. What no statement names gets the model's own default, so a
column that is added to a model is filled here as well.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, models

from benchmarks.crowd import sizes
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.encryption import blind_index, encrypt
from consent.erasure.models import Erasure
from consent.erasure.policy import policy_for
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.texts.versions import text_in_force
from dpa.contracts.models import Contract
from tenants.bots.models import Channel, Message, Subscriber

IDENTIFIERS = 100
"""So many different ones: to encrypt a million would take as long as all else."""

# Everything mixed by time, as it comes in life: no business's rows lie next to each other.
PEOPLE = """
    CREATE TEMP TABLE person AS
    SELECT tenant_id, channel_id, at, {id_of_at} AS id, gen_random_uuid() AS pseudonym,
           at + random() * (now() - at) AS last, random() AS luck
    FROM (SELECT tenant_id, channel_id, now() - random() * interval '365 days' AS at
          FROM crowd_channel, generate_series(1, people)) AS everybody
    ORDER BY at
"""
MESSAGES = """
    (SELECT tenant_id, id, CASE n WHEN 1 THEN at ELSE last END AS at, n
     FROM person, generate_series(1, %d) AS n ORDER BY 3) AS said
"""
CONSENTS = """
    (SELECT tenant_id, pseudonym, at, n FROM person, generate_series(1, 2) AS n
     WHERE n = 1 OR luck < 0.25 ORDER BY at) AS given
"""
ERASURES = "(SELECT * FROM person WHERE luck < %s ORDER BY at) AS gone"
AUDIT = """
    (SELECT tenant_id, user_id, at, {id_of_at} AS id, luck, gen_random_uuid() AS target
     FROM (SELECT tenant_id, user_id, now() - random() * interval '365 days' AS at,
                  random() AS luck
           FROM crowd_tenant, generate_series(1, entries)) AS all_of_them ORDER BY at) AS noted
"""
CONTRACTS = """
    (SELECT signed.*, crowd_tenant.tenant_id AS whose, row_number() OVER () AS place
     FROM contracts_contract AS signed, crowd_tenant
     WHERE signed.id = (SELECT id FROM contracts_contract WHERE state = 'completed' LIMIT 1)
       AND crowd_tenant.tenant_id NOT IN (SELECT tenant_id FROM contracts_contract)) AS copies
"""
SALT = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
"""Each row its own: 32 bytes, of which the database makes 30 and a half at random."""
ACTIONS = """
    CASE WHEN luck < 0.9 THEN 'consents.read' WHEN luck < 0.95 THEN 'bot.changed'
         WHEN luck < 0.99 THEN 'erasure.requested' WHEN luck < 0.9999 THEN 'rule.changed'
         ELSE 'contract.signed' END
"""


def fill(database: psycopg.Connection[Any], channels: list[Channel], users: dict[Any, Any]) -> None:
    """All that there is very much of. ``users``: who acts for a business, by its id."""
    database.execute("SET session_replication_role = replica")  # the data is sound: no checks
    database.execute("SET work_mem = '256MB'")
    database.execute("SET maintenance_work_mem = '512MB'")
    database.execute("SET synchronous_commit = off")
    _note_who_is_there(database, channels, users)
    database.execute(PEOPLE.replace("{id_of_at}", _id_of_at(database)).encode())
    _contracts(database)
    for model, step in STEPS.items():
        with _indexed_afterwards(database, model):
            step(database)
    database.execute("DROP TABLE crowd_channel, crowd_tenant, person")
    database.execute("VACUUM (ANALYZE)")


def _note_who_is_there(
    database: psycopg.Connection[Any], channels: list[Channel], users: dict[Any, Any]
) -> None:
    database.execute(
        "CREATE TEMP TABLE crowd_channel (tenant_id uuid, channel_id uuid, people int)"
    )
    database.execute("CREATE TEMP TABLE crowd_tenant (tenant_id uuid, user_id uuid, entries int)")
    of_tenant: dict[uuid.UUID, list[Channel]] = {}
    for channel in channels:
        of_tenant.setdefault(channel.tenant_id, []).append(channel)
    with database.cursor() as cursor:
        with cursor.copy("COPY crowd_channel FROM STDIN") as copy:
            for people, (tenant_id, its) in zip(sizes.PEOPLE, of_tenant.items(), strict=True):
                for place, channel in enumerate(its):
                    share = (people + place) // len(its)
                    copy.write_row((tenant_id, channel.pk, share))
        with cursor.copy("COPY crowd_tenant FROM STDIN") as copy:
            for place, tenant_id in enumerate(of_tenant):
                entries = sizes.AUDIT_OF_OTHERS if place else sizes.AUDIT_OF_LARGEST
                copy.write_row((tenant_id, users[tenant_id], entries))


def _people(database: psycopg.Connection[Any]) -> None:
    insert(
        database,
        Subscriber,
        "person",
        id="id",
        tenant_id="tenant_id",
        channel_id="channel_id",
        external_id=quoted(encrypt("2345678901234567")),
        external_index="encode(sha256(id::text::bytea), 'hex')",
        first_seen_at="at",
        last_seen_at="last",
        notice_shown_at="at",
    )


def _conversations(database: psycopg.Connection[Any]) -> None:
    insert(
        database,
        Message,
        MESSAGES % sizes.MESSAGES_EACH,
        id="{id_of_at}",
        tenant_id="tenant_id",
        subscriber_id="id",
        direction="CASE n WHEN 1 THEN 'in' ELSE 'out' END",
        text=quoted(encrypt("Haben Sie am Sonntag geöffnet?")),
        at="at",
        sent_at="CASE n WHEN 1 THEN NULL ELSE at END",
    )


def _identities(database: psycopg.Connection[Any]) -> None:
    """Each with an identifier that is found by its digest, as the ledger's verifying looks."""
    identifiers = [str(2_345_678_901_234_000 + number) for number in range(IDENTIFIERS)]
    digests = [blind_index(each, purpose="identity") for each in identifiers]
    insert(
        database,
        ConsentIdentity,
        "person",
        id="{id_of_at}",
        tenant_id="tenant_id",
        salt=SALT,
        subject_id="pseudonym",
        person_id="id",
        identifier=_by_id([encrypt(each) for each in identifiers]),
        identifier_index=_by_id(digests),
    )


def _by_id(values: list[str]) -> str:
    """One of these values, always the same one for a row's ``id``."""
    listed = ", ".join(map(quoted, values))
    return f"(ARRAY[{listed}])[1 + abs(mod(hashtext(id::text), {len(values)}))]"


def _consents(database: psycopg.Connection[Any]) -> None:
    insert(
        database,
        ConsentRecord,
        CONSENTS,
        id="{id_of_at}",
        tenant_id="tenant_id",
        salt=SALT,
        subject_id="pseudonym",
        purpose="CASE n WHEN 1 THEN 'notice' ELSE 'chat' END",
        decision="CASE n WHEN 1 THEN 'shown' ELSE 'granted' END",
        source="CASE n WHEN 1 THEN 'bot' ELSE 'tool' END",
        controller="'tenant'",
        place="'Bot'",
        text_version_id=quoted(str(text_in_force("bot-notice", "de").pk)),
        network="'192.0.2.0'",
        given_at="at",
        received_at="at",
    )


def _erasures(database: psycopg.Connection[Any]) -> None:
    """Of people who are gone: the last hundred of them are still to be told."""
    insert(
        database,
        Erasure,
        ERASURES % sizes.ERASED,
        id="{id_of_at}",
        tenant_id="tenant_id",
        code="substr(translate(pseudonym::text, '-01', ''), 1, 20)",
        state="CASE WHEN luck < 0.0001 THEN 'requested' ELSE 'told' END",
        origin="'bot'",
        policy_id=quoted(str(policy_for(Subscriber._meta.label).pk)),
        subject_id="gen_random_uuid()",
        channel_id="channel_id",
        created_at="at",
        due_at="at + interval '1 month'",
        deleted_at="CASE WHEN luck < 0.0001 THEN NULL ELSE at END",
        told_at="CASE WHEN luck < 0.0001 THEN NULL ELSE at END",
        finished_at="CASE WHEN luck < 0.0001 THEN NULL ELSE at END",
    )


def _audit(database: psycopg.Connection[Any]) -> None:
    insert(
        database,
        AuditEntry,
        AUDIT,
        id="id",
        tenant_id="tenant_id",
        at="at",
        actor_id="user_id",
        action=ACTIONS,
        target_kind="'bots.bot'",
        target_id="target::text",
    )


def _contracts(database: psycopg.Connection[Any]) -> None:
    """The sealed contract of the first one, as that of everybody who has none."""
    own = {field.column: f'"{field.column}"' for field in Contract._meta.local_concrete_fields}
    number = "'AVV-2026-' || place"
    changes = {"id": "gen_random_uuid()", "tenant_id": "whose", "number": number}
    insert(database, Contract, CONTRACTS, **own | changes)


STEPS: dict[type[models.Model], Callable[[psycopg.Connection[Any]], None]] = {
    Subscriber: _people,
    Message: _conversations,
    ConsentIdentity: _identities,
    ConsentRecord: _consents,
    Erasure: _erasures,
    AuditEntry: _audit,
}


@contextmanager
def _indexed_afterwards(
    database: psycopg.Connection[Any], model: type[models.Model]
) -> Iterator[None]:
    """All indexes at once in the end, keys included: a fifth of the time that each row takes."""
    table = model._meta.db_table
    index = "UPDATE pg_index SET indisready = false WHERE indrelid = %s::regclass"
    database.execute(index.encode(), [table])
    yield
    database.execute(f'REINDEX TABLE "{table}"'.encode())  # ready from here on


def insert(
    database: psycopg.Connection[Any], model: type[models.Model], source: str, /, **columns: str
) -> None:
    """Rows from ``source``: each column as SQL, every other one as a new row would have it."""
    expressions, presets = {}, []
    for field in model._meta.local_concrete_fields:
        if field.column in columns:
            expressions[field.column] = columns.pop(field.column).replace("%", "%%")
        elif getattr(field, "auto_now_add", False):
            expressions[field.column] = "now()"
        else:
            expressions[field.column] = "%s"
            presets.append(field.get_db_prep_save(field.get_default(), connection))
    if columns:
        raise LookupError(f"{model.__name__} has no {', '.join(columns)}.")
    names = ", ".join(f'"{name}"' for name in expressions)
    values = ", ".join(expressions.values())
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {values} FROM {source}'
    database.execute(statement.replace("{id_of_at}", _id_of_at(database)).encode(), presets)


def _id_of_at(database: psycopg.Connection[Any]) -> str:
    """Ordered by time, as ``foundation.isolation.ids`` makes them; random before PostgreSQL 18."""
    is_new = database.info.server_version >= 180000
    return "uuidv7(at - now())" if is_new else "gen_random_uuid()"


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
