"""The forms about a business and about oneself."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from tenants.accounts.company import FIELDS, check_company
from tenants.accounts.models import Tenant, User
from tenants.accounts.plausibility import COUNTRIES, own_name


class CompanyForm(forms.ModelForm[Tenant]):
    """The business's facts. What is plausible is decided in ``company``, not here."""

    country = forms.ChoiceField(
        label=_("Country"), choices=[(code, country.name) for code, country in COUNTRIES.items()]
    )
    imprint_url = forms.URLField(
        label=_("Address of your imprint"),
        required=False,
        assume_scheme="https",
        help_text=_("It must name you as in your contracts. Without one, ChatBo hosts a page."),
    )
    privacy_url = forms.URLField(
        label=_("Address of your privacy policy"), required=False, assume_scheme="https"
    )

    class Meta:
        model = Tenant
        fields = FIELDS
        help_texts = {
            "register_number": _("For example: Amtsgericht Köln, HRB 12345."),
            "vat_id": _("For example: DE123456788. Leave it empty if you have none."),
            "representative": _("Who may sign for the business."),
            "data_protection_officer": _("Name and how to reach them, if you have one."),
        }

    def _post_clean(self) -> None:
        """Django's hook after the fields: our own rules instead of the model's."""
        for name, value in self.cleaned_data.items():
            setattr(self.instance, name, value)
        try:
            check_company(self.instance)
        except forms.ValidationError as error:
            self.add_error(None, error)

    def facts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class ConsentNetworkForm(forms.Form):
    """How much of a network address the records of consent keep, with what each choice means."""

    kept = forms.ChoiceField(
        label=_("What is kept of the network address"),
        widget=forms.RadioSelect,
        choices={
            Tenant.ConsentNetwork.SHORTENED: _(
                "Shortened (recommended): only the beginning, for example 203.0.113.0. It shows"
                " where in the network somebody came from, and leads to no single line."
            ),
            Tenant.ConsentNetwork.NONE: _(
                "None: the record then says what was shown and agreed to, and when, but not from"
                " where."
            ),
            Tenant.ConsentNetwork.FULL: _(
                "In full: it can lead to a single person. Choose this only if you can name a reason"
                " that needs it, for example because consents of your visitors are disputed."
            ),
        },
    )


class ProfileForm(forms.ModelForm[User]):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of the pages and of the e-mails to you."),
    )

    class Meta:
        model = User
        fields = ("name", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name"].validators.append(own_name)


class AddEmailForm(allauth_forms.AddEmailForm):
    """allauth's, which takes addresses that are longer than the database holds."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].widget.attrs.pop("placeholder", None)  # The label says it.
        self.fields["email"].validators.append(MaxLengthValidator(254))
