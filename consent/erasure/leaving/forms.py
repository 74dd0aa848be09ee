"""What an owner fills in who lets the business leave."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.erasure.leaving.models import TenantEnding


class LeavingForm(forms.Form):
    choice = forms.ChoiceField(
        label=gettext_lazy("What shall become of your data?"),
        choices=TenantEnding.Choice.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Either way a file with everything is made for you. Where you want your data back,"
            " nothing is deleted before that file is there."
        ),
    )
    name = forms.CharField(
        max_length=200, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, data: Mapping[str, Any] | None, *, company: str) -> None:
        super().__init__(data)
        self.fields["name"].label = _("Type the name to confirm: %(name)s") % {"name": company}
