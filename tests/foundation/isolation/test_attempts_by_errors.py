"""Attempts to learn from refusals: no error tells of a neighbour's row, in page or log."""

import logging
import uuid
from collections.abc import Callable

import pytest
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from structlog.stdlib import ProcessorFormatter

from tenants.accounts.models import User
from tenants.bots.models import Bot
from tests.foundation.isolation.conftest import Neighbours, attempt
from tests.foundation.isolation.planting import (
    OWNED,
    Model,
    insert,
    label,
    plant,
    row,
    scope_of,
    wall_of,
)

each_table = pytest.mark.parametrize("model", OWNED, ids=label)


@each_table
def test_the_neighbours_unique_values_are_free_for_me(neighbours: Neighbours) -> None:
    """A refusal would tell that the neighbour has such a row: a customer, a contract's number."""
    model, me = neighbours.model, uuid.uuid4()
    unique_across = {
        column
        for columns in wall_of(model).unique_across
        for column in columns.replace(" ", "").split(",")
    }
    with neighbours.as_them(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {neighbours.table} WHERE id = %s", [neighbours.row])
        names = [column.name for column in cursor.description]
        theirs = dict(zip(names, cursor.fetchone(), strict=True))
    with scope_of(model, me):
        mine = row(model, me)
        is_key = {"id"} if _has_the_id_alone_as_key(neighbours) else set()
        kept = {*unique_across, *is_key, wall_of(model).by, *_references(model), *_objects(model)}
        insert(model, {name: mine[name] if name in kept else theirs[name] for name in mine})


@each_table
def test_a_unique_violation_is_only_ever_about_my_own_rows(neighbours: Neighbours) -> None:
    """Whatever is unique over all owners is stated on the model, with the reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ARRAY(SELECT attname::text FROM unnest(indkey::int[]) WITH ORDINALITY"
            " AS key (number, place) JOIN pg_attribute ON attrelid = indrelid AND attnum = number"
            " ORDER BY place)"
            " FROM pg_index WHERE indrelid = %s::regclass AND indisunique",
            [neighbours.table],
        )
        uniques = [columns for (columns,) in cursor.fetchall()]

    wall = wall_of(neighbours.model)
    assert uniques
    for columns in uniques:
        is_random_id = columns == ["id"] and wall.ownerless
        assert wall.by in columns or is_random_id or wall.unique_across.get(", ".join(columns))


def _has_the_id_alone_as_key(neighbours: Neighbours) -> bool:
    """Where rows without an owner exist: a random id, which nobody can guess or choose."""
    return bool(wall_of(neighbours.model).ownerless)


def _references(model: Model) -> list[str]:
    """They must lead to my own rows anyway (``test_attempts_by_reference``)."""
    return [field.column for field in model._meta.concrete_fields if field.is_relation]


def _objects(model: Model) -> list[str]:
    """psycopg reads them as objects, and they are never unique."""
    return [f.column for f in model._meta.concrete_fields if isinstance(f, models.JSONField)]


SECRET = "somebody@neighbour.example"


STATEMENTS = {
    "unique": "UPDATE accounts_user SET email = %s WHERE email = 'lawyer@chatbo.example'",
    "null": "UPDATE accounts_user SET name = NULL WHERE email = %s",
    "cast": "SELECT email::uuid FROM accounts_user WHERE email = %s",
}
"""Refused with values: of the key, of the whole row, of the one that is no UUID."""


def _refused(request: HttpRequest) -> HttpResponse:
    plant(User, uuid.uuid4(), email=SECRET)
    with connection.cursor() as cursor:
        cursor.execute(STATEMENTS[request.GET["what"]], [SECRET])
    return HttpResponse("not reached")


urlpatterns = [path("refused/", _refused)]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """What the product's own handler would have written."""
    (handler,) = [
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, ProcessorFormatter)
    ]
    return lambda: "\n".join(map(handler.format, caplog.records))


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("what", STATEMENTS)
def test_what_a_refusal_says_of_a_row_gets_to_no_page_and_no_log(
    db: None, what: str, logged: Callable[[], str]
) -> None:
    client = Client(raise_request_exception=False)
    with transaction.atomic():
        answer = client.get("/refused/", {"what": what})
        transaction.set_rollback(True)

    assert answer.status_code == 500
    assert SECRET not in answer.content.decode()
    assert "Error" in logged()
    assert SECRET not in logged()
    assert "DETAIL" not in logged()


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=list(STATEMENTS))
def test_the_refusals_of_the_test_above_do_have_values_in_them(db: None, statement: str) -> None:
    plant(User, uuid.uuid4(), email=SECRET)

    assert SECRET in str(attempt(statement, [SECRET]))


def test_of_an_isolated_table_a_refusal_shows_no_row_at_all(db: None) -> None:
    """PostgreSQL itself leaves the values out, where row-level security binds whoever asks."""
    owner = uuid.uuid4()
    with scope_of(Bot, owner):
        planted = plant(Bot, owner, name=SECRET)
        for statement in (
            "UPDATE bots_bot SET name = NULL WHERE id = %s",
            "INSERT INTO bots_bot SELECT * FROM bots_bot WHERE id = %s",
        ):
            said = str(attempt(statement, [planted]))
            assert "violates" in said
            assert "DETAIL" not in said
            assert SECRET not in said
