"""Many values in one place of a statement: ``column = ANY (array)``.

Django's ``__in`` has a place for each value. Of five hundred numbers the statement's text alone
costs more than what it does; here they are one value, written once.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Field, Lookup, Q
from django.db.models.fields.related import ForeignObject


@dataclass(frozen=True, slots=True)
class Array:
    """Values as PostgreSQL reads them. No text of Python's: Django looks at each letter of one."""

    written: Any = field(repr=False)
    """Their text; or what stands for it in a statement that is carried out later."""


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup[Any]):
    """``field__among``: an ``Array``, see ``among``."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = ANY (%s::{kind}[])", (*parameters, self.rhs.written)


def among(field: str, values: Iterable[uuid.UUID | str] | Array) -> Q:
    """Rows whose field has one of these values, however many they are. Of none, none."""
    array = values if isinstance(values, Array) else array_of(values)
    return Q(**{f"{field}__among": array})


def array_of(values: Iterable[uuid.UUID | str]) -> Array:
    """For values that several statements are about: written once for all of them."""
    return Array("{" + ",".join(map(_written, values)) + "}")


def _written(value: uuid.UUID | str) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)  # As it stands in columns of text, too.
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
