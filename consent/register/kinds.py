"""Kinds of personal data in words, read from the models' own declarations.

What Annex 1 and the privacy passage say is stored is what ``foundation.personal_data`` knows
to be stored: a new field with a new category shows up in both by itself.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _

from chatbo.foundation.personal_data import Category, declarations_about

# Functions, not lazy strings: a contract is rendered in its own language, whatever the page's.
_WORDS: dict[Category, Callable[[], str]] = {
    Category.IDENTIFIER: lambda: _("identifier of the person on the channel, stored encrypted"),
    Category.CONTACT: lambda: _("contact data that the person gives in the chat"),
    Category.CONTENT: lambda: _("content of the messages in both directions, stored encrypted"),
    Category.USAGE: lambda: _("time of the messages, time of the first and last contact, language"),
    Category.CONSENT: lambda: _("consents given, refused and withdrawn, with time and wording"),
    Category.CONTRACT: lambda: _("contract data"),
    Category.SECURITY: lambda: _("security logs, network address shortened"),
}


def words_for(category: Category) -> str:
    """The kind of data in the active language, as it stands in an enumeration."""
    return _WORDS[category]()


def kinds_about(subject: str) -> tuple[str, ...]:
    """Every kind of data that some model declares to hold on this kind of person."""
    held = {
        category
        for _model, declaration in declarations_about(subject)
        for category in declaration.holds.values()
    }
    return tuple(words_for(category) for category in Category if category in held)
