"""Who may enter a page: the edges' one way into a scope.

    @tenant_page
    def bot_list(request: TenantRequest) -> HttpResponse: ...

A page is rendered inside the scope; outside of it, its tables would be empty.
"""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from chatbo.foundation.isolation import directory, platform_scope, tenant_scope, user_scope
from tenants.accounts.models import Membership, PlatformRole, Tenant, User

P = ParamSpec("P")


class TenantRequest(HttpRequest):
    """A request of a member, inside the tenant's scope."""

    user: User
    tenant: Tenant
    membership: Membership


class PlatformRequest(HttpRequest):
    """A request of somebody at ChatBo, inside the platform's scope."""

    user: User


def tenant_page(
    view: Callable[Concatenate[TenantRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let members of the tenant in the address in, within its scope; all others get a 404.

    A stranger cannot tell a tenant that exists from one that does not.
    """

    @login_required
    @functools.wraps(view)
    def inside(request: HttpRequest, tenant_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        entry = directory.find("slug", tenant_slug)
        if entry is None:
            raise Http404
        user = cast(User, request.user)
        with user_scope(user.pk), tenant_scope(entry.tenant_id):
            membership = Membership.objects.filter(
                tenant_id=entry.tenant_id, user_id=user.pk
            ).first()
            if membership is None:
                raise Http404
            request = cast(TenantRequest, request)
            request.membership = membership
            request.tenant = Tenant.objects.get(pk=entry.tenant_id)
            return _rendered(view(request, *args, **kwargs))

    return inside


def platform_page(
    *roles: PlatformRole,
) -> Callable[
    [Callable[Concatenate[PlatformRequest, P], HttpResponse]], Callable[..., HttpResponse]
]:
    """Let people of ChatBo with one of the roles in, over all tenants; all others get a 404.

    Without the second factor that ``REQUIRE_MFA`` demands of them they are led to its set-up.
    """

    def decorate(
        view: Callable[Concatenate[PlatformRequest, P], HttpResponse],
    ) -> Callable[..., HttpResponse]:
        @login_required
        @functools.wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = cast(User, request.user)
            if user.platform_role not in roles:
                raise Http404
            if "platform" in settings.REQUIRE_MFA and not is_mfa_enabled(user):
                messages.warning(request, _("Please set up a second factor first."))
                return redirect("mfa_index")
            with user_scope(user.pk), platform_scope(f"page: {view.__module__}.{view.__name__}"):
                return _rendered(view(cast(PlatformRequest, request), *args, **kwargs))

        return inside

    return decorate


def _rendered(response: HttpResponse) -> HttpResponse:
    if isinstance(response, TemplateResponse):
        response.render()
    return response
