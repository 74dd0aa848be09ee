"""The forms of the sign-up."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.encryption import InvalidTokenError
from consent.signup.shown import (
    Behind,
    Purpose,
    Texts,
    as_label,
    behind,
    open_shown,
    seal_shown,
    texts_to_show,
)
from consent.texts.versions import effects_since
from tenants.accounts.member_forms import NewAccountForm
from tenants.accounts.plausibility import one_line


class ConsentField(forms.BooleanField):
    """A box. Its whole ``text`` stands beside it; the short label, in the summary of errors."""

    text: SafeString = SafeString("")


class ConsentForm(forms.Form):
    """A form with boxes for texts in versions: ``texts`` are those that its page shows or showed.

    No box is ever ticked beforehand (CJEU C-673/17). When the page is older than twelve hours, the
    hidden field was altered, or a text has changed since so that it matters, the texts are shown
    anew and nothing counts as agreed.
    """

    purposes: tuple[Purpose, ...] = ()

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, language: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.is_stale = self.is_overtaken = False
        self.shown_at = timezone.now()
        self.texts, self.led_to = self._texts(language)
        for purpose in self.purposes:
            field = cast(ConsentField, self.fields[purpose.value])
            field.text = as_label(self.texts[purpose], self.led_to)

    def _texts(self, language: str) -> tuple[Texts, Behind]:
        if self.is_bound:
            try:
                texts, led_to, self.shown_at = open_shown(str(self.data.get("shown", "")))
                effects = effects_since([*texts.values(), *led_to.values()]).values()
                self.is_overtaken = any(effect.must_be_told for effect in effects)
                if set(texts) == set(self.purposes) and not self.is_overtaken:
                    return texts, led_to
            except InvalidTokenError:
                pass
            self.is_stale = True
        texts = texts_to_show(language, *self.purposes)
        led_to = behind(texts.values())
        self.initial["shown"] = seal_shown(texts, led_to)
        return texts, led_to

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.is_stale:
            # What is drawn again carries the seal of what it shows, and no tick.
            answered = {purpose.value for purpose in self.purposes}
            self.data = {name: self.data[name] for name in self.data if name not in answered}
            self.data["shown"] = self.initial["shown"]
            raise ValidationError(
                _("A text has changed while this page was open. Please read it and choose again.")
                if self.is_overtaken
                else _("The page was open for long. Please read the texts and choose again."),
                code="stale",
            )
        return cleaned


class SignupForm(ConsentForm):
    """All that is asked before the confirmation. ``way``: which button was pressed."""

    purposes = (Purpose.TERMS, Purpose.NEWSLETTER, Purpose.THIRD_PARTY)

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,  # as the database holds it (RFC 5321, 4.5.3.1.3)
        widget=forms.EmailInput(attrs={"autocomplete": "email", "required": True}),
    )
    terms = ConsentField(
        label=_("Terms of use"),
        error_messages={"required": _("Without the terms there is no contract to sign up for.")},
    )
    newsletter = ConsentField(label=_("Newsletter"), required=False)
    third_party = ConsentField(label=_("Storage at third parties"), required=False)
    ref = forms.SlugField(required=False, max_length=20, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.by_facebook and not cleaned.get("third_party"):
            self.add_error(
                "third_party",
                _("Facebook is contacted only if you agree: tick this box, or use e-mail."),
            )
        if not self.by_facebook and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Please enter your e-mail address."))
        return cleaned

    @property
    def by_facebook(self) -> bool:
        return self.data.get("way") == "facebook"


class FacebookLoginForm(ConsentForm):
    purposes = (Purpose.THIRD_PARTY,)

    third_party = ConsentField(
        label=_("Storage at third parties"),
        error_messages={"required": _("Facebook is contacted only if you agree: tick this box.")},
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class ConfirmForm(NewAccountForm):
    """Who the account is for; the password only where Facebook does not log in."""

    company = forms.CharField(
        label=_("Company"),
        max_length=160,
        validators=[one_line],
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    field_order = ("name", "company", "password")

    def __init__(self, *args: Any, needs_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_password:
            del self.fields["password"]
