"""The page behind an invitation's link."""

from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from tenants.accounts.errors import (
    AddressTakenError,
    AlreadyMemberError,
    AnotherAddressError,
    InvitationError,
    LockedError,
)
from tenants.accounts.invitations import (
    Offer,
    accept_invitation,
    accounts_with,
    join_with_new_account,
    open_offer,
    owns_address,
)
from tenants.accounts.member_forms import NewAccountForm
from tenants.accounts.models import User


@never_cache
@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, since mail scanners look; pressing the button does."""
    try:
        with open_offer(token) as offer:
            if offer.tenant.is_closed:
                return _page(request, offer, is_locked=True)
            if request.user.is_authenticated:
                return _for_somebody(request, offer)
            if accounts_with(offer.invitation.email).exists():
                return _page(request, offer, login_url=_login_url(request))
            return _for_a_newcomer(request, offer)
    except LockedError:  # Since the page was shown: now it says so.
        return redirect(request.path)
    except InvitationError:
        return render(request, "tenants/accounts/invitation_invalid.html", status=410)


def _for_somebody(request: HttpRequest, offer: Offer) -> HttpResponse:
    user = cast(User, request.user)
    if request.method == "POST":
        try:
            accept_invitation(offer.invitation, user=user)
        except AnotherAddressError:
            return _page(request, offer, is_for_another=True)
        except AlreadyMemberError:
            messages.info(request, _("You are a member of this business already."))
        else:
            messages.success(request, _("Welcome!"))
        return redirect("dashboard:home", offer.tenant.slug)
    return _page(request, offer, is_for_another=not owns_address(user, offer.invitation.email))


def _for_a_newcomer(request: HttpRequest, offer: Offer) -> HttpResponse:
    form = NewAccountForm(request.POST or None, email=offer.invitation.email)
    if form.is_valid():
        try:
            user = join_with_new_account(
                offer.invitation,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                language=(get_language() or "de")[:2],
            )
        except AddressTakenError:
            return redirect(request.path)
        home = reverse("dashboard:home", args=[offer.tenant.slug])
        # The password was chosen just now: nobody is asked for it again.
        record_authentication(request, user, method="password")
        response: HttpResponse = perform_login(request, user, redirect_url=home)
        return response
    return _page(request, offer, form=form)


def _page(request: HttpRequest, offer: Offer, **more: object) -> HttpResponse:
    form = more.get("form")
    is_refused = bool(getattr(form, "is_bound", False)) or (
        request.method == "POST" and bool(more.get("is_for_another") or more.get("is_locked"))
    )
    context = {"invitation": offer.invitation, "tenant": offer.tenant, **more}
    return render(
        request,
        "tenants/accounts/invitation.html",
        context,
        status=422 if is_refused else 200,
    )


def _login_url(request: HttpRequest) -> str:
    return f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: request.path})}"
