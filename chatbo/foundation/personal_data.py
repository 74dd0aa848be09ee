"""How a model declares whose data it holds and how that data ends.

Each model carries one ``personal_data``; erasure, export and the register read it from Django's
app registry, so what is declared is executed. A model without a declaration fails the system
check ``personal_data.E001``: it cannot be forgotten.

    class Message(TenantModel):
        personal_data: ClassVar = PersonalData(
            subject="bots.Subscriber",
            match={"subscriber_id": "id"},
            holds={"text": Category.CONTENT},
            end=Deleted(),
        )
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models


class Category(StrEnum):
    """Kinds of personal data, as the register of processing and Annex 1 name them."""

    IDENTIFIER = "identifier"
    CONTACT = "contact"
    CONTENT = "content"
    USAGE = "usage"
    CONSENT = "consent"
    CONTRACT = "contract"
    SECURITY = "security"


@dataclass(frozen=True)
class Deleted:
    """The row goes (Art. 17(1) GDPR)."""


@dataclass(frozen=True)
class Blanked:
    """The row stays, its personal fields are emptied: it does a job that names nobody.

    ``fields``: what each is set to.
    """

    fields: Mapping[str, Any]
    reason: str


@dataclass(frozen=True)
class Kept:
    """The row stays, pseudonymous, because a law says so, until a date (Art. 17(3))."""

    ground: str
    law: str
    until: str


@dataclass(frozen=True)
class PersonalData:
    """Whose data, which, and how it ends.

    ``subject``: the model that stands for the person (``app.Model``).
    ``match``: this model's field to the subject's field; how a subject's rows are found.
    ``holds``: field to category of data.
    """

    subject: str
    match: Mapping[str, str]
    end: Deleted | Blanked | Kept
    holds: Mapping[str, Category] = field(default_factory=dict)


@dataclass(frozen=True)
class NoPersonalData:
    """This model holds nothing on a person, and why that is so."""

    reason: str


Declaration = PersonalData | NoPersonalData

_declared_elsewhere: dict[str, Declaration] = {}


def declare(model_label: str, declaration: Declaration) -> None:
    """Declare for a library's model what its own class cannot carry."""
    _declared_elsewhere[model_label.lower()] = declaration


def declaration_of(model: type[models.Model]) -> Declaration | None:
    own = model.__dict__.get("personal_data") or getattr(model, "personal_data", None)
    return own or _declared_elsewhere.get(model._meta.label_lower)


def declarations_about(subject: str) -> Iterator[tuple[type[models.Model], PersonalData]]:
    """Every model that holds data on this kind of subject, with its declaration."""
    for model in apps.get_models(include_auto_created=True):
        declaration = declaration_of(model)
        if isinstance(declaration, PersonalData) and declaration.subject == subject:
            yield model, declaration


@register()
def check_declarations(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fail on any model that does not say how the personal data in it ends."""
    found: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        declaration = declaration_of(model)
        if declaration is None:
            found.append(
                Error(
                    f"{model._meta.label} does not declare its personal data.",
                    hint="Write personal_data = PersonalData(...) or NoPersonalData(reason) on it;"
                    " for a library's model call chatbo.foundation.personal_data.declare().",
                    obj=model,
                    id="personal_data.E001",
                )
            )
        elif isinstance(declaration, PersonalData):
            named = {*declaration.match, *declaration.holds}
            if isinstance(declaration.end, Blanked):
                named |= set(declaration.end.fields)
            found += [
                Error(
                    f"{model._meta.label} declares the field {name}, which it does not have.",
                    obj=model,
                    id="personal_data.E002",
                )
                for name in sorted(named)
                if not _has_field(model, name)
            ]
    return found


def _has_field(model: type[models.Model], name: str) -> bool:
    names = {f.name for f in model._meta.get_fields()}
    names |= {getattr(f, "attname", f.name) for f in model._meta.get_fields()}
    try:
        return name in names or bool(model._meta.get_field(name))
    except FieldDoesNotExist:
        return False
