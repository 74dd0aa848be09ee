"""Which fields of a model hold data on its person. A closed rule: what it does not know is named.

A field is explained in one of four ways. The declaration holds it, matches the person by it, or
says that it is beside the person; or its type says that it is a fact: a time, a number, a choice,
yes or no, or a key to a row that stands for nobody and declares itself. Nothing else is passed
over.
"""

from typing import Any

from django.db import models

from chatbo.foundation.encryption import BlindIndexField, EncryptedTextField
from chatbo.foundation.personal_data.declarations import (
    Category,
    PersonalData,
    declared_about_persons,
    fields_besides,
    subjects,
)

FACTS = (
    models.BooleanField,
    models.DateField,  # DateTimeField is one
    models.TimeField,
    models.DurationField,
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
)
LIKE_A_PERSONS = (
    models.EmailField,
    models.GenericIPAddressField,
    models.FileField,
    EncryptedTextField,
    BlindIndexField,
)
"""Nobody encrypts a colour: of fields like these even a model about nobody gives the reason."""


def is_fact(field: Any) -> bool:
    """Whether a field's type leaves no room for words: it says something, but names nobody."""
    if field.is_relation:
        return field.related_model._meta.label not in subjects()
    return isinstance(field, FACTS) or bool(field.choices)


def held(model: type[models.Model], declaration: PersonalData) -> dict[str, Category]:
    """Every field of the model that holds data on the declaration's person."""
    beside = fields_besides(model)
    found = dict(declaration.holds)
    for field in model._meta.concrete_fields:
        if is_fact(field) and not field.primary_key and not _names(field) & beside.keys():
            found.setdefault(field.attname, declaration.facts)
    return found


def unexplained(model: type[models.Model]) -> list[str]:
    """Of a model about people: the fields on which its declaration is silent."""
    named = set(fields_besides(model))
    for declaration in declared_about_persons(model):
        named |= {*declaration.match, *declaration.holds}
    return [
        field.name
        for field in model._meta.concrete_fields
        if not (_names(field) & named or is_fact(field) or field.primary_key)
    ]


def suspicious(model: type[models.Model]) -> list[str]:
    """Of a model that says it is about nobody: the fields that look as if it were."""
    beside = fields_besides(model)
    return [
        field.name
        for field in model._meta.concrete_fields
        if not _names(field) & beside.keys()
        and (isinstance(field, LIKE_A_PERSONS) or (field.is_relation and not is_fact(field)))
    ]


def has_field(model: type[models.Model], path: str) -> bool:
    """Whether the model has this field, or the field at the end of this path."""
    name, _, rest = path.partition("__")
    for field in model._meta.get_fields():
        if name in _names(field):
            return not rest or (bool(field.related_model) and has_field(field.related_model, rest))  # type: ignore[arg-type]  # no "self" is left in a built registry
    return False


def _names(field: Any) -> set[str]:
    return {field.name, getattr(field, "attname", field.name)}
