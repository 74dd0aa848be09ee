"""The form of the page of connected accounts, in place of allauth's."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.socialaccount.forms import DisconnectForm as LibraryForm
from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _

from chatbo.foundation.network import client_address
from consent.signup.facebook.disconnecting import (
    confirmed_address,
    is_only_way_in,
    withdraw_facebook,
)
from consent.signup.facebook.sentences import said_of_disconnecting


class DisconnectForm(LibraryForm):
    """Removing the connection withdraws the consent to it; allauth's would refuse those who have
    no password, whom we mail one to set."""

    is_only_way_in: bool

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.is_only_way_in = is_only_way_in(self.request.user)

    def clean(self) -> dict[str, object]:
        if self.is_only_way_in and not confirmed_address(self.request.user):
            raise forms.ValidationError(
                _("Confirm an e-mail address first: without Facebook you could not get in.")
            )
        return forms.Form.clean(self) or {}

    def save(self) -> None:
        raise_if_reauthentication_required(self.request, app="allauth.socialaccount")
        withdraw_facebook(
            self.request.user,
            form=_("Disconnect and withdraw the consent"),
            network=client_address(self.request),
        )
        messages.success(self.request, said_of_disconnecting(was_only_way=self.is_only_way_in))
