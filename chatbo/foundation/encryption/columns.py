"""Which columns of which tables depend on the ring of keys: what ``rotate_keys`` walks.

No list stands here. Fields say it themselves; for a library's table, which cannot, a room
declares it (``declare_encrypted_keys``).
"""

import json
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from chatbo.foundation.encryption.fields import BlindIndexField, EncryptedTextField
from chatbo.foundation.encryption.ring import encrypt, opened
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("Names of columns, said at the start."))

NEWEST = 0

_of_libraries: dict[str, tuple[str, frozenset[str]]] = {}


def declare_encrypted_keys(model_label: str, column: str, keys: set[str]) -> None:
    """State that in a library's JSON column the texts under these keys are encrypted by ours.

    ``model_label`` as in ``app.Model``. A text may also stand in a list under its key.
    """
    _of_libraries[model_label.lower()] = (column, frozenset(keys))


@dataclass(frozen=True)
class Renewed:
    """What a column holds, and what it would hold under the newest key."""

    before: str | None
    after: str | None
    text: Any = None
    """What it says, where a row is to be made of it."""

    @property
    def is_new(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class EncryptedColumn:
    name: str

    def renewed(self, held: str | None) -> Renewed:
        """Raises ``UnreadableError`` where no key opens it."""
        if not held:
            return Renewed(held, held, held)
        text, place = opened(held)
        return Renewed(held, held if place == NEWEST else encrypt(text), text)


@dataclass(frozen=True)
class EncryptedJson:
    name: str
    keys: frozenset[str]

    def renewed(self, held: str | None) -> Renewed:
        """Raises ``UnreadableError`` where no key opens one of the texts."""
        if not held:
            return Renewed(held, held)
        data = json.loads(held)
        renewed = {
            key: self._renewed(value) if key in self.keys else value for key, value in data.items()
        }
        return Renewed(held, held if renewed == data else json.dumps(renewed))

    def _renewed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._renewed(each) for each in value]
        return EncryptedColumn(self.name).renewed(value).after


@dataclass(frozen=True)
class KeyedTable:
    """A table with columns that depend on the keys."""

    model: type[models.Model]
    encrypted: tuple[EncryptedColumn | EncryptedJson, ...]
    indexes: tuple[BlindIndexField, ...] = field(default=())

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """The column of the row's own key."""
        return column_of(self.model._meta.pk)

    @property
    def read(self) -> tuple[str, ...]:
        """What has to be read to renew a row: an index may be of any of its columns."""
        if self.indexes:
            return tuple(column_of(each) for each in self.model._meta.concrete_fields)
        return (self.key, *self.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """What is renewed."""
        return (
            *(column.name for column in self.encrypted),
            *(column_of(index) for index in self.indexes),
        )


def column_of(field: Any) -> str:
    """The column of a concrete field, which always has one."""
    return str(field.column)


def keyed_tables() -> list[KeyedTable]:
    """Every table with a column that can be put under another key."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        fields = model._meta.local_concrete_fields
        encrypted: list[EncryptedColumn | EncryptedJson] = [
            EncryptedColumn(column_of(each))
            for each in fields
            if isinstance(each, EncryptedTextField)
        ]
        if declared := _of_libraries.get(model._meta.label_lower):
            encrypted.append(EncryptedJson(*declared))
        indexes = [each for each in fields if isinstance(each, BlindIndexField) and each.value]
        if encrypted or indexes:
            found.append(KeyedTable(model, tuple(encrypted), tuple(indexes)))
    return found
