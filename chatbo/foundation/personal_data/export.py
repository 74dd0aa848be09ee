"""Giving a person what is stored on them (Arts. 15(3), 20 GDPR), as the models declare it."""

from typing import Any

from django.db import models

from chatbo.foundation.personal_data.declarations import PersonalData, declarations_about, subjects
from chatbo.foundation.personal_data.fields import held
from chatbo.foundation.personal_data.rows import rows_about


def export_of(subject: models.Model) -> dict[str, list[dict[str, Any]]]:
    """All that the open scope's tables hold on a subject: section to rows, field to value.

    A row may stand for the person in its turn, as the link to their consents does: what is held
    on it follows. Values are those of the models; ``DjangoJSONEncoder`` writes them. Withheld
    fields are left out.
    """
    label = subject._meta.label
    found: dict[str, list[dict[str, Any]]] = {}
    for model, declaration in declarations_about(label):
        rows = list(rows_about(subject, model, declaration))
        _add(found, declaration.export, [_given_out(row, declaration) for row in rows])
        if model._meta.label != label and model._meta.label in subjects():
            for row in rows:
                for section, more in export_of(row).items():
                    _add(found, section, more)
    return found


def _given_out(row: models.Model, declaration: PersonalData) -> dict[str, Any]:
    names = held(type(row), declaration).keys() - declaration.withheld.keys()
    return {name: getattr(row, name) for name in sorted(names)}


def _add(found: dict[str, list[Any]], section: str, rows: list[Any]) -> None:
    found.setdefault(section, []).extend(rows)
