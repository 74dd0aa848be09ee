"""Columns that lie encrypted, and columns under which these are found."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from chatbo.foundation.encryption.ring import (
    UnreadableError,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
)
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(
    Medium.LOG,
    __name__,
    NoPersonalData("Table, column and id of a row that no key opens."),
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sealed:
    """What no key opens, as it lies in the database; saved again, it stays what it was."""

    ciphertext: str = field(repr=False)


class _Opened(DeferredAttribute):
    """A row that no key opens fails where its text is asked for, not the whole query."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            table, column = self.field.model._meta.db_table, self.field.name
            log.error("row_unreadable", table=table, column=column, row=str(instance.pk))
            raise UnreadableError(table, column, instance.pk)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Makes the class a data descriptor, so that ``__get__`` is asked each time."""
        instance.__dict__[self.field.attname] = value


def text_or(row: models.Model, name: str, instead: str) -> str:
    """The text of an encrypted column, or something else where no key opens it (that is logged)."""
    try:
        return str(getattr(row, name))
    except UnreadableError:
        return instead


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text that lies encrypted in the database. It cannot be searched; see ``BlindIndexField``.

    Reading one that no key of the ring opens raises ``UnreadableError``.
    """

    descriptor_class = _Opened

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        if not value:
            return value
        try:
            return decrypt(value)
        except UnreadableError:
            return Sealed(value)

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.ciphertext
        value = super().get_prep_value(value)
        return value if not value else encrypt(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        held = model_instance.__dict__.get(self.attname)
        return held if isinstance(held, Sealed) else super().pre_save(model_instance, add)


class BlindIndexField(models.CharField):  # type: ignore[type-arg]  # generic only in the stubs
    """The keyed digest under which an encrypted column is found exactly (``blind_index``).

    ``value`` makes, from a row, the text that the digest is of; empty where there is none (any
    more), and then the digest is too. It is made anew, under the newest key, whenever the row is
    saved, and by ``rotate_keys``. Look it up with ``__in`` and every key's digest.

    ``gone_within``, in place of ``value``: nobody keeps the value, and after so long nobody asks.
    """

    def __init__(
        self,
        *args: Any,
        purpose: str = "",
        value: Callable[[Any], str] | None = None,
        gone_within: timedelta | None = None,
        **kwargs: Any,
    ) -> None:
        self.purpose, self.value, self.gone_within = purpose, value, gone_within
        super().__init__(*args, **{"max_length": 64, **kwargs})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """To a migration it is a plain column: how it is filled is no part of the schema."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def digest_of(self, row: models.Model) -> str:
        """The digest under the newest key; empty where the row holds no value any more."""
        value = self.value(row) if self.value else ""
        return blind_index(value, purpose=self.purpose) if value else ""

    def digests_of(self, row: models.Model) -> set[str]:
        """The digest that a row has and those under every key, to look other rows up by it."""
        digests = {getattr(row, self.attname)}
        with suppress(UnreadableError):
            if value := self.value(row) if self.value else "":
                digests |= set(blind_indexes(value, purpose=self.purpose))
        return digests - {""}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.value:
            # What no key opens keeps the digest that it has.
            with suppress(UnreadableError):
                setattr(model_instance, self.attname, self.digest_of(model_instance))
        return super().pre_save(model_instance, add)
