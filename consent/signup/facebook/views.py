"""The way to Facebook, which begins with a consent, and the page for a missing address."""

import dataclasses
from datetime import timedelta

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from consent.signup.application import Application
from consent.signup.errors import InvalidLinkError
from consent.signup.facebook.adapter import ADDRESS_PURPOSE, TO_FACEBOOK_PURPOSE, mail_and_show
from consent.signup.facebook.provider import FacebookOAuth2Adapter, is_offered
from consent.signup.forms import AddressForm, FacebookLoginForm
from consent.signup.shown import Purpose

ON_THE_WAY = timedelta(minutes=10)
"""How long somebody may take at Facebook; as long lives the session that holds the state."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def facebook_login(request: HttpRequest) -> HttpResponse:
    """Ask for the consent; only a POST that carries it leads to Facebook. Otherwise 403.

    Who has an account is known only after asking Facebook, so the consent is asked each time.
    """
    if not is_offered():
        raise Http404
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = FacebookLoginForm(
        request.POST if request.method == "POST" else None,
        language=translation.get_language() or settings.LANGUAGE_CODE,
    )
    if form.is_valid():
        text = form.texts[Purpose.THIRD_PARTY]
        shown = form.shown_at.isoformat()
        asked = {"text": text.pk.hex, "shown": shown, "back": "account_login"}
        return to_facebook(request, asked)
    return render(
        request,
        "consent/signup/facebook/login.html",
        {"form": form, "refused": form.is_bound},
        status=403 if form.is_bound else 200,
    )


def facebook_callback(request: HttpRequest) -> HttpResponseBase:
    """Where Facebook sends people back to: allauth's, where there is an app that could have."""
    if not is_offered():
        raise Http404
    answer: HttpResponseBase = OAuth2CallbackView.adapter_view(FacebookOAuth2Adapter)(request)
    return answer


def to_facebook_with(request: HttpRequest, application: Application) -> HttpResponse:
    """Send an applicant to Facebook. The caller has their consent to it in the application."""
    return to_facebook(
        request,
        {
            "application": application.seal(TO_FACEBOOK_PURPOSE),
            "text": application.answers[Purpose.THIRD_PARTY].text_id.hex,
            "shown": application.shown_at.isoformat(),
            "code": application.code,
        },
    )


def to_facebook(request: HttpRequest, asked: dict[str, str]) -> HttpResponse:
    """A page that goes on to Facebook by itself.

    Not a redirect: browsers hold a form's redirects to ``form-action 'self'``, and the policy
    stays as strict as it is. ``asked`` waits, encrypted, in a session of ten minutes: OAuth
    needs one against forged answers (RFC 6749, 10.12), and the consent to it was just given.
    """
    request.session.set_expiry(ON_THE_WAY)
    provider = get_adapter().get_provider(request, "facebook")
    answer = provider.redirect(request, process="login", data=asked)
    return render(request, "consent/signup/facebook/leaving.html", {"url": answer.url})


@never_cache
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def facebook_address(request: HttpRequest, token: str) -> HttpResponse:
    """Facebook gave no address (or the mail to it failed): the person types one."""
    try:
        application = Application.unseal(token, ADDRESS_PURPOSE, max_age=timedelta(hours=1))
    except InvalidLinkError:
        return render(request, "consent/signup/invalid.html", status=410)
    form = AddressForm(request.POST or None, initial={"email": application.email})
    if form.is_valid():
        return mail_and_show(
            request, dataclasses.replace(application, email=form.cleaned_data["email"])
        )
    return render(request, "consent/signup/facebook/address.html", {"form": form})
