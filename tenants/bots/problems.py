"""What the owner of a channel reads when something is wrong with it, and what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROBLEMS: dict[str, tuple[Promise | str, Promise | str]] = {
    "token_dead": (
        _("The access has expired or was withdrawn."),
        _("Get a new token from the platform and connect the channel again."),
    ),
    "page_restricted": (
        _("The platform has restricted this page."),
        _("Open the platform's page quality view, and have the restriction reviewed there."),
    ),
    "not_permitted": (
        _("The token may not send messages or set the menu."),
        _("Make a token with the permissions for messages and metadata, and connect again."),
    ),
    "unreachable": (
        _("The platform does not answer at the moment."),
        _("There is nothing to do: we keep trying."),
    ),
    "our_fault": (
        _("The platform did not understand us."),
        _("There is nothing for you to do: we look into it."),
    ),
}


def problem_sentences(code: str) -> tuple[str, str]:
    """What is wrong and what to do about it, in the reader's language."""
    what, remedy = PROBLEMS.get(code, PROBLEMS["our_fault"])
    return str(what), str(remedy)
