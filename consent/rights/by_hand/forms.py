"""What a member fills in on a request. The rules are the use cases'."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.rights.by_hand.errors import (
    BadDayError,
    ByHandError,
    CarriedOutError,
    CopyUnderWayError,
    ErasureBegunError,
    IdentifiedError,
    IllegalTransitionError,
    NobodyError,
    NoReasonError,
    NotCarriedOutError,
    NotCheckedError,
    NotExtendedError,
    NotKnownError,
    OtherKindError,
    SomebodyNamedError,
    TooLateError,
    TooLongError,
)
from consent.rights.by_hand.models import LONGEST_CONTACT, LONGEST_TEXT, RightsRequest


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, widget=widget, help_text=help_text, initial=timezone.localdate
    )


def _text(label: Any, *, required: bool, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_TEXT,
        widget=widget,
        help_text=help_text,
    )


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class StateForm(forms.Form):
    """Which requests are listed; of what it does not understand, all."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all states")), *RightsRequest.State.choices],
        widget=forms.Select({"class": "form-select"}),
    )


class NewForm(forms.Form):
    kind = _choice(_("What is asked for?"), RightsRequest.Kind.choices)
    way = _choice(_("How did it come?"), RightsRequest.Way.choices)
    received_on = _day(
        _("Received"), _("The month for the answer runs from this day, not from today.")
    )
    asked = _text(
        _("What is wanted, in short"),
        required=False,
        help_text=_("Only what you need for the answer. Deleted once it is answered."),
    )
    contact = forms.CharField(
        label=_("How to reach them"),
        required=False,
        max_length=LONGEST_CONTACT,
        help_text=_("Only where you need it for the answer. Deleted once it is answered."),
    )


class CheckForm(forms.Form):
    identity = _choice(_("How did you make sure who asks?"), RightsRequest.Identity.choices)
    on = _day(_("When?"))
    note = _text(
        _("Note"),
        required=False,
        help_text=_("No copy and no number of an identity card: to have seen it is enough."),
    )


class ExtendForm(forms.Form):
    reason = _text(
        _("Why does it take longer?"),
        required=True,
        help_text=_("The law accepts that it is complex, or that there are many requests."),
    )


class AnswerForm(forms.Form):
    """How it was done is asked where ChatBo does not know that it was."""

    how = _text(
        _("What did you do outside ChatBo?"),
        required=False,
        help_text=_("It stands in the letter to the person: “We have sent you a copy on paper.”"),
    )
    on = _day(_("Answered"))
    reply = _choice(_("How did you answer?"), RightsRequest.Reply.choices)

    def __init__(self, data: Any, *, asks_how: bool) -> None:
        super().__init__(data)
        if not asks_how:
            del self.fields["how"]


class ToldForm(forms.Form):
    on = _day(_("Told the person"))
    reply = _choice(_("How?"), RightsRequest.Reply.choices)


class RefuseForm(forms.Form):
    ground = _choice(_("On which ground?"), RightsRequest.Ground.choices)
    reason = _text(_("Why?"), required=True, help_text=_("It stands in the letter to the person."))
    on = _day(_("Told the person"))
    reply = _choice(_("How?"), RightsRequest.Reply.choices)


_WORDS: dict[type[ByHandError], tuple[str, Any]] = {
    BadDayError: (
        "on",
        _(
            "The day must not be ahead, not before the request or what was done on it, and not"
            " more than a year back."
        ),
    ),
    NoReasonError: ("reason", _("Please say it in a sentence.")),
    TooLongError: ("", _("One of the texts is too long.")),
    TooLateError: (
        "reason",
        _("It can be extended once, and only within the first month."),
    ),
    IdentifiedError: (
        "ground",
        _("You have noted how you made sure who asks: this ground is gone."),
    ),
    NobodyError: ("", _("Nothing is stored on this person, or nobody is named yet.")),
    SomebodyNamedError: ("", _("This request is about somebody else already.")),
    NotCheckedError: ("", _("Please note first how you made sure who asks.")),
    NotCarriedOutError: ("", _("This person is still stored. Erase them first.")),
    NotKnownError: (
        "how",
        _("ChatBo does not know that it was done. Do it first, or say how you did it."),
    ),
    CarriedOutError: (
        "",
        _("Something was done on this person already: whom it is about cannot be taken back."),
    ),
    ErasureBegunError: (
        "",
        _("The erasure has begun and is not stopped any more: this request can only be answered."),
    ),
    CopyUnderWayError: (
        "",
        _("A copy of this person's data is being made just now. Try again in a minute."),
    ),
    NotExtendedError: ("", _("The time was not extended.")),
    OtherKindError: ("", _("This request asks for something else.")),
    IllegalTransitionError: ("", _("Somebody was quicker: the request has gone on since.")),
}
"""The field that it is about, where the form has it, and what is said."""


def words_for(error: ByHandError) -> Any:
    return _WORDS[type(error)][1]


def tried(form: forms.Form, use_case: Callable[[], Any]) -> Any:
    """What the use case gives back; nothing where it refused, which the form says then."""
    try:
        return use_case()
    except ByHandError as error:
        field, words = _WORDS[type(error)]
        field = "received_on" if field == "on" and field not in form.fields else field
        form.add_error(field if field in form.fields else None, words)
        return None
