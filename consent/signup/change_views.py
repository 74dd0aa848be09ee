"""The page between log-in and dashboard, for whoever knows texts that have changed since."""

from collections.abc import Callable
from typing import Any, cast

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chatbo.foundation.network import client_address
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.ledger.errors import NoOtherWayInError
from consent.signup.changed_texts import answer_changed_texts, changed_texts
from consent.signup.changes_form import CHANGED_MEANWHILE, ChangesForm
from consent.signup.errors import ChangedMeanwhileError
from consent.signup.facebook.disconnecting import is_connected, is_only_way_in
from consent.signup.facebook.sentences import said_of_disconnecting
from consent.texts.errors import NotApprovedError
from tenants.accounts.models import User

declare_store(
    Medium.SESSION, __name__, NoPersonalData("Whether this log-in has looked at changed texts.")
)
declare_store(Medium.LOG, __name__, NoPersonalData("That a text is approved in no version."))

log = structlog.get_logger(__name__)

AREAS = ("/app/", "/platform/", "/partner/", "/start/")
_SESSION_KEY = "texts"
_KNOWN, _CHANGED = "known", "changed"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def changes(request: HttpRequest) -> HttpResponse:
    """What changed, and what to choose. Without anything to tell it leads on."""
    user = cast(User, request.user)
    try:
        form = _form_for(user, request.POST or None)
    except NotApprovedError:
        return redirect(_next(request))
    if not form.changes:
        return _on(request)
    if form.is_valid():
        had_facebook, had_nothing_else = is_connected(user), is_only_way_in(user)
        try:
            answer_changed_texts(
                user,
                shown=form.as_recorded(),
                shown_at=form.shown_at,
                answers={
                    change.name: form.cleaned_data.get(change.name) is True
                    for change in form.changes
                },
                network=client_address(request),
            )
        except ChangedMeanwhileError:
            messages.info(request, CHANGED_MEANWHILE)
            form = _form_for(user)
        except NoOtherWayInError:
            form.add_error(
                None,
                _(
                    "Facebook is your only way to log in, and no address of yours is confirmed."
                    " Set a password first, then disconnect it."
                ),
            )
        else:
            messages.success(request, _("Thank you. Your answer is recorded."))
            if had_facebook and not is_connected(user):
                messages.success(request, said_of_disconnecting(was_only_way=had_nothing_else))
            return _on(request)
    return render(
        request,
        "consent/signup/changes.html",
        {"form": form, "next": _next(request), "any_asked": any(c.is_asked for c in form.changes)},
        status=422 if form.is_bound else 200,
    )


def _form_for(user: User, data: Any = None) -> ChangesForm:
    """Raises ``NotApprovedError``."""
    return ChangesForm(
        data,
        user_id=user.pk,
        changes=changed_texts(user),
        facebook_is_only_way=is_only_way_in(user),
    )


class TellOfChangedTexts:
    """Middleware: once a log-in, before the first page of a dashboard, whoever has to be told is.

    What is sent, and what a page loads by itself, goes through: nothing is lost.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *arguments: Any
    ) -> HttpResponse | None:
        if not _is_page_of_a_dashboard(request) or not _has_to_be_told(request):
            return None
        asked = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('signup:changes')}?{asked}")


def _is_page_of_a_dashboard(request: HttpRequest) -> bool:
    is_loaded_by_a_page = request.headers.get("Sec-Fetch-Dest", "document") != "document"
    return (
        request.method == "GET"
        and request.path.startswith(AREAS)
        and not is_loaded_by_a_page
        and request.accepts("text/html")
        and "HX-Request" not in request.headers
    )


def _has_to_be_told(request: HttpRequest) -> bool:
    """The session remembers the answer: it is looked up once a log-in."""
    known = request.session.get(_SESSION_KEY)
    if known == _KNOWN or not request.user.is_authenticated:
        return False
    if known is None:
        try:
            known = _CHANGED if changed_texts(request.user) else _KNOWN
        except NotApprovedError:
            log.exception("changed_texts_unknown")
            return False  # Asked again with the next page: a text may be approved by then.
        request.session[_SESSION_KEY] = known
    return bool(known == _CHANGED)


def _on(request: HttpRequest) -> HttpResponse:
    request.session[_SESSION_KEY] = _KNOWN
    return redirect(_next(request))


def _next(request: HttpRequest) -> str:
    wished = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wished, allowed_hosts=None):
        return wished
    return str(settings.LOGIN_REDIRECT_URL)
