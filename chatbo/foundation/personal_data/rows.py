"""Finding people's rows, as the models declare it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import Q

from chatbo.foundation.encryption import BlindIndexField
from chatbo.foundation.personal_data.declarations import PersonalData
from chatbo.foundation.sets import Array, among, array_of

Subject = TypeVar("Subject", bound=models.Model)


class Several(Sequence[Subject], Generic[Subject]):
    """People of one kind whom many statements are about: what stands for them is written once."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._subjects = subjects
        self._arrays: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self._subjects)

    def __iter__(self) -> Iterator[Subject]:
        return iter(self._subjects)

    def __getitem__(self, place: Any) -> Any:
        return self._subjects[place]

    def all_of(self, name: str) -> Array:
        """All that this field of theirs says, to look for it in others' rows."""
        if name not in self._arrays:
            self._arrays[name] = array_of(_values_of(self._subjects, name))
        return self._arrays[name]


def rows_about(
    subject: models.Model, model: type[models.Model], declaration: PersonalData
) -> models.QuerySet[Any]:
    """The subject's rows. What is found by a blind index may still be under an older key."""
    return rows_about_any([subject], model, declaration)


def rows_about_any(
    subjects: Sequence[models.Model] | models.QuerySet[Any],
    model: type[models.Model],
    declaration: PersonalData,
) -> models.QuerySet[Any]:
    """The rows of several people of one kind, by one query however many they are.

    People who are in a query are not fetched for it, unless only they know their digests.
    """
    rows = model._default_manager.all()
    if isinstance(subjects, models.QuerySet):
        if len(declaration.match) == 1:
            ((mine, theirs),) = declaration.match.items()
            if theirs in _plain_fields(subjects.model):
                return rows.filter(**{f"{mine}__in": subjects.values(theirs)})
        subjects = list(subjects)
    if not subjects:
        return rows.none()
    if len(declaration.match) == 1:
        ((mine, theirs),) = declaration.match.items()
        several = subjects if isinstance(subjects, Several) else Several(subjects)
        return rows.filter(among(mine, several.all_of(theirs)))
    found = Q()
    for each in subjects:
        one = Q()
        for mine, theirs in declaration.match.items():
            one &= Q(**{f"{mine}__in": _values(each, theirs)})
        found |= one
    return rows.filter(found)


def _plain_fields(model: type[models.Model]) -> set[str]:
    fields = model._meta.concrete_fields
    return {field.name for field in fields if not isinstance(field, BlindIndexField)}


def _values(subject: models.Model, name: str) -> Collection[Any]:
    """What stands for the subject in others' rows: of a blind index, the digests of every key."""
    return _values_of([subject], name)


def _values_of(subjects: Sequence[models.Model], name: str) -> set[Any]:
    if not subjects:
        return set()
    fields = {field.name: field for field in type(subjects[0])._meta.concrete_fields}
    field = fields.get(name)  # Nothing where it is a property of its own.
    if isinstance(field, BlindIndexField):
        return {digest for each in subjects for digest in field.digests_of(each)}
    return {getattr(each, name) for each in subjects}
