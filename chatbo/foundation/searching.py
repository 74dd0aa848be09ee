"""Searching for a person: what was typed stands in no address, but encrypted.

Addresses stay behind in histories and in the logs of whatever lies in between. So the search is
posted, and leads back to its page with a token, by which the page is sorted, leafed through and
taken along. The token is its author's, and good in one business alone: an address that is passed
on, or lies in a history that somebody else reads, tells nobody what was typed.
"""

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token

PARAMETER = "person"
LONGEST = 254
"""As a mail address may be; longer is nobody's."""
GOOD_FOR = timedelta(days=7)
_PURPOSE = "search for a person"
_BUSINESS = "tenant_slug"


def sealed_search(words: str, *, user: object, page: str) -> str:
    """What stands in an address for these words: for this user's id, in the business of the page.

    On a page of no business it is good for all such pages.
    """
    try:
        business = resolve(page).kwargs.get(_BUSINESS, "")
    except Resolver404:
        business = ""
    return seal_token({"words": words}, purpose=_purpose(user, business))


def searched_person(request: HttpRequest) -> str:
    """What was typed, without what surrounds it; empty: nobody is searched for.

    Raises ``InvalidTokenError`` where the address was altered, is older than a week, or was made
    for somebody else or for another business.
    """
    token = request.GET.get(PARAMETER, "")
    if not token:
        return ""
    place = request.resolver_match
    business = place.kwargs.get(_BUSINESS, "") if place else ""
    purpose = _purpose(request.user.pk, business)
    words: str = open_token(token, purpose=purpose, max_age=GOOD_FOR)["words"]
    return words


def _purpose(user: object, business: str) -> str:
    """Each user and business has a key of its own; a slug has no space."""
    return f"{_PURPOSE} {user} {business}"


def finds_people(page: str) -> Callable[..., Any]:
    """Of a view: with a search that is over it leads to ``page``, and says so."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                searched_person(request)
            except InvalidTokenError:
                messages.info(request, _("This search is over. Please search again."))
                place = request.resolver_match
                return HttpResponseRedirect(reverse(page, kwargs=place.kwargs if place else {}))
            return view(request, *args, **kwargs)

        return guarded

    return guard


@require_POST
def search(request: HttpRequest) -> HttpResponseRedirect:
    """Back to the page that the form stands on, narrowed down to whom was typed; empty: to all."""
    page = request.POST.get("page", "")
    if not page.startswith("/") or not url_has_allowed_host_and_scheme(page, allowed_hosts=None):
        raise BadRequest("a search on no page of ours")
    at = urlsplit(page)
    asked = [
        (name, value)
        for name, value in parse_qsl(at.query)
        if name not in (PARAMETER, "page")  # Another search begins on its first page.
    ]
    if words := request.POST.get("q", "").strip()[:LONGEST]:
        token = sealed_search(words, user=request.user.pk, page=at.path)
        asked.append((PARAMETER, token))
    return HttpResponseRedirect(f"{at.path}?{urlencode(asked)}" if asked else at.path)
