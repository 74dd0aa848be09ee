"""The pages on which somebody proves again who they are, beside allauth's."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import BaseReauthenticateView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenants.accounts.deeds import deed_at
from tenants.accounts.mailed_codes import (
    NoCodeError,
    NoMailboxError,
    WrongCodeError,
    is_code_out,
    mail_code,
    use_code,
)
from tenants.accounts.models import User
from tenants.accounts.reauthentication import MAILED_CODE, ask_again, is_recent, what_was_sent


class MailedCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code from the e-mail"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        try:
            use_code(cast(User, self.request.user), self.request.session, typed=typed)
        except WrongCodeError as error:
            raise forms.ValidationError(
                ngettext(
                    "This is not the code from the newest e-mail. You have one more try.",
                    "This is not the code from the newest e-mail. You have %(left)s more tries.",
                    error.left,
                )
                % {"left": error.left}
            ) from None
        except NoCodeError:
            raise forms.ValidationError(
                _("This code does not count any more. Please ask for a new one.")
            ) from None
        return typed


@method_decorator([never_cache, login_required], name="dispatch")
class ReauthenticateByCodeView(BaseReauthenticateView):
    """allauth's page for the other ways leads whoever has a password away from here."""

    form_class = MailedCodeForm
    template_name = "account/reauthenticate_code.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        record_authentication(
            self.request, cast(User, self.request.user), method=MAILED_CODE, reauthenticated=True
        )
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"is_code_out": is_code_out(self.request.session)}


class ReauthenticateByPasskeyView(ReauthenticateWebAuthnView):
    """allauth's page leads whoever fails to the log-in, and from there away."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        again: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return again


@require_POST
@login_required
def send_code(request: HttpRequest) -> HttpResponse:
    """Mail a code, to who has no other way to prove who they are."""
    page = reverse("account_reauthenticate_code")
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    if page in {way["url"] for way in ways}:
        try:
            mail_code(cast(User, request.user), request.session)
        except NoMailboxError:
            messages.error(request, _("Please confirm your e-mail address first."))
            return redirect("account_email")
    if back := get_next_redirect_url(request):
        page = f"{page}?{urlencode({REDIRECT_FIELD_NAME: back})}"
    return redirect(page)


@require_safe
@never_cache
@login_required
def continue_with(request: HttpRequest) -> HttpResponse:
    """What was sent too late, to be sent by the press of a button now that it is certain who.

    A file is offered the same way: its own address still asks for the fresh proof.
    """
    sent = what_was_sent(request)
    if sent is None:
        messages.info(request, _("Nothing waits to be sent any more. Please begin again."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    if not is_recent(request):
        return ask_again(request, back=request.path)
    return render(request, "account/continue.html", {"sent": sent, "deed": deed_at(sent.path)})
