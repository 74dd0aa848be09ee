"""The settings of a business, and of oneself."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.company import change_company
from tenants.accounts.consent_network import choose_consent_network
from tenants.accounts.forms import CompanyForm, ConsentNetworkForm, ProfileForm
from tenants.accounts.languages import speak
from tenants.accounts.legal_pages import logo_url
from tenants.accounts.models import Tenant, User
from tenants.accounts.people import change_profile


@require_http_methods(["GET", "POST"])
@tenant_page
def company_settings(request: TenantRequest) -> HttpResponse:
    # An instance of its own: the page's frame goes on showing what is stored.
    stored = Tenant.objects.get(pk=request.tenant.pk)
    form = CompanyForm(request.POST or None, instance=stored)
    if form.is_valid():
        change_company(request.tenant, facts=form.facts())
        messages.success(request, _("Saved."))
        return redirect("accounts:settings", request.tenant.slug)
    return TemplateResponse(
        request,
        "tenants/accounts/settings.html",
        {
            "form": form,
            "network_form": ConsentNetworkForm(initial={"kept": stored.consent_network}),
            "logo_url": logo_url(request.tenant),
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@tenant_page
def choose_network(request: TenantRequest) -> HttpResponse:
    form = ConsentNetworkForm(request.POST)
    if form.is_valid():
        choice = Tenant.ConsentNetwork(form.cleaned_data["kept"])
        choose_consent_network(request.tenant, choice)
        messages.success(
            request,
            _("Saved. If you copied the privacy passage into your website, copy it again."),
        )
    else:
        messages.error(request, _("Please choose one of the three."))
    return redirect("accounts:settings", request.tenant.slug)


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if form.is_valid():
        user = change_profile(
            user, name=form.cleaned_data["name"], language=form.cleaned_data["language"]
        )
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        response = redirect("account_profile")
        speak(response, user.language)
        return response
    return render(
        request,
        "tenants/accounts/profile.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )
