"""The platform's own public texts: imprint, privacy policy, terms."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chatbo.foundation import operator
from consent.texts.errors import NotApprovedError
from consent.texts.published import Published, published
from consent.texts.rendering import as_html
from consent.texts.versions import filled, fitting, text_in_force

PUBLIC = frozenset({"imprint", "privacy", "terms"})


@require_safe
def legal(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force, with its number, date and hash. Without an approval: nothing of it.

    ``?lang=`` asks for a language: who has agreed to German words reads these on an English page.
    ``?version=`` asks for one that was approved once; if it holds no longer, it says so.
    """
    if slug not in PUBLIC:
        raise Http404
    if "version" in request.GET:
        return _one_version(request, slug)
    try:
        version = text_in_force(slug, _language(request))
        found = published(version.key, version.language, version.number)
    except NotApprovedError:
        return render(request, "consent/texts/not_published.html", {"slug": slug}, status=503)
    return _shown(request, found)


def _one_version(request: HttpRequest, slug: str) -> HttpResponse:
    """Not for search engines: they would show people what holds no longer."""
    number = request.GET["version"]
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise Http404
    try:
        found = published(slug, _language(request), int(number))
    except NotApprovedError as error:
        raise Http404 from error
    response = _shown(request, found)
    response["X-Robots-Tag"] = "noindex"
    return response


def _shown(request: HttpRequest, found: Published) -> HttpResponse:
    version = found.version
    text = as_html(filled(version, fitting(version, _values()), markdown=True))
    context = {"version": version, "text": text, "published": found}
    return render(request, "consent/texts/legal.html", context)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else get_language() or "de"


def _values() -> dict[str, str]:
    return {
        "operator_address": operator.ADDRESS,
        "operator_director": operator.REPRESENTATIVE,
        "operator_email": operator.EMAIL,
        "operator_phone": operator.PHONE,
        "operator_register": operator.REGISTER,
        "operator_vat_id": operator.VAT_ID,
        "operator_data_protection_officer": operator.DATA_PROTECTION_OFFICER,
        "supervisory_authority": operator.SUPERVISORY_AUTHORITY,
        # Fixed addresses of the product; the second one belongs to a room above.
        "imprint_url": f"{settings.BASE_URL}/legal/imprint/",
        "subprocessors_url": f"{settings.BASE_URL}/subprocessors/",
    }
