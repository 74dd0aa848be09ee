"""The form for texts that have changed, and what stands on its page about each."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token, sealed_at
from consent.signup.changed_texts import PRIVACY, TERMS, ChangedText
from consent.signup.shown import SHOWN_FOR, Purpose, as_label, behind
from consent.texts.parts import changed_parts
from consent.texts.published import address_of

CHANGED_MEANWHILE = gettext_lazy(
    "A text has changed while this page was open. Please read it and choose again."
)
_PURPOSE = "changed-texts"


class ChangesForm(forms.Form):
    """A choice for each text that is asked about, none made beforehand; the rest is only told."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        user_id: uuid.UUID,
        changes: list[ChangedText],
        facebook_is_only_way: bool = False,
    ) -> None:
        super().__init__(data)
        self.user_id = user_id
        self.changes = changes
        self.shown_at = timezone.now()
        self.initial["shown"] = _sealed(changes, user_id)
        for change in changes:
            if change.is_asked:
                self.fields[change.name] = forms.TypedChoiceField(
                    label=_("Your choice: %(text)s") % {"text": change.now.title},
                    choices=choices_for(change),
                    coerce=lambda said: said == "yes",
                    widget=forms.RadioSelect,
                    error_messages={"required": _("Please choose one of the two.")},
                    help_text=_only_way_in()
                    if facebook_is_only_way and change.purpose == Purpose.THIRD_PARTY
                    else "",
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            shown, self.shown_at = _unsealed(str(self.data.get("shown", "")), self.user_id)
        except InvalidTokenError:
            shown = set()
        if not {change.now.pk for change in self.changes} <= shown:
            self.show_afresh()
            raise ValidationError(CHANGED_MEANWHILE)
        return cleaned

    def show_afresh(self) -> None:
        """What is drawn again carries the seal of what it shows, and nothing chosen."""
        self.data = {"shown": self.initial["shown"]}

    def parts(self) -> list[tuple[ChangedText, SafeString, Any]]:
        """Each text with what stands there, and the field to choose in, if there is one."""
        return [
            (change, as_shown(change), self[change.name] if change.is_asked else None)
            for change in self.changes
        ]

    def as_recorded(self) -> dict[uuid.UUID, SafeString]:
        """What stood there about each version, with its question and the answers to choose from."""
        return {
            change.now.pk: as_shown(change) + _as_asked(self.fields[change.name])
            if change.is_asked
            else as_shown(change)
            for change in self.changes
        }


def _as_asked(field: Any) -> SafeString:
    """A choice as it can be read later, without the controls to make it."""
    return format_html(
        "<p>{}</p>\n<ul>{}</ul>\n<p>{}</p>",
        field.label,
        format_html_join("", "<li>{}</li>", ((words,) for _said, words in field.choices)),
        field.help_text,
    )


def _only_way_in() -> str:
    return _(
        "Facebook is your only way in so far. Once it is disconnected, we send you an e-mail with"
        " a link to set a password."
    )


def choices_for(change: ChangedText) -> list[tuple[str, str]]:
    """What each answer means, in its own words."""
    match change.purpose:
        case Purpose.NEWSLETTER:
            return [("yes", _("Yes, go on sending")), ("no", _("No, send me nothing any more"))]
        case Purpose.THIRD_PARTY:
            return [
                ("yes", _("Yes, I go on logging in with Facebook")),
                ("no", _("No, disconnect Facebook")),
            ]
    return [
        ("yes", _("I agree to this version")),
        (
            "no",
            _("I do not agree: version %(number)s, which I agreed to, goes on applying")
            % {"number": change.seen.number},
        ),
    ]


def as_shown(change: ChangedText) -> SafeString:
    """What stands on the page about one text, and in the ledger (``as_recorded``)."""
    is_page = change.now.key in {TERMS, PRIVACY}
    return render_to_string(
        "consent/signup/changed_text.html",
        {
            "change": change,
            "parts": changed_parts(change.seen.body, change.now.body) if is_page else None,
            "words": None if is_page else as_label(change.now, behind([change.now])),
            "url": address_of(change.now) if is_page else "",
            "url_so_far": address_of(change.seen) if is_page else "",
        },
    )


def _sealed(changes: list[ChangedText], user_id: uuid.UUID) -> str:
    said = {"user": user_id.hex, "texts": [change.now.pk.hex for change in changes]}
    return seal_token(said, purpose=_PURPOSE)


def _unsealed(token: str, user_id: uuid.UUID) -> tuple[set[uuid.UUID], datetime]:
    """What this user's own page showed: another's proves nothing of what this one read."""
    data = open_token(token, purpose=_PURPOSE, max_age=SHOWN_FOR)
    if data.get("user") != user_id.hex:
        raise InvalidTokenError
    return {uuid.UUID(each) for each in data["texts"]}, sealed_at(token, purpose=_PURPOSE)
