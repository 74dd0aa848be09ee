"""Statements about people that Django writes once, to be carried out for any of them.

Writing one costs Django more than most tables of most people cost the database: nothing is in
them. Here many become one, and its text stays.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.sql import Query

from chatbo.foundation.personal_data.declarations import NoPersonalData
from chatbo.foundation.personal_data.rows import Several
from chatbo.foundation.personal_data.stores import Medium, declare_store
from chatbo.foundation.sets import Array

declare_store(Medium.MEMORY, __name__, NoPersonalData("The texts of statements, without values."))

Sql = tuple[str, Sequence[Any]]
"""Text and values, as Django's compilers give them."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Stands among a statement's values for what this field of all the people says."""

    field: str


class Anybody(Several[Any]):
    """Whoever a statement will be about: of their fields it has the places alone."""

    def __init__(self) -> None:
        super().__init__([])

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Any:
        raise TypeError("A statement about anybody finds rows by one of their fields, not several.")

    def all_of(self, name: str) -> Array:
        return Array(_Place(name))


@dataclass(frozen=True, slots=True)
class Answer:
    """How many rows a statement changed or gave, and those that it gave."""

    count: int
    rows: Sequence[tuple[Any, ...]]


class Statements:
    """Several statements, which go to the database as one and are answered one by one."""

    def __init__(self, statements: Iterable[Sql]) -> None:
        each = list(statements)
        self._text = "; ".join(text for text, _values in each)
        self._values = [value for _text, values in each for value in values]

    def answers(self, subjects: Several[Any]) -> list[Answer]:
        """In their order. Raises ``UnreadableError`` as reading does."""
        values = [
            subjects.all_of(each.field).written if isinstance(each, _Place) else each
            for each in self._values
        ]
        found: list[Answer] = []
        # Values stand in the text, as Django's cursor has it: else it were one statement alone.
        with connection.cursor() as cursor:
            cursor.execute(self._text, values)
            while True:
                rows = cursor.fetchall() if cursor.description else []
                found.append(Answer(cursor.rowcount, rows))
                if not cursor.nextset():
                    return found


def sql_of(query: Query) -> Sql:
    """As Django's compiler writes it."""
    text, values = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return text, values


Rows = Callable[[Several[Any]], models.QuerySet[Any]]


def is_there_any(subjects: Several[Any], *rows: Rows) -> list[bool]:
    """Whether each of these finds a row on anybody of the people: by one way to the database."""
    answers = _questions(rows).answers(subjects)
    return [bool(answer.rows) for answer in answers]


@lru_cache(maxsize=16)
def _questions(rows: tuple[Rows, ...]) -> Statements:
    return Statements(sql_of(each(Anybody()).order_by().values("pk")[:1].query) for each in rows)
