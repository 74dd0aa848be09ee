"""The words in which a model declares whose data it holds, how they end and how they go out."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models

from chatbo.foundation.personal_data.terms import Term


class Category(StrEnum):
    """Kinds of personal data, as the register of processing and Annex 1 name them."""

    IDENTIFIER = "identifier"
    CONTACT = "contact"
    CONTENT = "content"
    USAGE = "usage"
    CONSENT = "consent"
    NETWORK = "network"
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
    """The row stays, pseudonymous, because a law says so, until a date (Art. 17(3)).

    ``ground`` and ``law`` are shown to readers, in their language: give lazy translations.
    ``outlives_business``: which of the rows stay when the business leaves that they lie in; of the
    others law wants nothing then, as of what a processor holds (Art. 28(3)(g)).
    ``names``: where a row still says whose it is, with what and until when, as the person is told;
    lazy as well.
    """

    ground: Any
    law: Any
    until: Term
    outlives_business: models.Q = field(default_factory=models.Q)
    names: Any = None

    def ends_on(self, row: Any) -> datetime.date | None:
        return self.until.ends_on(row)


@dataclass(frozen=True)
class PersonalData:
    """Whose data, which, how it ends, and how it is given out to the person (Arts. 15, 20).

    ``subject``: the model that stands for the person (``app.Model``).
    ``match``: this model's field (or path) to the subject's field; how a subject's rows are found.
    ``export``: the section of a person's export in which the rows stand, in plural.
    ``holds``: field to category of data. Times, numbers, choices and yes-or-no are held without
    being named, as ``facts``.
    ``withheld``: which of the held fields no export gives out, and why that is so; the person
    reads it, so give lazy translations.
    ``besides``: which fields hold nothing on the person, and what they are there for.
    ``files``: which fields name files (in the storage) that go with the row.
    ``of_nobody``: when a row ends that is about none of the subjects, or not any more: no erasure
    finds it (``consent.erasure.leaving.kept`` does).
    """

    subject: str
    match: Mapping[str, str]
    end: Deleted | Blanked | Kept
    export: str
    holds: Mapping[str, Category] = field(default_factory=dict)
    withheld: Mapping[str, Any] = field(default_factory=dict)
    besides: Mapping[str, str] = field(default_factory=dict)
    facts: Category = Category.USAGE
    files: tuple[str, ...] = ()
    of_nobody: Term | None = None


@dataclass(frozen=True)
class NoPersonalData:
    """This model holds nothing on a person, and why that is so.

    ``besides``: the reason again for each field that looks as if it did.
    """

    reason: str
    besides: Mapping[str, str] = field(default_factory=dict)


Declaration = PersonalData | NoPersonalData | tuple[PersonalData, ...]
"""A row on several people (who was invited, and by whom) has one for each of them."""

_declared_elsewhere: dict[str, Declaration] = {}


def declare(model_label: str, declaration: Declaration) -> None:
    """Declare for a library's model what its own class cannot carry."""
    _declared_elsewhere[model_label.lower()] = declaration


def declaration_of(model: type[models.Model]) -> Declaration | None:
    own: Declaration | None = getattr(model, "personal_data", None)
    return own or _declared_elsewhere.get(model._meta.label_lower)


def declared_about_persons(model: type[models.Model]) -> tuple[PersonalData, ...]:
    """One for each person that a row of this model is about; none where it is about nobody."""
    declaration = declaration_of(model)
    if isinstance(declaration, PersonalData):
        return (declaration,)
    return declaration if isinstance(declaration, tuple) else ()


def fields_besides(model: type[models.Model]) -> dict[str, str]:
    """The fields that hold nothing on a person, with the reasons.

    What a model inherits its base has explained, in ``fields_besides``.
    """
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        found |= vars(base).get("fields_besides", {})
    declaration = declaration_of(model)
    if isinstance(declaration, NoPersonalData):
        return found | dict(declaration.besides)
    for one in declared_about_persons(model):
        found |= one.besides
    return found


def declarations_about(subject: str) -> Iterator[tuple[type[models.Model], PersonalData]]:
    """Every model that holds data on this kind of subject, with its declaration."""
    for model in apps.get_models(include_auto_created=True):
        for declaration in declared_about_persons(model):
            if declaration.subject == subject:
                yield model, declaration


def subjects() -> frozenset[str]:
    """The models that stand for people, by label: whatever some declaration is about."""
    return frozenset(
        declaration.subject
        for model in apps.get_models(include_auto_created=True)
        for declaration in declared_about_persons(model)
    )


from chatbo.foundation.personal_data.stores import (  # noqa: E402 (it needs the words above)
    Medium,
    declare_store,
)

declare_store(Medium.MEMORY, __name__, NoPersonalData("Declarations, made at the start."))
