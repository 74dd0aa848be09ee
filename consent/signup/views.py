"""Signing up: the form, the page behind the confirmation link, and a partner's link."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from chatbo.foundation.network import client_address, shortened
from consent.signup.application import Answer, Application
from consent.signup.confirmation import ask_to_confirm, is_known
from consent.signup.errors import (
    AlreadyOpenError,
    InvalidLinkError,
    MailFailedError,
)
from consent.signup.facebook.person import forget, recall
from consent.signup.facebook.provider import is_offered
from consent.signup.facebook.views import to_facebook_with
from consent.signup.forms import ConfirmForm, SignupForm
from consent.signup.opening import open_account
from consent.signup.shown import Purpose
from tenants.affiliates.referring import partner_of


@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form. It stores nothing, in no case: not a row, no session, and no cookie but Django's
    against forged requests, which is strictly necessary and names nobody (sec. 25(2) no. 2 TDDDG).
    """
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignupForm(
        request.POST if request.method == "POST" else None,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        initial={"ref": request.GET.get("ref", "")[:20]},
    )
    failed = False
    if form.is_valid():
        try:
            return _go_on(request, form)
        except MailFailedError:
            failed = True
    code = str(form["ref"].value() or "")
    return render(
        request,
        "consent/signup/form.html",
        {
            "form": form,
            "mail_failed": failed,
            "facebook": is_offered(),
            "partner": partner_of(code),
        },
        status=503 if failed else 422 if form.is_bound else 200,
    )


def _go_on(request: HttpRequest, form: SignupForm) -> HttpResponse:
    application = Application(
        email=form.cleaned_data["email"],
        language=translation.get_language() or settings.LANGUAGE_CODE,
        shown_at=form.shown_at,
        asked_at=timezone.now(),
        network=shortened(client_address(request)),
        answers={
            purpose: Answer(form.texts[purpose].pk, granted=form.cleaned_data[purpose.value])
            for purpose in form.purposes
        },
        code=form.cleaned_data["ref"],
        behind={key: text.pk for key, text in form.led_to.items()},
    )
    if form.by_facebook and is_offered():
        return to_facebook_with(request, application)
    ask_to_confirm(application)
    return redirect("signup:sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox. The same for every address, and it knows none."""
    return render(request, "consent/signup/sent.html")


@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link. Looking changes nothing, since mail scanners look; pressing does.

    A second visit is harmless: it leads to the log-in.
    """
    try:
        application = Application.unseal(token)
    except InvalidLinkError:
        return render(request, "consent/signup/invalid.html", status=410)
    if is_known(application.email):
        return _already_open(request)
    person = recall(request, application)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        email=application.email,
        needs_password=person is None,
        initial={"name": person.name if person else ""},
    )
    if form.is_valid():
        try:
            user, tenant = open_account(
                application,
                name=form.cleaned_data["name"],
                company=form.cleaned_data["company"],
                password=form.cleaned_data.get("password"),
                facebook=person,
                network=client_address(request),
            )
        except AlreadyOpenError:
            return _already_open(request)
        home = reverse("dashboard:home", args=[tenant.slug])
        if form.cleaned_data.get("password"):
            # Chosen just now: nobody is asked for it again.
            record_authentication(request, user, method="password")
        response: HttpResponse = perform_login(request, user, redirect_url=home)
        forget(response)
        return response
    return render(
        request,
        "consent/signup/confirm.html",
        {
            "form": form,
            "email": application.email,
            "newsletter": application.granted(Purpose.NEWSLETTER),
            "facebook": person,
            "facebook_lost": bool(application.facebook) and person is None,
            "partner": partner_of(application.code),
        },
        status=422 if form.is_bound else 200,
    )


def _already_open(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("This address is confirmed already: simply log in."))
    return redirect("account_login")


@require_safe
def follow_referral(request: HttpRequest, code: str) -> HttpResponse:
    """A partner's link. The code goes on in the address, never into a cookie."""
    address = reverse("account_signup")
    partner = partner_of(code)
    return redirect(f"{address}?{urlencode({'ref': partner.code})}" if partner else address)
