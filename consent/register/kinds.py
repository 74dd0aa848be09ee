"""Kinds of personal data in words, read from the models' own declarations.

What Annex 1 and the privacy passage say is stored is what ``foundation.personal_data`` knows
to be stored: a new field with a new category shows up in both by itself.
"""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.utils.translation import gettext as _

from chatbo.foundation.personal_data import Category, declarations_about, declared_about_persons
from chatbo.foundation.personal_data.fields import held

# Functions, not lazy strings: a contract is rendered in its own language, whatever the page's.
_WORDS: dict[Category, Callable[[], str]] = {
    Category.IDENTIFIER: lambda: _("identifier of the person on the channel, stored encrypted"),
    Category.CONTACT: lambda: _("contact data"),
    Category.CONTENT: lambda: _("content of the messages in both directions, stored encrypted"),
    Category.USAGE: lambda: _("time of the messages, time of the first and last contact, language"),
    Category.CONSENT: lambda: _("consents given, refused and withdrawn, with time and wording"),
    Category.NETWORK: lambda: _("network address, shortened"),
    Category.CONTRACT: lambda: _("contract data"),
    Category.SECURITY: lambda: _("log-ins, devices and what was done"),
}
_OF_USERS: dict[Category, Callable[[], str]] = {
    Category.IDENTIFIER: lambda: _("identifier of a connected Facebook profile"),
    Category.CONTACT: lambda: _("name, e-mail address, contact data"),
    Category.CONTENT: lambda: _("reasons that somebody gave, e-mails until they are sent"),
    Category.USAGE: lambda: _("times, settings, language"),
    Category.NETWORK: lambda: _("network address of a log-in"),
}
"""What the same category holds where somebody logs in instead of writing to a bot."""


def words_for(category: Category, *, of_users: bool = False) -> str:
    """The kind of data in the active language, as it stands in an enumeration."""
    words = {**_WORDS, **_OF_USERS} if of_users else _WORDS
    return words[category]()


def tables_about(subject: str) -> tuple[str, ...]:
    """The models that hold data on this kind of person, by label."""
    return tuple(sorted({model._meta.label for model, _d in declarations_about(subject)}))


def tables_in(*rooms: str) -> tuple[str, ...]:
    """The models of these apps that hold data on people, by label."""
    return tuple(
        sorted(
            model._meta.label
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in rooms and declared_about_persons(model)
        )
    )


def kinds_about(subject: str) -> tuple[str, ...]:
    """Every kind of data that some model declares to hold on this kind of person."""
    found = {
        category
        for model, declaration in declarations_about(subject)
        for category in held(model, declaration).values()
    }
    return _in_order(found)


def kinds_in(tables: Iterable[str]) -> tuple[str, ...]:
    """Every kind of data on those who log in that these models hold."""
    found = {
        category
        for model in map(apps.get_model, tables)
        for declaration in declared_about_persons(model)
        for category in held(model, declaration).values()
    }
    return _in_order(found, of_users=True)


def _in_order(found: set[Category], *, of_users: bool = False) -> tuple[str, ...]:
    return tuple(words_for(each, of_users=of_users) for each in Category if each in found)
