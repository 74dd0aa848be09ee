"""What a member types in about a recipient. The rules are the use cases'."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.countries import countries_of_the_eea
from chatbo.foundation.outbound import FetchError, check_address


class RecipientForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("It stands in your privacy passage and your record of processing."),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("Where your system takes notices, beginning with https://"),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=countries_of_the_eea,
        help_text=_("Where the system stands. We pass nothing on outside the EU and the EEA."),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            return check_address(url)
        except FetchError as error:
            raise forms.ValidationError(
                _(
                    "This is no address that we open. It begins with https://, has a name and no"
                    " number, no port, and no user name or password in it."
                ),
                code="form",
            ) from error
