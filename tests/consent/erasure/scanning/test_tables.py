"""Every column of every table is looked into, also of tables that no model knows."""

import base64
import json
import os
import zlib
from urllib.parse import quote

import psycopg
import pytest
from django.apps import apps
from django.db import connection

from chatbo.foundation.encryption import encrypt
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.scopes import PLATFORM_ROLE
from consent.erasure.scanning import Words, search, tables
from consent.erasure.scanning.tables import rows
from tests.conftest import address_of

from .conftest import WORD, places

TABLE = "leftover"


@pytest.fixture
def _a_table(django_db_setup, database_name):
    """Made before the test's transaction and dropped after it, which would keep it locked."""
    with psycopg.connect(
        address_of(database_name, os.environ["DATABASE_OWNER_URL"]), autocommit=True
    ) as owner:
        owner.execute(
            f"CREATE TABLE {TABLE} (id uuid PRIMARY KEY, text text, short varchar(500),"
            " json jsonb, old_json json, number uuid, bytes bytea, many text[], whole bigint,"
            f" net inet); GRANT SELECT ON {TABLE} TO {PLATFORM_ROLE}"
        )
        yield owner
        owner.execute(f"DROP TABLE {TABLE}")


@pytest.fixture
def leftover(_a_table, db):
    """A table that a removed model has left behind, with a column of each type."""
    return _a_table


def put(owner, **values):
    names = ", ".join(["id", *values])
    marks = ", ".join(["%s"] * (len(values) + 1))
    owner.execute(f"INSERT INTO {TABLE} ({names}) VALUES ({marks})", [new_id(), *values.values()])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text", f"as {WORD.upper()} was called"),
        ("short", WORD),
        ("json", json.dumps({"deep": [{"in": WORD}]})),
        ("old_json", json.dumps({WORD: 1})),
        ("bytes", WORD.encode()),
        ("bytes", WORD.encode("utf-16")),
        ("bytes", zlib.compress(WORD.encode())),
        ("many", ["a", f"b {WORD}"]),
        ("text", "".join(f"\\u{ord(letter):04x}" for letter in WORD)),
        ("text", quote(f"ä {WORD}", safe="").replace("q", "%71")),
        ("text", base64.b64encode(f"so {WORD} said".encode()).decode()),
        ("text", "." + base64.urlsafe_b64encode(zlib.compress(WORD.encode() * 9)).decode()),
        ("text", "/path/" + base64.urlsafe_b64encode(f"so {WORD} said".encode()).decode()),
    ],
)
def test_a_word_is_found_in_a_column_of_any_type_however_it_is_written(leftover, column, value):
    put(leftover, **{column: value})

    assert places(WORD) == {f"{TABLE}.{column}"}


@pytest.mark.parametrize("form", [str, lambda number: number.hex, lambda number: number.urn])
def test_a_number_is_found_with_and_without_hyphens(leftover, form):
    number = new_id()
    put(leftover, text=f"row {form(number)}", number=number)

    assert places(str(number)) == {f"{TABLE}.text", f"{TABLE}.number"}


def test_digits_are_found_in_a_column_of_numbers(leftover):
    put(leftover, whole=24_000_000_000_017)

    assert places("24000000000017") == {f"{TABLE}.whole"}


def test_what_is_encrypted_is_read_under_every_key_of_the_ring_wherever_it_lies(leftover, settings):
    old = settings.FIELD_KEYS
    put(leftover, json=json.dumps({"mail": [encrypt(WORD)]}), text=encrypt(encrypt(f"a {WORD}")))
    settings.FIELD_KEYS = [base64.urlsafe_b64encode(os.urandom(32)).decode(), *old]

    assert places(WORD) == {f"{TABLE}.json", f"{TABLE}.text"}


def test_the_platform_s_role_can_read_every_table_of_ours(db):
    with platform_scope("a test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm')"
            " AND relnamespace = 'public'::regnamespace"
            " AND NOT has_table_privilege(oid, 'SELECT')"
        )
        assert cursor.fetchall() == []


def test_each_row_comes_once_however_many_pages_a_table_has(leftover, monkeypatch):
    monkeypatch.setattr(tables, "BATCH", 64)
    leftover.execute(
        f"INSERT INTO {TABLE} (id, text) SELECT gen_random_uuid(), repeat('x', 500) || n"
        " FROM generate_series(1, 3000) n"
    )

    found = [item.number for item in rows([]) if item.place == TABLE]

    assert len(found) == len(set(found)) == 3000


def test_a_sample_has_the_last_pages_and_as_many_others(leftover):
    leftover.execute(
        f"INSERT INTO {TABLE} (id, text) SELECT gen_random_uuid(), repeat('x', 500) || n"
        " FROM generate_series(1, 9000) n"
    )
    put(leftover, text=WORD)

    found = [item for item in rows([], most=128) if item.place == TABLE]

    assert 1500 < len(found) < 2500
    assert list(search(found, Words((WORD,))))


def test_pages_are_read_without_reading_the_whole_table(leftover):
    """Row-level security could make the database look at every row for each stretch."""
    with platform_scope("a test"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # Cheaper while nearly empty.
        for model in apps.get_models():
            cursor.execute(
                f'EXPLAIN SELECT ctid FROM "{model._meta.db_table}"'
                " WHERE ctid >= '(0,0)'::tid AND ctid < '(32,0)'::tid"
            )
            (plan,) = cursor.fetchone()
            assert plan.startswith("Tid Range Scan"), model


def test_no_transaction_stays_open_while_the_rows_are_looked_at(leftover):
    depth = len(connection.atomic_blocks)

    for _item in rows([]):
        assert len(connection.atomic_blocks) == depth


def test_a_hit_names_the_row_but_nobody(leftover):
    number = new_id()
    leftover.execute(f"INSERT INTO {TABLE} (id, text) VALUES (%s, %s)", [number, WORD])

    (hit,) = search(rows([]), Words((WORD,)))
    assert (hit.place, hit.part, hit.number) == (TABLE, "text", str(number))

    (by_key,) = search(rows([]), Words((str(number),)))
    assert (by_key.part, by_key.number) == ("id", "(0,1)")


def test_a_table_that_cannot_be_read_is_named_and_hides_no_other(leftover, monkeypatch, db):
    put(leftover, text=WORD)
    real = tables._tables

    def with_one_dropped():
        gone = tables.Table("gone", "gone", 1, ("id",), "id")
        return [gone, *real()]

    monkeypatch.setattr(tables, "_tables", with_one_dropped)
    unread: list[str] = []

    assert list(search(rows(unread), Words((WORD,))))
    assert unread == ["gone"]
