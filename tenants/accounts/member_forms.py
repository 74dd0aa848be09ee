"""The forms about who belongs to a business."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.accounts.models import Membership, User
from tenants.accounts.plausibility import own_name

WHAT_ROLES_DO = {
    Membership.Role.OWNER: _("Everything, members and contracts included."),
    Membership.Role.EDITOR: _("Bots, conversion tools and the privacy passage."),
    Membership.Role.DPO: _("Reads consents, erasures and contracts; starts exports and erasures."),
    Membership.Role.VIEWER: _("Looks at bots and tools, and changes nothing."),
}


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[],
        widget=forms.RadioSelect,
        initial=Membership.Role.VIEWER,
    )
    may_sign = forms.BooleanField(
        label=_("May sign contracts for the business"),
        help_text=_("Owners may anyway. Name only who is entitled to act for your company."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [
            (
                value,
                _("%(role)s: %(what)s")
                % {"role": str(label).capitalize(), "what": WHAT_ROLES_DO[Membership.Role(value)]},
            )
            for value, label in Membership.Role.choices
        ]


class InviteForm(RoleForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Only whoever reads this mailbox can accept. The link works for a week."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("email", "role", "may_sign")


class HandOverForm(forms.Form):
    """To whom: any other member who can log in; and that it is meant."""

    member = forms.ModelChoiceField(
        label=_("The new owner"), queryset=Membership.objects.none(), empty_label="–"
    )
    meant = forms.BooleanField(
        label=_("I hand over all rights. Only the new owner can give them back to me.")
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["member"]
        field.queryset = others
        field.label_from_instance = lambda member: f"{member.user.name} ({member.user.email})"


class SecondFactorForm(forms.Form):
    """Whether every member needs one."""

    demanded = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)


class SupportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is it about?"),
        help_text=_("Our support reads this. Please name no persons."),
        max_length=200,
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        coerce=int,
        choices=[(1, _("one day")), (3, _("three days")), (7, _("a week"))],
        initial=1,
    )


class NewAccountForm(forms.Form):
    """Who a new account is for; its address, ``email``, is confirmed already."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[own_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters. A sentence is easy to remember."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
