"""Who may enter a page: the edges' one way into a scope.

    @tenant_page
    def bot_list(request: TenantRequest) -> HttpResponse: ...

Which roles are let in stands in ``roles``, a line an address. A page is rendered inside the scope;
outside of it, its tables would be empty.
"""

import functools
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Concatenate, ParamSpec, cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import directory, platform_scope, tenant_scope, user_scope
from chatbo.foundation.requests import too_many_requests
from chatbo.foundation.turns import take_turn
from tenants.accounts.belonging import tenants_of
from tenants.accounts.models import Membership, PlatformRole, SupportGrant, Tenant, User
from tenants.accounts.reauthentication import demand_recent
from tenants.accounts.roles import GUEST, Door, door_of, name_of, roles_of
from tenants.accounts.second_factors import lead_to_set_up

P = ParamSpec("P")

FILE_TAKES_SECONDS = 60
"""After which whoever wants the same file again may come back, while it is made for somebody."""


class TenantRequest(HttpRequest):
    """A request of a member, inside the tenant's scope. ``membership`` is a guest's: none.

    ``tenants``: all that the user belongs to, for the switcher. ``support_grant``: the one that
    lets ChatBo's support look in just now.
    """

    user: User
    tenant: Tenant
    tenants: list[Tenant]
    membership: Membership | None
    support_grant: SupportGrant | None
    roles: frozenset[str]


class PlatformRequest(HttpRequest):
    """A request of somebody at ChatBo, inside the platform's scope."""

    user: User
    roles: frozenset[str]


def tenant_page(
    view: Callable[Concatenate[TenantRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let members in whose role the table admits, within their tenant's scope.

    Others, and support without the tenant's leave, get a 404: a stranger cannot tell a tenant
    that exists from one that does not, nor by the time it takes, as only the stranger's own are
    looked through. A member whose role is not enough gets a 403.
    """

    @login_required
    @functools.wraps(view)
    def inside(
        request: HttpRequest, tenant_slug: str, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        door = door_of(request)
        request = cast(TenantRequest, request)
        with ExitStack() as scopes:
            scopes.enter_context(user_scope(request.user.pk))
            request.tenants = list(tenants_of(request.user))
            mine = {tenant.slug: tenant for tenant in request.tenants}.get(tenant_slug)
            tenant_id = mine.pk if mine else _where_support_may_be(request.user, tenant_slug)
            scopes.enter_context(tenant_scope(tenant_id))
            request.tenant = mine or Tenant.objects.get(pk=tenant_id)
            request.roles = _receive(request)
            if not door.admits(request.roles, request.method or ""):
                raise PermissionDenied
            _note_guest(request)
            return _rendered(_held_up(request, door) or view(request, *args, **kwargs))

    return inside


def platform_page(
    view: Callable[Concatenate[PlatformRequest, P], HttpResponse],
) -> Callable[..., HttpResponseBase]:
    """Let people of ChatBo in whose role the table admits, over all tenants; others get a 404."""

    @login_required
    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        door = door_of(request)
        request = cast(PlatformRequest, request)
        request.roles = frozenset({request.user.platform_role})
        if not door.admits(request.roles, request.method or ""):
            raise Http404
        if is_second_factor_missing(request.user):
            return lead_to_set_up(request)
        with (
            user_scope(request.user.pk),
            platform_scope(f"page: {view.__module__}.{view.__name__}"),
        ):
            if door.demands_fresh(request.method or "") and (asked := demand_recent(request)):
                return asked
            return _rendered(view(request, *args, **kwargs))

    return inside


def is_second_factor_missing(user: User, tenant: Tenant | None = None) -> bool:
    """Whether ChatBo (``REQUIRE_MFA``) or the tenant demands a factor that the user lacks."""
    is_demanded = (tenant is not None and tenant.require_mfa) or (
        "platform" in settings.REQUIRE_MFA and user.platform_role != PlatformRole.NONE
    )
    return is_demanded and not is_mfa_enabled(user)


def _where_support_may_be(user: User, slug: str) -> uuid.UUID:
    """The tenant that only ChatBo's support could be let into; a 404 for everybody else."""
    is_support = user.platform_role == PlatformRole.SUPPORT
    entry = directory.find("slug", slug) if is_support else None
    if entry is None:
        raise Http404
    return entry.tenant_id


def _receive(request: TenantRequest) -> frozenset[str]:
    """What somebody is in this tenant: by membership, or as support that the tenant let in."""
    request.membership = Membership.objects.filter(user_id=request.user.pk).first()
    request.support_grant = SupportGrant.objects.open().first()
    if request.membership is not None:
        return roles_of(request.membership, request.user)
    if request.user.platform_role == PlatformRole.SUPPORT and request.support_grant:
        return frozenset({GUEST})
    raise Http404


def _held_up(request: TenantRequest, door: Door) -> HttpResponse | None:
    """What has to come before the page: a second factor, ChatBo's unlocking, a fresh proof."""
    if is_second_factor_missing(request.user, request.tenant):
        return lead_to_set_up(request)
    if request.tenant.is_closed and not door.is_open_when_locked(request.method or ""):
        return TemplateResponse(request, "tenants/accounts/locked.html", status=403)
    if door.demands_fresh(request.method or "") and (asked := demand_recent(request)):
        return asked
    # A list of everything keeps a process busy: of one business one at a time, not all of them.
    if door.file_of and not take_turn(name_of(request), request.tenant.pk):
        return too_many_requests(request, FILE_TAKES_SECONDS)
    return None


def _note_guest(request: TenantRequest) -> None:
    """Each page that support opens stands in the tenant's own audit log."""
    if GUEST in request.roles:
        record("support.looked", target=request.tenant, details={"page": name_of(request)})


def _rendered(response: HttpResponseBase) -> HttpResponseBase:
    if isinstance(response, TemplateResponse):
        response.render()
    return response
