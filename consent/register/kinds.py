"""Kinds of personal data in words, read from the models' own declarations.

What Annex 1 and the privacy passage say is stored is what ``foundation.personal_data`` knows
to be stored: a new field with a new category shows up in both by itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.apps import apps
from django.utils.translation import gettext as _

from chatbo.foundation.personal_data import Category, declarations_about, declared_about_persons
from chatbo.foundation.personal_data.fields import held
from tenants.accounts.models import Tenant

# Functions, not lazy strings: a contract is rendered in its own language, whatever the page's.
_WORDS: dict[Category, Callable[[], str]] = {
    Category.IDENTIFIER: lambda: _("identifier of the person on the channel, stored encrypted"),
    Category.CONTACT: lambda: _("contact data"),
    Category.CONTENT: lambda: _("content of the messages in both directions, stored encrypted"),
    Category.USAGE: lambda: _("time of the messages, time of the first and last contact, language"),
    Category.CONSENT: lambda: _("consents given, refused and withdrawn, with time and wording"),
    Category.NETWORK: lambda: _(
        "network address: none, shortened or in full, as the business chose"
    ),
    Category.CONTRACT: lambda: _("contract data"),
    Category.SECURITY: lambda: _("log-ins, devices and what was done"),
}


@dataclass(frozen=True)
class _Network:
    """One choice of a business: the kind of data that records of consent then hold (or none), and
    what its visitors are told ("Your network address is ...")."""

    kind: Callable[[], str] | None
    told: Callable[[], str]


_NETWORK: dict[str, _Network] = {
    Tenant.ConsentNetwork.NONE: _Network(kind=None, told=lambda: _("not stored with it")),
    Tenant.ConsentNetwork.SHORTENED: _Network(
        kind=lambda: _("network address, shortened"),
        told=lambda: _("stored with it only in a shortened form, which leads to no single line"),
    ),
    Tenant.ConsentNetwork.FULL: _Network(
        kind=lambda: _("network address, in full"),
        told=lambda: _("stored with it in full"),
    ),
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


def told_of_network(choice: str) -> str:
    """What records of consent keep of a network address, as the end of a sentence about it."""
    return _NETWORK[choice].told()


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


def kinds_about(subject: str, *, network: str = "") -> tuple[str, ...]:
    """Every kind of data that some model declares to hold on this kind of person.

    ``network``: how much of a network address one business has them hold; nothing: said for none.
    """
    found = {
        category
        for model, declaration in declarations_about(subject)
        for category in held(model, declaration).values()
    }
    if not network or Category.NETWORK not in found:
        return _in_order(found)
    kind = _NETWORK[network].kind
    return tuple(
        kind() if each == Category.NETWORK and kind else words_for(each)
        for each in Category
        if each in found and (each != Category.NETWORK or kind)
    )


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
