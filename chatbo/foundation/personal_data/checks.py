"""The system check: nothing that can hold data on a person is left undeclared."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import models
from django.utils.module_loading import import_string

from chatbo.foundation.personal_data import source
from chatbo.foundation.personal_data.declarations import (
    Blanked,
    NoPersonalData,
    declaration_of,
    declared_about_persons,
    fields_besides,
)
from chatbo.foundation.personal_data.fields import has_field, held, suspicious, unexplained
from chatbo.foundation.personal_data.stores import Medium, declared_stores


@register()
def check_declarations(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fail on any model and any field that does not say whose data it holds and how they end."""
    every = apps.get_models(include_auto_created=True)
    found = [message for model in every for message in _of(model)]
    return [*found, *_sections(every)]


@register()
def check_stores(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fail on any module that fills a store beside the tables without saying with what."""
    return [
        Error(
            f"{use.module} uses a store beside the tables ({use.medium}: {use.what}, line"
            f" {use.line}) and does not say what lies there.",
            hint=f"Write declare_store(Medium.{use.medium.name}, __name__, ...) in it, with"
            ' NoPersonalData("why") or StoredData(subject=..., holds=..., end=..., export=...)'
            " (chatbo.foundation.personal_data).",
            id="personal_data.E007",
        )
        for use in source.undeclared()
    ]


@register()
def check_messages(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Fail when Django's messages are kept where nobody has declared them.

    Any page may leave one, so whoever keeps them says what they are.
    """
    keeper = import_string(settings.MESSAGE_STORAGE).__module__  # and so it is loaded
    declared = {store.medium for store in declared_stores() if store.module == keeper}
    missing = {Medium.COOKIE, Medium.SESSION} - declared
    return [
        Error(
            f"{keeper} keeps messages ({medium}) and does not say what they are.",
            hint="Let MESSAGE_STORAGE be a class of ours, and write"
            f" declare_store(Medium.{medium.name}, __name__, ...) in its module.",
            id="personal_data.E008",
        )
        for medium in sorted(missing)
    ]


def _of(model: type[models.Model]) -> list[CheckMessage]:
    label = model._meta.label
    declaration = declaration_of(model)
    if declaration is None:
        hint = (
            "Write personal_data = PersonalData(...) or NoPersonalData(reason) on it;"
            " for a library's model call chatbo.foundation.personal_data.declare()."
        )
        message = f"{label} does not declare its personal data."
        return [Error(message, hint=hint, obj=model, id="personal_data.E001")]
    if isinstance(declaration, NoPersonalData):
        silent = [
            Error(
                f"{label} says that it is about nobody, but its field {name} looks as if it were.",
                hint='Write PersonalData(...), or NoPersonalData(..., besides={"'
                f'{name}": "why"}}).',
                obj=model,
                id="personal_data.E004",
            )
            for name in suspicious(model)
        ]
    else:
        silent = [
            Error(
                f"{label} does not say whether its field {name} holds data on the person.",
                hint=f'Write holds={{"{name}": Category...}}, or besides={{"{name}": "what it is'
                ' there for"} if it says nothing about them.',
                obj=model,
                id="personal_data.E003",
            )
            for name in unexplained(model)
        ]
    return [*_misnamed(model), *silent, *_withheld(model)]


def _misnamed(model: type[models.Model]) -> list[CheckMessage]:
    named = set(fields_besides(model))
    for declaration in declared_about_persons(model):
        named |= {
            *declaration.match,
            *declaration.holds,
            *declaration.withheld,
            *declaration.files,
        }
        if isinstance(declaration.end, Blanked):
            named |= set(declaration.end.fields)
    return [
        Error(
            f"{model._meta.label} declares the field {name}, which it does not have.",
            obj=model,
            id="personal_data.E002",
        )
        for name in sorted(named)
        if not has_field(model, name)
    ]


def _withheld(model: type[models.Model]) -> list[CheckMessage]:
    return [
        Error(
            f"{model._meta.label} withholds the field {name}, which no export would have.",
            hint="Only what the declaration holds can be withheld.",
            obj=model,
            id="personal_data.E005",
        )
        for declaration in declared_about_persons(model)
        for name in sorted(set(declaration.withheld) - set(held(model, declaration)))
    ]


def _sections(every: Any) -> list[CheckMessage]:
    """An export's sections must not cover each other."""
    taken: dict[tuple[str, str], type[models.Model]] = {}
    found: list[CheckMessage] = []
    for model in every:
        for declaration in declared_about_persons(model):
            section = (declaration.subject, declaration.export)
            if not declaration.export or section in taken:
                other = taken.get(section)
                found.append(
                    Error(
                        f"{model._meta.label} has no section of its own in the export of"
                        f" {declaration.subject}: {declaration.export!r}"
                        + (f" is {other._meta.label}'s." if other else " names none."),
                        hint='Write export="...": what its rows are, in plural.',
                        obj=model,
                        id="personal_data.E006",
                    )
                )
            taken[section] = model
    return found
