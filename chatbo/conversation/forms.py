"""What a member types in to connect a channel."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    token = forms.CharField(
        label=_("Token"),
        max_length=500,
        # A credential: never shown again, never offered by the browser's memory.
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It is stored encrypted, and never shown again."),
    )
