"""What a member fills in to hold records or to extend a hold. The rules are the use cases'."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consent.erasure.holds.errors import (
    BadDateError,
    BadPeriodError,
    HoldError,
    NoReasonError,
    NotLaterError,
    TooLongError,
)
from consent.erasure.holds.models import LONGEST, LONGEST_REASON, Hold


def _day(label: Any, *, required: bool, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _reason(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, max_length=LONGEST_REASON, widget=widget, help_text=help_text
    )


class HoldForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("Why are the messages needed?"),
        choices=Hold.Ground.choices,
        widget=forms.RadioSelect,
    )
    reason = _reason(
        _("What is the claim about?"),
        _("One sentence. As long as the person is stored, it stands in the copy of their data."),
    )
    since = _day(_("Messages from"), required=False, help_text=_("Left empty: from the first one."))
    until = _day(
        _("Messages up to"), required=False, help_text=_("Left empty: up to the last one.")
    )
    ends_on = _day(
        _("Held until"),
        required=True,
        # Not "%": that reads the words once, in the language in which the process begins.
        help_text=format_lazy(
            _("At most {years} years ahead. It can be extended while the claim lasts."),
            years=LONGEST,
        ),
    )


class ExtendForm(forms.Form):
    ends_on = _day(_("Held until"), required=True)
    reason = _reason(_("Why is it needed for longer?"))


def tried(form: forms.Form, use_case: Callable[[], Any]) -> Any:
    """What the use case gives back; nothing where it refused, which the form says then."""
    try:
        return use_case()
    except BadDateError:
        form.add_error(
            "ends_on",
            _("The day must be ahead, and at most %(years)d years from today.")
            % {"years": LONGEST},
        )
    except NotLaterError:
        form.add_error("ends_on", _("The day must be later than the one that is set."))
    except BadPeriodError:
        form.add_error("until", _("The last day is before the first."))
    except (NoReasonError, TooLongError):
        form.add_error("reason", _("Please say it in a sentence."))
    except HoldError:
        form.add_error(None, _("Nothing is stored on this person any more."))
    return None
