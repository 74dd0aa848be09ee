"""How many people know a version of a text, by the ledger: whom a change of it concerns."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from consent.ledger.models import ConsentRecord
from consent.ledger.weighing import WEIGHTS

Decision = ConsentRecord.Decision

# All people at once: asked one by one, a million of them take minutes. Purposes and versions as
# arrays, which are made once: joined instead, a million records meet a million.
_HOLDERS = """
    WITH said AS (
        SELECT person.tenant_id, person.person_id, record.purpose, record.decision,
            record.text_version_id, record.given_at, record.id
        FROM ledger_consentrecord AS record
        JOIN ledger_consentidentity AS person
            ON person.tenant_id = record.tenant_id AND person.subject_id = record.subject_id
        WHERE record.purpose = ANY(ARRAY(
                SELECT DISTINCT purpose FROM ledger_consentrecord
                WHERE text_version_id = ANY(%(versions)s::uuid[])))
            AND NOT EXISTS (
                SELECT FROM ledger_consentrecord AS correction
                WHERE correction.tenant_id = record.tenant_id
                    AND correction.corrects_id = record.id)
    ), person AS (
        SELECT tenant_id, person_id,
            (array_agg(text_version_id ORDER BY given_at DESC, id DESC)
                FILTER (WHERE text_version_id = ANY(ARRAY(
                    SELECT id FROM texts_textversion WHERE key IN (
                        SELECT key FROM texts_textversion WHERE id = ANY(%(versions)s::uuid[])
                    )))))[1] AS known,
            (array_agg(decision
                ORDER BY (%(weights)s ->> decision)::int DESC, given_at DESC, id DESC))[1]
                AS standing
        FROM said GROUP BY tenant_id, person_id, purpose
    )
    SELECT count(DISTINCT person_id), count(DISTINCT tenant_id) FROM person
    WHERE known = ANY(%(versions)s::uuid[]) AND standing = ANY(%(decisions)s)
"""


@dataclass(frozen=True)
class Holders:
    people: int
    businesses: int


def holders_of(
    versions: Collection[uuid.UUID],
    *,
    decisions: Collection[Decision] = (Decision.GRANTED, Decision.SHOWN),
) -> Holders:
    """Who knows one of these versions last, of all versions of the same texts, while one of these
    ``decisions`` stands on its purpose (``weighing``); in the scope that is open.

    So whoever agreed to an older version and was told of this one is concerned. Who withdrew or
    only ever refused is not, unless asked for by ``decisions``; nor is anybody whom nobody can
    find any more: the erased, and visitors who clicked without a name.
    """
    asked: dict[str, Any] = {
        "versions": list(versions),
        "decisions": [decision.value for decision in decisions],
        "weights": Jsonb(WEIGHTS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, asked)
        return Holders(*cursor.fetchone())
