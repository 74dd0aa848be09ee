"""Ending one's own account: the dry run, and the button."""

from typing import cast

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consent.erasure.accounts.asking import end_account, refuse_who_is_needed
from consent.erasure.accounts.errors import LastAdminError, StillOwnerError
from consent.erasure.accounts.foreseeing import foresee_end
from tenants.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest) -> HttpResponse:
    """Who is needed is told why, and what to do; nobody else has to give a reason."""
    user = User.objects.get(pk=cast(User, request.user).pk)
    try:
        if request.method == "POST":
            ending = end_account(user)
            logout(request)
            return redirect("account_ending:status", ending.code)
        refuse_who_is_needed(user)
    except StillOwnerError as error:
        return _refused(request, tenants=error.tenants)
    except LastAdminError:
        return _refused(request, is_last_admin=True)
    return render(
        request, "consent/erasure/accounts/end.html", {"foreseen": foresee_end(user), "user": user}
    )


def _refused(request: HttpRequest, **why: object) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    return render(request, "consent/erasure/accounts/needed.html", why, status=status)
