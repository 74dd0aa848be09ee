"""What becomes of somebody who comes back from Facebook."""

import dataclasses
import secrets
import uuid
from datetime import datetime
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from chatbo.foundation.network import client_address
from consent.signup.application import Application
from consent.signup.confirmation import ask_to_confirm
from consent.signup.errors import InvalidLinkError, MailFailedError
from consent.signup.facebook.consents import keep_third_party_consent
from consent.signup.facebook.person import FacebookPerson, remember

ADDRESS_PURPOSE = "signup-address"
TO_FACEBOOK_PURPOSE = "signup-to-facebook"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Hooks into allauth's social log-in. It never opens an account: our confirmation does."""

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: Any) -> Any:
        sociallogin.user.name = data.get("name") or ""
        sociallogin.user.email = (data.get("email") or "").strip().lower()
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Log in where an account is linked; otherwise leave allauth for our confirmation."""
        asked = sociallogin.state.get("data") or {}
        if sociallogin.is_existing:
            keep_third_party_consent(
                sociallogin.user,
                text_id=uuid.UUID(asked["text"]),
                shown_at=datetime.fromisoformat(asked["shown"]),
                network=client_address(request),
            )
            request.session.set_expiry(None)  # It was cut short for the way to Facebook.
            return
        request.session.flush()
        if not asked.get("application"):
            messages.info(
                request,
                _(
                    "No account is linked with this Facebook profile yet, and nothing was stored."
                    " Log in with your password, or sign up here."
                ),
            )
            raise ImmediateHttpResponse(redirect("account_signup"))
        raise ImmediateHttpResponse(_go_on(request, sociallogin, asked["application"]))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Back to where it began. Nothing was stored, and the page says so."""
        state = (extra_context or {}).get("state") or {}
        asked = state.get("data") or {}
        if not request.user.is_authenticated:
            request.session.flush()
        if error == AuthError.CANCELLED:
            messages.info(
                request, _("You stopped at Facebook. Nothing was stored; choose another way here.")
            )
        else:
            messages.warning(
                request,
                _("Facebook could not be reached or gave no usable answer. Nothing was stored."),
            )
        back = reverse(asked.get("back", "account_signup"))
        if code := asked.get("code"):
            back = f"{back}?{urlencode({'ref': code})}"
        raise ImmediateHttpResponse(redirect(back))


def _go_on(request: HttpRequest, sociallogin: SocialLogin, token: str) -> HttpResponse:
    """To the mail confirmation, like everybody: Facebook vouches for no address.

    What the person typed themselves goes before what Facebook knows; without either we ask.
    """
    try:
        application = Application.unseal(token, TO_FACEBOOK_PURPOSE)
    except InvalidLinkError:
        return redirect("account_signup")
    person = FacebookPerson(
        uid=sociallogin.account.uid, name=sociallogin.user.name, key=secrets.token_urlsafe(16)
    )
    application = dataclasses.replace(
        application,
        email=application.email or sociallogin.user.email,
        facebook=person.key,
    )
    if application.email:
        response = mail_and_show(request, application)
    else:
        response = redirect("facebook_address", application.seal(ADDRESS_PURPOSE))
    remember(response, person)
    return response


def mail_and_show(request: HttpRequest, application: Application) -> HttpResponse:
    """Send the confirmation, and the browser to the page that says so."""
    try:
        ask_to_confirm(application)
    except MailFailedError:
        messages.error(
            request, _("The e-mail could not be sent. Nothing was stored; please try again.")
        )
        return redirect("facebook_address", application.seal(ADDRESS_PURPOSE))
    return redirect("signup:sent")
