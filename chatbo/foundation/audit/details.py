"""The details of an entry, as they are read: each with its word, a code in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chatbo.foundation.audit.targets import Reference, model_of, tells_its_names
from chatbo.foundation.audit.words import DETAILS, OF_ONE, Meaning

Model = type[models.Model] | None


@dataclass(frozen=True)
class Fact:
    """One detail. ``values``: the value; of a change two, before and after."""

    meaning: Meaning
    values: tuple[Any, ...]
    model: Model
    """Of the target."""

    @property
    def name(self) -> str:
        return capfirst(str(self.meaning.word))

    def references(self) -> Iterator[Reference]:
        """The rows whose names it takes to be read."""
        if self.meaning.kind:
            yield from ((self.meaning.kind, str(value)) for value in self.values if value)

    def read(self, names: Mapping[Reference, str], *, to_platform: bool = False) -> str:
        """The value in words, with the ``names`` of what it refers to."""
        return " → ".join(self._read(value, names, to_platform) for value in self.values)

    def _read(self, value: Any, names: Mapping[Reference, str], to_platform: bool) -> str:
        if isinstance(value, list):
            return ", ".join(self._read(one, names, to_platform) for one in value) or "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value is None or (value == "" and value not in self.meaning.codes):
            return "–"
        return self._read_one(value, names, to_platform)

    def _read_one(self, value: Any, names: Mapping[Reference, str], to_platform: bool) -> str:
        meaning = self.meaning
        if isinstance(value, str) and value in meaning.codes:
            return str(meaning.codes[value])
        if meaning.kind:
            is_gone = tells_its_names(meaning.kind, to_platform=to_platform)
            unnamed = _("deleted since") if is_gone else str(value)
            return names.get((meaning.kind, str(value))) or unnamed
        if meaning.of_fields:
            field = meaning_of(str(value), self.model)
            return str(field.word) if field else str(value)
        if meaning.counts and isinstance(value, dict):
            return ", ".join(_counted(label, count) for label, count in sorted(value.items()))
        return meaning.read(value)


def facts_of(action: str, target_kind: str, details: Mapping[str, Any]) -> Iterator[Fact]:
    """What an entry tells, changes first; of what did not change, nothing."""
    model = model_of(target_kind)
    changed = dict(_changes(action, details))
    for name, (before, after) in sorted(changed.items()):
        if before != after:
            yield Fact(_known(name, model), (before, after), model)
    for name, value in details.items():
        if name in {"before", "after"}:
            continue
        # What is shown with both its values need not be named as changed once more.
        rest = [one for one in value if one not in changed] if name == "changed" else value
        if rest not in ("", [], {}, None):
            yield Fact(_known(name, model), (rest,), model)


def riddles(action: str, target_kind: str, details: Mapping[str, Any]) -> set[str]:
    """The details that nobody could read: they, or a field that they list, have no words."""
    model = model_of(target_kind)
    names = {name for name in details if name not in {"before", "after"}}
    listed = {
        field
        for name in names
        if (meaning := meaning_of(name, model)) and meaning.of_fields
        for field in details[name]
    }
    changed = {name for name, _values in _changes(action, details)}
    return {name for name in names | listed | changed if meaning_of(name, model) is None}


def meaning_of(name: str, model: Model) -> Meaning | None:
    """What the table says; of a field of the target's, what the field says itself comes first."""
    known = DETAILS.get(name)
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return known
    if not isinstance(field, models.Field):
        return known
    if not isinstance(field.verbose_name, Promise):
        # Django made it of the column's name: no words of ours.
        meaning = known
    else:
        meaning = replace(known or Meaning(""), word=field.verbose_name, read=str)
    if meaning is None:
        return None
    if field.remote_field:
        return replace(meaning, kind=field.remote_field.model._meta.label_lower)
    return replace(meaning, codes=dict(field.flatchoices)) if field.flatchoices else meaning


def _known(name: str, model: Model) -> Meaning:
    """For an entry of earlier, of which the words are gone, its own name."""
    return meaning_of(name, model) or Meaning(name)


def _changes(action: str, details: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {*before, *after}:
            yield name, (before.get(name), after.get(name))
    elif before is not None or after is not None:
        yield OF_ONE.get(action, "before"), (before, after)


def _counted(label: str, count: int) -> str:
    model = model_of(label)
    if model is None:
        return f"{count} {label}"
    meta = model._meta
    return f"{count} {meta.verbose_name if count == 1 else meta.verbose_name_plural}"
