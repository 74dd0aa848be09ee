"""Giving a person what is stored on them (Arts. 15(3), 20 GDPR), as the models declare it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from chatbo.foundation.personal_data.declarations import PersonalData, declarations_about, subjects
from chatbo.foundation.personal_data.fields import held
from chatbo.foundation.personal_data.rows import rows_about_any


@dataclass(frozen=True)
class Section:
    """The rows of one model on a subject, and what of them is given out."""

    model: type[models.Model]
    declaration: PersonalData
    rows: models.QuerySet[Any]

    @property
    def name(self) -> str:
        return self.declaration.export

    @property
    def fields(self) -> list[str]:
        return sorted(held(self.model, self.declaration).keys() - self.declaration.withheld.keys())


def sections_about(subject: models.Model) -> Iterator[Section]:
    """Every section of a subject's export. Nothing is read before somebody asks for the rows.

    A row may stand for the person in its turn, as the link to their consents does: what is held
    on it follows.
    """
    yield from _sections(subject._meta.label, [subject])


def export_of(subject: models.Model) -> dict[str, list[dict[str, Any]]]:
    """All that the open scope's tables hold on a subject: section to rows, field to value.

    Values are those of the models; ``DjangoJSONEncoder`` writes them. Withheld fields are left
    out. All at once, in memory: for somebody with much, go through ``sections_about``.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for section in sections_about(subject):
        names = section.fields
        found.setdefault(section.name, []).extend(
            {name: getattr(row, name) for name in names} for row in section.rows
        )
    return found


def _sections(
    label: str, stand_for_them: Sequence[models.Model] | models.QuerySet[Any]
) -> Iterator[Section]:
    for model, declaration in declarations_about(label):
        rows = rows_about_any(stand_for_them, model, declaration)
        yield Section(model, declaration, rows)
        if model._meta.label != label and model._meta.label in subjects():
            yield from _sections(model._meta.label, rows)
