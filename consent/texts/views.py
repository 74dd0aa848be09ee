"""The platform's own public texts: imprint, privacy policy, terms."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from consent.texts.errors import NotApprovedError
from consent.texts.operator import operator_values
from consent.texts.rendering import as_html
from consent.texts.versions import filled, text_in_force

PUBLIC = frozenset({"imprint", "privacy", "terms"})


@require_safe
def legal(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force, with its number, date and hash. Without an approval: nothing of it."""
    if slug not in PUBLIC:
        raise Http404
    try:
        version = text_in_force(slug, get_language() or "de")
    except NotApprovedError:
        return render(request, "consent/texts/not_published.html", {"slug": slug}, status=503)
    text = as_html(filled(version, operator_values(), markdown=True))
    return render(
        request,
        "consent/texts/legal.html",
        {"version": version, "text": text, "approval": version.last_word()},
    )
