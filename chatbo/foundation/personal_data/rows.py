"""Finding a person's rows, as the models declare it."""

from typing import Any

from django.db import models
from django.db.models import Q

from chatbo.foundation.encryption import BlindIndexField
from chatbo.foundation.personal_data.declarations import PersonalData


def rows_about(
    subject: models.Model, model: type[models.Model], declaration: PersonalData
) -> models.QuerySet[Any]:
    """The subject's rows. What is found by a blind index may still be under an older key."""
    found = Q()
    for mine, theirs in declaration.match.items():
        field = _field(type(subject), theirs)
        if isinstance(field, BlindIndexField):
            found &= Q(**{f"{mine}__in": field.digests_of(subject)})
        else:
            found &= Q(**{mine: getattr(subject, theirs)})
    return model._default_manager.filter(found)


def _field(model: type[models.Model], name: str) -> Any:
    """The subject's field; nothing where it is a property of its own."""
    names = {field.name: field for field in model._meta.concrete_fields}
    return names.get(name)
