"""Nothing that depends on the keys may be unknown to ``rotate_keys``: system checks."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db import models

from chatbo.foundation.encryption.columns import keyed_tables
from chatbo.foundation.encryption.fields import BlindIndexField
from chatbo.foundation.encryption.ring import OLD_KEYS_STAY


@register()
def check_keyed_columns(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fail on an index that nobody could make anew, and on encrypted rows that never change."""
    return [
        *(
            problem
            for model in apps.get_models(include_auto_created=True)
            for each in model._meta.local_concrete_fields
            for problem in _of_field(model, each)
        ),
        *(
            Error(
                f"{table.model._meta.label} is written once, but holds encrypted columns: its rows"
                " would keep their key for ever.",
                hint="Put what is encrypted into a table of its own, whose rows may change.",
                obj=table.model,
                id="encryption.E003",
            )
            for table in keyed_tables()
            if getattr(table.model, "written_once", None)
        ),
    ]


def _of_field(model: type[models.Model], field: Any) -> Iterator[CheckMessage]:
    if isinstance(field, BlindIndexField):
        dies = field.gone_within is not None and field.gone_within <= OLD_KEYS_STAY
        if not field.purpose or not (field.value or dies):
            yield Error(
                f"{model._meta.label}.{field.name} does not say how it is made anew.",
                hint="Give it purpose= and value=; or, where nobody keeps the value,"
                f" gone_within= of at most {OLD_KEYS_STAY.days} days.",
                obj=model,
                id="encryption.E001",
            )
    elif isinstance(field, models.CharField) and field.name.endswith("_index"):
        yield Error(
            f"{model._meta.label}.{field.name} looks like a blind index, but is a plain column.",
            hint="Make it a BlindIndexField, so that it follows the keys.",
            obj=model,
            id="encryption.E002",
        )
