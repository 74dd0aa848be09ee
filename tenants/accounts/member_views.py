"""A business's pages about its members."""

import uuid
from typing import cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.errors import (
    AlreadyMemberError,
    GoneError,
    InvitationError,
    LastOwnerError,
    NoSecondFactorError,
    NotEntitledError,
    TooManyInvitationsError,
)
from tenants.accounts.invitations import invite_member, resend_invitation, withdraw_invitation
from tenants.accounts.member_forms import (
    HandOverForm,
    InviteForm,
    RoleForm,
    SecondFactorForm,
    SupportForm,
)
from tenants.accounts.memberships import (
    change_membership,
    demand_second_factor,
    hand_over,
    members_without_factor,
    remove_member,
)
from tenants.accounts.models import Invitation, Membership, SupportGrant
from tenants.accounts.second_factors import come_back_here
from tenants.accounts.support import end_support, grant_support

MOST_SHOWN = 200
MOST_NAMED = 20


@require_safe
@tenant_page
def members(request: TenantRequest) -> HttpResponse:
    owners = Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True)
    is_last_owner = Membership.Role.OWNER in request.roles and owners.count() < 2
    context = {
        "is_owner": Membership.Role.OWNER in request.roles,
        "is_last_owner": is_last_owner,
        "members": Membership.objects.select_related("user")
        .annotate(has_factor=Exists(Authenticator.objects.filter(user_id=OuterRef("user_id"))))
        .order_by("created_at")[:MOST_SHOWN],
        "invitations": Invitation.objects.unanswered().order_by("-created_at")[:MOST_SHOWN],
        "grants": SupportGrant.objects.open(),
    }
    return TemplateResponse(request, "tenants/accounts/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def invite(request: TenantRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            invite_member(
                request.tenant,
                address=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                may_sign=form.cleaned_data["may_sign"],
                invited_by=request.user,
            )
        except AlreadyMemberError:
            form.add_error("email", _("This address belongs to a member already."))
        except TooManyInvitationsError:
            form.add_error(None, _("These were many invitations. Please go on in an hour."))
        else:
            messages.success(request, _("The invitation is on its way."))
            return _to_members(request)
    return _form_page(request, "tenants/accounts/invite.html", form)


@require_POST
@tenant_page
def resend(request: TenantRequest, invitation_id: uuid.UUID) -> HttpResponse:
    try:
        resend_invitation(get_object_or_404(Invitation, pk=invitation_id))
    except InvitationError:
        messages.error(request, _("This invitation was accepted or withdrawn meanwhile."))
    except TooManyInvitationsError:
        messages.error(request, _("These were many invitations. Please go on in an hour."))
    else:
        messages.success(request, _("The invitation is on its way again; the old link is dead."))
    return _to_members(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def withdraw(request: TenantRequest, invitation_id: uuid.UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    if request.method == "POST":
        withdraw_invitation(invitation)
        invitation.refresh_from_db()
    if invitation.accepted_at:
        messages.error(request, _("Too late: the invitation was accepted meanwhile."))
    elif invitation.withdrawn_at:
        messages.success(request, _("The invitation is withdrawn."))
    else:
        context = {"invitation": invitation}
        return TemplateResponse(request, "tenants/accounts/withdraw_invitation.html", context)
    return _to_members(request)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def change(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponse:
    membership = _member(membership_id)
    form = RoleForm(
        request.POST or None,
        initial={"role": membership.role, "may_sign": membership.may_sign},
    )
    if form.is_valid():
        try:
            change_membership(membership, **form.cleaned_data)
        except LastOwnerError:
            form.add_error("role", _("A business needs an owner: name another one first."))
        except GoneError:
            messages.error(request, _("Something has changed meanwhile. Please look again."))
            return _to_members(request)
        else:
            messages.success(request, _("Saved."))
            return _to_members(request)
    return _form_page(request, "tenants/accounts/member.html", form, member=membership)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def remove(request: TenantRequest, membership_id: uuid.UUID) -> HttpResponse:
    membership = _member(membership_id)
    if request.method == "POST":
        try:
            remove_member(membership)
        except LastOwnerError:
            messages.error(request, _("A business needs an owner: name another one first."))
        else:
            messages.success(request, _("The member is removed."))
        return _to_members(request)
    return TemplateResponse(request, "tenants/accounts/remove.html", {"member": membership})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def leave(request: TenantRequest) -> HttpResponse:
    if request.method == "POST":
        try:
            remove_member(cast(Membership, request.membership))
        except LastOwnerError:
            messages.error(
                request, _("You are the last owner: hand the business over before you leave.")
            )
            return _to_members(request)
        messages.success(
            request,
            _("You have left “%(company)s”.") % {"company": request.tenant.company},
        )
        return redirect("site:start")
    return TemplateResponse(request, "tenants/accounts/leave.html")


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def give(request: TenantRequest) -> HttpResponse:
    """Handing the business over to another member."""
    others = _active().exclude(user_id=request.user.pk)
    form = HandOverForm(request.POST or None, others=others)
    if form.is_valid():
        try:
            hand_over(request.tenant, giver=request.user, taker=form.cleaned_data["member"])
        except (GoneError, NotEntitledError):
            messages.error(request, _("Something has changed meanwhile. Please look again."))
        else:
            messages.success(request, _("Handed over. You are an editor now."))
        return _to_members(request)
    return _form_page(request, "tenants/accounts/hand_over.html", form, anybody=others.exists())


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def second_factor(request: TenantRequest) -> HttpResponse:
    """Demanding one of every member is asked first, with whom it meets."""
    if request.method != "POST":
        return _whether_to_demand(request)
    form = SecondFactorForm(request.POST)
    if not form.is_valid():
        return _to_members(request)
    demanded = form.cleaned_data["demanded"] == "yes"
    try:
        demand_second_factor(request.tenant, demanded=demanded, by=request.user)
    except NoSecondFactorError:
        return redirect("accounts:second_factor", request.tenant.slug)
    messages.success(request, _("Saved."))
    return _to_members(request)


def _whether_to_demand(request: TenantRequest) -> HttpResponse:
    if request.tenant.require_mfa:
        return _to_members(request)
    is_own_missing = not is_mfa_enabled(request.user)
    if is_own_missing:
        come_back_here(request)
    met = members_without_factor()
    context = {
        "form": SecondFactorForm(initial={"demanded": "yes"}),
        "is_own_missing": is_own_missing,
        "number": met.count(),
        "met": met.order_by("user__name")[:MOST_NAMED],
    }
    return TemplateResponse(request, "tenants/accounts/second_factor.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_page
def let_support_in(request: TenantRequest) -> HttpResponse:
    form = SupportForm(request.POST or None)
    if form.is_valid():
        grant_support(**form.cleaned_data, granted_by=request.user)
        messages.success(request, _("Our support can look in now. You can end it at any time."))
        return _to_members(request)
    return _form_page(request, "tenants/accounts/support.html", form)


@require_POST
@tenant_page
def end_support_grant(request: TenantRequest, grant_id: uuid.UUID) -> HttpResponse:
    end_support(get_object_or_404(SupportGrant, pk=grant_id))
    messages.success(request, _("Our support cannot look in any more."))
    return _to_members(request)


def _active() -> QuerySet[Membership]:
    return Membership.objects.select_related("user").filter(user__is_active=True)


def _member(membership_id: uuid.UUID) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), pk=membership_id)


def _to_members(request: TenantRequest) -> HttpResponse:
    return redirect("accounts:members", request.tenant.slug)


def _form_page(request: TenantRequest, template: str, form: object, **more: object) -> HttpResponse:
    is_bound = bool(getattr(form, "is_bound", False))
    return TemplateResponse(
        request, template, {"form": form, **more}, status=422 if is_bound else 200
    )
