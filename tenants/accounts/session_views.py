"""Ending one log-in of one's own."""

from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenants.accounts.models import User
from tenants.accounts.sessions import end_sessions


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """This one is ended by logging out; somebody else's is not to be found."""
    user = cast(User, request.user)
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    if not end_sessions(others.filter(pk=pk), user):
        raise Http404
    messages.success(request, _("This device is logged out."))
    return redirect("usersessions_list")
