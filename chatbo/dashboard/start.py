"""The page after the log-in: it knows where somebody belongs and sends them there."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatbo.foundation.isolation import user_scope
from tenants.accounts.belonging import tenants_of
from tenants.accounts.models import PlatformRole, User
from tenants.affiliates.models import Partner


@require_safe
@never_cache
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """To one's business; with several places, a choice; with none, a page that says so."""
    user = cast(User, request.user)
    with user_scope(user.pk):
        tenants = list(tenants_of(user))
    is_partner = Partner.objects.filter(user_id=user.pk).exists()
    is_platform = user.platform_role != PlatformRole.NONE
    match (len(tenants), is_partner, is_platform):
        case (1, False, False):
            return redirect("dashboard:home", tenants[0].slug)
        case (0, True, False):
            return redirect("partner:home")
        case (0, False, True):
            return redirect("platform:home")
    return render(
        request,
        "chatbo/dashboard/start.html",
        {"tenants": tenants, "is_partner": is_partner, "is_platform": is_platform},
    )
