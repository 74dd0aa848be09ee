"""One business, as ChatBo's administrators see it: who belongs to it, and whether it is locked."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from chatbo.foundation.isolation import tenant_scope
from consent.erasure.leaving.models import TenantEnding
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.errors import InvitationError, TooManyInvitationsError
from tenants.accounts.invitations import resend_invitation
from tenants.accounts.locking import lock_tenant, unlock_tenant
from tenants.accounts.models import Invitation, Membership, SupportGrant, Tenant

MOST_SHOWN = 200


class LockForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "The business reads this: what happened, and which term or law it goes against."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@platform_page
def tenant(request: PlatformRequest, tenant_id: uuid.UUID) -> HttpResponse:
    """A POST locks the business, or gives the lock another reason."""
    found = get_object_or_404(Tenant, pk=tenant_id)
    form = LockForm(request.POST or None, initial={"reason": found.lock_reason})
    if form.is_valid():
        lock_tenant(found, reason=form.cleaned_data["reason"])
        messages.success(request, _("Locked. The owners get the reason by mail."))
        return redirect("platform:tenant", found.pk)
    members = Membership.objects.filter(tenant_id=found.pk).select_related("user")
    invitations = Invitation.objects.filter(tenant_id=found.pk).unanswered()
    return TemplateResponse(
        request,
        "chatbo/dashboard/platform_tenant.html",
        {
            "tenant": found,
            "members": members.order_by("created_at")[:MOST_SHOWN],
            "invitations": invitations.order_by("-created_at")[:MOST_SHOWN],
            "grant": SupportGrant.objects.open().filter(tenant_id=found.pk).first(),
            "ending": TenantEnding.objects.unfinished().filter(tenant_id=found.pk).first(),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


@require_POST
@platform_page
def unlock(request: PlatformRequest, tenant_id: uuid.UUID) -> HttpResponse:
    unlock_tenant(get_object_or_404(Tenant, pk=tenant_id))
    messages.success(request, _("Open again. The owners are told by mail."))
    return redirect("platform:tenant", tenant_id)


@require_POST
@platform_page
def resend(
    request: PlatformRequest, tenant_id: uuid.UUID, invitation_id: uuid.UUID
) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=invitation_id, tenant_id=tenant_id)
    try:
        with tenant_scope(tenant_id):
            resend_invitation(invitation)
    except InvitationError:
        messages.error(request, _("This invitation was accepted or withdrawn meanwhile."))
    except TooManyInvitationsError:
        messages.error(request, _("These were many invitations. Please go on in an hour."))
    else:
        messages.success(request, _("The invitation is on its way again; the old link is dead."))
    return redirect("platform:tenant", tenant_id)
