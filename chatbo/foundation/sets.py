"""Many values in one place of a statement: ``column = ANY (array)``.

Django's ``__in`` has a place for each value. Of five hundred numbers the statement's text alone
costs more than what it does; here they are one value, written once.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Field, Lookup, Q
from django.db.models.fields.related import ForeignObject


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup[Any]):
    """``field__among``: an array as PostgreSQL writes it, see ``among``."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        kind = self.lhs.output_field.rel_db_type(connection)
        return f"{column} = ANY (%s::{kind}[])", (*parameters, self.rhs)


def among(field: str, values: Iterable[uuid.UUID | str]) -> Q:
    """Rows whose field has one of these values, however many they are. Of none, none."""
    return Q(**{f"{field}__among": "{" + ",".join(map(_written, values)) + "}"})


def _written(value: uuid.UUID | str) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
