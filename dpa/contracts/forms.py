"""What people type in about contracts. The rules are the use cases'; here they get words."""

from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.countries import EEA
from dpa.contracts.company import CompanyData
from tenants.accounts.models import Tenant

PROBLEMS = {
    "missing": _("This is needed in the contract."),
    "malformed": _("This does not look right. Please check it."),
    "unknown": _("Please choose one of the list."),
    "register_missing": _("Companies of this legal form stand in a register: court and number."),
}


def _countries() -> list[tuple[str, str]]:
    """Germany first, then its neighbours in law, by their names in the active language."""
    names = Locale.parse((get_language() or "de")[:2]).territories
    others = sorted({*EEA, "CH"} - {"DE"}, key=lambda code: str(names[code]))
    return [(code, str(names[code])) for code in ["DE", *others]]


class CompanyForm(forms.Form):
    """The controller's data, as it will stand in the contract."""

    company = forms.CharField(label=_("Company"), max_length=160)
    legal_form = forms.ChoiceField(
        label=_("Legal form"), choices=[("", "–"), *Tenant.LegalForm.choices]
    )
    street = forms.CharField(label=_("Street and number"), max_length=160)
    postal_code = forms.CharField(label=_("Postal code"), max_length=10)
    city = forms.CharField(label=_("City"), max_length=100)
    country = forms.ChoiceField(label=_("Country"), choices=_countries)
    register_number = forms.CharField(
        label=_("Register court and number"),
        max_length=120,
        required=False,
        help_text=_("As “Amtsgericht Leipzig, HRB 12345”. Sole proprietors often have none."),
    )
    vat_id = forms.CharField(label=_("VAT id"), max_length=20, required=False)
    representative = forms.CharField(
        label=_("Represented by"),
        max_length=120,
        help_text=_("First and last name of whoever may sign for the company."),
    )
    representative_function = forms.CharField(
        label=_("Function"), max_length=80, help_text=_("As “managing director” or “owner”.")
    )
    contact_email = forms.EmailField(
        label=_("E-mail address for data protection"),
        help_text=_("Here we report a breach of data protection, should there ever be one."),
    )
    contact_phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    data_protection_officer = forms.CharField(
        label=_("Data protection officer"),
        max_length=200,
        required=False,
        help_text=_("Name and e-mail address, if you have appointed one."),
    )
    instructors = forms.CharField(
        label=_("Who else may give us instructions"),
        max_length=200,
        required=False,
        help_text=_("Names, separated by commas. The person above may in any case."),
    )
    language = forms.ChoiceField(
        label=_("Language of the contract"), choices=settings.LANGUAGES, initial="de"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for field, code in CompanyData.from_values(cleaned).problems().items():
                self.add_error(field, PROBLEMS[code])
        return cleaned


class SignForm(forms.Form):
    """Signing: the name is typed, the reading and the power to sign are confirmed."""

    read_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = forms.CharField(label=_("Your name"), max_length=120)
    function = forms.CharField(label=_("Your function in the company"), max_length=80)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    has_read = forms.BooleanField(label=_("I have read the contract as PDF."))
    authority = forms.BooleanField()

    def __init__(self, *args: Any, authority_text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authority"].label = authority_text


class RejectForm(forms.Form):
    """Sending a contract back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The customer gets these words by mail. Say what to change."),
    )
