"""Who may enter the partners' pages."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chatbo.foundation.isolation import partner_scope, user_scope
from tenants.accounts.models import User
from tenants.accounts.roles import PARTNER, door_of
from tenants.affiliates.models import Partner

P = ParamSpec("P")


class PartnerRequest(HttpRequest):
    """A request of an affiliate partner, inside the partner's scope."""

    user: User
    partner: Partner
    roles: frozenset[str]


def partner_page(
    view: Callable[Concatenate[PartnerRequest, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Let affiliate partners in, each to their own referrals; all others get a 404."""

    @login_required
    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = cast(User, request.user)
        partner = Partner.objects.filter(user=user).first()
        if partner is None:
            raise Http404
        request = cast(PartnerRequest, request)
        request.partner = partner
        request.roles = frozenset({PARTNER})
        if not door_of(request).admits(request.roles, request.method or ""):
            raise Http404
        with user_scope(user.pk), partner_scope(partner.pk):
            response = view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()  # Outside of the scope the table would be empty.
            return response

    return inside
