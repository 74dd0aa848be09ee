"""Why an erasure was put off, or its last message not delivered, in words for the business."""

import builtins

from django import db
from django.utils.translation import gettext as _

from consent.erasure import errors
from consent.erasure.models import Erasure
from consent.texts.errors import NotApprovedError

CHANNEL_GONE = "channel_gone"
ADDRESS_UNREADABLE = "address_unreadable"
TOO_LATE = "too_late"


def reason_in_words(erasure: Erasure) -> str:
    """In the language that is active; empty where nothing went wrong."""
    if not erasure.last_error:
        return ""
    if erasure.deleted_at is None or erasure.is_of_many:
        return _why_not_deleted(erasure.last_error)
    return why_not_told(erasure.last_error)


def _why_not_deleted(error: str) -> str:
    """By the name of what was raised last."""
    found = getattr(errors, error, None) or getattr(db, error, None)
    found = found or getattr(builtins, error, None)
    kind = found if isinstance(found, type) else Exception
    if issubclass(kind, errors.PeopleBusyError):
        return _("Somebody who is to be deleted is being written to just now. They come last.")
    if issubclass(kind, errors.UnknownTombstoneKeyError):
        return _("The key of the notes against restored backups is missing.")
    if issubclass(kind, db.DatabaseError):
        return _("The database was busy or could not be reached.")
    if issubclass(kind, OSError):
        return _(
            "The place outside the database could not be reached where each deletion is noted"
            " first. Without that note nothing is deleted, or a restored backup would undo it."
        )
    return _("Something happened that we had not thought of. We see it in our own log.")


def why_not_told(code: str) -> str:
    """By the platform's code, or one of ours."""
    if code == CHANNEL_GONE:
        return _("The channel that the person wrote on is not connected any more.")
    if code == ADDRESS_UNREADABLE:
        return _("The person's address could not be read any more.")
    if code == TOO_LATE:
        return _("For a day the message could not be sent; then the person's address was dropped.")
    if code == NotApprovedError.__name__:
        return _("No lawyer's approval of the last message's text is in force.")
    if code.endswith(("Error", "Exception")):
        return _("Something happened that we had not thought of. We see it in our own log.")
    return _("The messenger did not take the message (its answer: %(code)s).") % {"code": code}
