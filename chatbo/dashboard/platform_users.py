"""Everybody who can log in, and what they are at ChatBo itself."""

import uuid

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatbo.dashboard.platform_tables import UserTable
from chatbo.foundation.pages import show_page
from chatbo.foundation.searching import finds_people, searched_person
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.errors import OwnRoleError
from tenants.accounts.models import Membership, PlatformRole, Tenant, User
from tenants.accounts.people import grant_platform_role
from tenants.accounts.sessions import end_all_sessions


class PlatformRoleForm(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("Role at ChatBo"),
        choices=[(role.value or "none", role.label) for role in PlatformRole],
        widget=forms.RadioSelect,
    )


@require_safe
@platform_page
@finds_people("platform:users")
def users(request: PlatformRequest) -> HttpResponse:
    words = searched_person(request)
    shown = _with_places(User.objects.all())
    if words:
        shown = shown.filter(Q(email__icontains=words) | Q(name__icontains=words))
    table = UserTable(shown, search=words)
    show_page(request, table, rows=25)
    return TemplateResponse(request, "chatbo/dashboard/platform_users.html", {"table": table})


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def user(request: PlatformRequest, user_id: uuid.UUID) -> HttpResponse:
    """One user. A POST gives them another role at ChatBo."""
    found = get_object_or_404(User, pk=user_id)
    form = PlatformRoleForm(request.POST or None, initial={"role": found.platform_role or "none"})
    if form.is_valid():
        try:
            said = form.cleaned_data["role"]
            role = PlatformRole.NONE if said == "none" else PlatformRole(said)
            grant_platform_role(found, role=role, granted_by=request.user)
        except OwnRoleError:
            messages.error(request, _("Nobody changes their own role: ask a colleague."))
        else:
            messages.success(request, _("Saved."))
        return redirect("platform:user", found.pk)
    places = Membership.objects.filter(user=found)
    return TemplateResponse(
        request,
        "chatbo/dashboard/platform_user.html",
        {
            "person": found,
            "tenants": Tenant.objects.filter(pk__in=places.values("tenant_id")).order_by("company"),
            "has_second_factor": Authenticator.objects.filter(user=found).exists(),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@platform_page
def end_sessions(request: PlatformRequest, user_id: uuid.UUID) -> HttpResponse:
    """Log somebody out on every device: a lost telephone, a session in a stranger's hands."""
    person = get_object_or_404(User, pk=user_id)
    if end_all_sessions(person, ended_by=request.user):
        messages.success(request, _("Logged out on every device."))
    else:
        messages.info(request, _("Nobody is logged in with this account."))
    return redirect("platform:user", person.pk)


def _with_places(users: QuerySet[User]) -> QuerySet[User]:
    """With ``places`` (in how many businesses) and ``has_second_factor``."""
    places = (
        Membership.objects.filter(user_id=OuterRef("pk"))
        .values("user_id")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return users.annotate(
        places=Coalesce(Subquery(places), 0, output_field=IntegerField()),
        has_second_factor=Exists(Authenticator.objects.filter(user_id=OuterRef("pk"))),
    )
