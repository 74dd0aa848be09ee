"""The sections of a person's data as tables: each value for programs, and for readers."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chatbo.foundation.encryption import UnreadableError
from chatbo.foundation.personal_data.export import Section, sections_about
from consent.erasure.person_exports.spool import Spool
from consent.erasure.person_exports.words import (
    TOWARDS_THE_PERSON,
    field_in_words,
    section_in_words,
)
from tenants.accounts.models import Tenant
from tenants.bots.models import Subscriber

EachPiece = Callable[[], AbstractContextManager[None]]
"""Opens the tenant's scope for one piece of the work."""

PIECE = 500
"""Rows that are read at once."""

BYTES = 16
"""Of a row's number: what is held in memory of each row."""

NOTHING = "–"


@dataclass(frozen=True)
class Withheld:
    """A field that is not given out, and why (Art. 15(4) GDPR)."""

    section: str
    field: str
    title: str
    label: str
    reason: str


@dataclass
class Table:
    """One section. ``rows``: pairs of a row's values by name, and of their words in order."""

    name: str
    title: str
    model: str
    fields: list[str]
    labels: list[str]
    withheld: list[Withheld]
    rows: Spool = field(default_factory=Spool)

    @property
    def columns(self) -> list[str]:
        """For programs."""
        return ["id", *self.fields]


def tables_about(
    subscriber: Subscriber, tenant: Tenant, *, each_piece: EachPiece, spools: ExitStack
) -> Iterator[Table]:
    """Every section, read to its end. In the active language. ``spools``: closes the rows."""
    with each_piece():
        sections = list(sections_about(subscriber))
    for section in sections:
        table = Table(
            name=section.name,
            title=section_in_words(section.name, section.model),
            model=section.model._meta.label,
            fields=(fields := _in_order(section)),
            labels=[capfirst(field_in_words(name)) for name in fields],
            withheld=_withheld(section),
        )
        spools.callback(table.rows.close)
        _read(section, table, tenant, each_piece)
        yield table


def _in_order(section: Section) -> list[str]:
    """As the model has them, with the time that it is sorted by in front."""
    first = _sorted_by(section.model)[:1]
    names = [each.attname for each in section.model._meta.concrete_fields]
    return sorted(section.fields, key=lambda name: (name not in first, names.index(name)))


def _sorted_by(model: type[models.Model]) -> list[str]:
    """By what its rows stand in order, here with the oldest first."""
    return [str(name).removeprefix("-") for name in model._meta.ordering or ()]


def _read(section: Section, table: Table, tenant: Tenant, each_piece: EachPiece) -> None:
    """In the order of time. Which rows it is stands from the start: what comes later is not in it,
    and what goes meanwhile is gone.
    """
    with each_piece():
        rows = section.rows.order_by(*_sorted_by(section.model), "pk").values_list("pk", flat=True)
        numbers = b"".join(pk.bytes for pk in rows.iterator(chunk_size=5000))
    relations = [name for each in table.fields if (name := _relation(section.model, each))]
    for start in range(0, len(numbers), PIECE * BYTES):
        piece = numbers[start : start + PIECE * BYTES]
        pks = [uuid.UUID(bytes=piece[at : at + BYTES]) for at in range(0, len(piece), BYTES)]
        with each_piece():
            found = section.model._default_manager.select_related(*relations).in_bulk(pks)
            for pk in pks:
                if pk in found:
                    table.rows.add(_pair(found[pk], table.fields, tenant))


def _pair(row: models.Model, names: list[str], tenant: Tenant) -> list[Any]:
    values: dict[str, Any] = {"id": str(row.pk)}
    shown = []
    for name in names:
        try:
            value = getattr(row, name)
        except UnreadableError:
            values[name] = None
            shown.append(_("cannot be read at the moment"))
            continue
        values[name] = json.loads(json.dumps(value, cls=DjangoJSONEncoder))
        shown.append(_shown(row, name, value, tenant))
    return [values, shown]


def _shown(row: models.Model, name: str, value: Any, tenant: Tenant) -> str:
    relation = _relation(type(row), name)
    field = type(row)._meta.get_field(relation or name)
    if relation:
        other = getattr(row, relation)
        has_name = other is not None and "__str__" in vars(type(other))
        return str(other) if has_name else _or_nothing(value)
    if getattr(field, "choices", None):
        # Whom the choices call "you" is the business.
        towards_them = {"tenant": tenant.company}.get(value) or TOWARDS_THE_PERSON.get(
            (name, value)
        )
        return _or_nothing(towards_them or _choice(row, name))
    if isinstance(field, models.DateTimeField) and value:
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _or_nothing(", ".join(_of_a_list(each) for each in value))
    return _or_nothing(value)


def _choice(row: models.Model, name: str) -> Any:
    return getattr(row, f"get_{name}_display")()


def _of_a_list(value: Any) -> str:
    """Of a button what stands on it."""
    return str(value.get("title", "")) if isinstance(value, dict) else str(value)


def _or_nothing(value: Any) -> str:
    return NOTHING if value in (None, "") else str(value)


def _relation(model: type[models.Model], attname: str) -> str:
    """The name of the field that a column like ``channel_id`` belongs to, if it leads to a row."""
    for each in model._meta.concrete_fields:
        if each.is_relation and each.attname == attname:
            return each.name
    return ""


def _withheld(section: Section) -> list[Withheld]:
    return [
        Withheld(
            section=section.name,
            field=name,
            title=section_in_words(section.name, section.model),
            label=capfirst(field_in_words(name)),
            reason=str(reason),
        )
        for name, reason in section.declaration.withheld.items()
    ]
