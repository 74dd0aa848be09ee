"""Asking again who somebody is, before what cannot be taken back.

    if asked := demand_recent(request):
        return asked

Recent is what lies less than ``ACCOUNT_REAUTHENTICATION_TIMEOUT`` back: ten minutes, in which a
contract can be read or an authenticator app be set up, and which a computer left alone for lunch
exceeds. ASVS 5.0.0, 7.5.1 and 7.5.3, demand one factor, which one is up to the person. A log-in
counts; one by Facebook does not, which may have asked nothing, and neither does a link in a mail.

A page that is only looked at is simply asked for again. What was sent comes back as a page that
says in words what it is, with one button that sends it: nothing happens that nobody pressed a
button for. A file is offered by that page too, which would otherwise never be left: a download
changes no page.
"""

import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token
from chatbo.foundation.personal_data import Category, Medium, StoredData, declare_store
from tenants.accounts.deeds import gives_file, who_is_concerned

declare_store(
    Medium.SESSION,
    __name__,
    StoredData(
        subject="accounts.User",
        holds={"fields": Category.CONTENT},
        end="Once the form is sent or given up, or with the session; encrypted until then.",
        export="In none: what the person is about to send, for minutes.",
    ),
)

Answer = Callable[..., HttpResponse]

MAILED_CODE = "mailed_code"
"""allauth's record of an authentication by ``mailed_codes``."""
PROOFS = {"password", "mfa", MAILED_CODE}

_SESSION_KEY = "continue_with"
_KEPT_FOR = timedelta(hours=1)
_MOST = 64_000


@dataclass(frozen=True)
class Sent:
    """What came too late, as it came: a form, or the wish for a file, which has no fields."""

    path: str
    fields: list[tuple[str, str]]
    member: str
    """Whom it is done to, if it is done to a member."""
    business: str


def is_recent(request: HttpRequest) -> bool:
    """Whether this session's user proved just now to be who they are."""
    records = get_authentication_records(request, request.user)
    proven = [record["at"] for record in records if record["method"] in PROOFS]
    age = time.time() - max(proven, default=0)
    return bool(0 <= age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def demand_recent(request: HttpRequest) -> HttpResponse | None:
    """Nothing, for whom may go on; else the way to being asked again, and from there back.

    A late POST is kept, unless it brought a file or a password, or is longer than 64 kB: then the
    person is told to fill in the form again. Whoever is not logged in is led to the log-in.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not is_recent(request):
        return _ask(request)
    forget_what_was_sent(request)
    return None


def freshly(view: Answer) -> Answer:
    """For a view of a library that asks nobody, to demand a recent authentication."""

    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return demand_recent(request) or view(request, *args, **kwargs)

    return inside


def freshly_pressed(view: Answer) -> Answer:
    """The same where looking is free, and only acting demands it."""

    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        return demand_recent(request) or view(request, *args, **kwargs)

    return inside


class AskAgain:
    """Middleware: obeys where a view of allauth demands a recent authentication.

    allauth would keep a form as it is in the session, and send it itself at the next
    opportunity, which may come after the person thought better of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ReauthenticationRequired):
            return demand_recent(request) or _ask(request)
        return None


def what_was_sent(request: HttpRequest) -> Sent | None:
    """What waits for its sender in this session, if anything does, and not too long."""
    token = request.session.get(_SESSION_KEY)
    if token is None:
        return None
    try:
        kept = open_token(token, purpose="continue", max_age=_KEPT_FOR)
    except InvalidTokenError:
        return None
    if kept["user"] != str(request.user.pk):
        return None
    return Sent(
        path=kept["path"],
        fields=[(name, value) for name, value in kept["fields"]],
        member=kept.get("member", ""),
        business=kept.get("business", ""),
    )


def forget_what_was_sent(request: HttpRequest) -> None:
    """It is being sent now, or something else is."""
    if request.method == "POST":
        request.session.pop(_SESSION_KEY, None)


def ask_again(request: HttpRequest, *, back: str) -> HttpResponse:
    """To the first way in which this person can prove who they are, and then ``back``."""
    way = get_adapter(request).get_reauthentication_methods(request.user)[0]["url"]
    return redirect(f"{way}?{urlencode({REDIRECT_FIELD_NAME: back})}")


def _ask(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path()
    request.session.pop(_SESSION_KEY, None)  # What was thought better of stays undone.
    if request.method not in {"GET", "HEAD"} or gives_file(request):
        if _keep(request):
            back = reverse("account_continue")
        else:
            messages.warning(request, _("Please fill in the form once more."))
    return ask_again(request, back=back)


def _keep(request: HttpRequest) -> bool:
    fields = list(_fields(request))
    size = sum(len(name) + len(value) for name, value in fields)
    if request.FILES or size > _MOST or any("password" in name for name, _value in fields):
        return False
    request.session[_SESSION_KEY] = seal_token(
        {
            "user": str(request.user.pk),
            "path": request.get_full_path(),
            "fields": fields,
            "member": who_is_concerned(request),
            "business": getattr(getattr(request, "tenant", None), "company", ""),
        },
        purpose="continue",
    )
    return True


def _fields(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name != "csrfmiddlewaretoken":  # The page that sends it again has a new one.
            yield from ((name, str(value)) for value in values)
