"""The platform's own public texts: imprint, privacy policy, terms."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chatbo.foundation import operator
from consent.texts.errors import NotApprovedError
from consent.texts.rendering import as_html
from consent.texts.versions import filled, fitting, text_in_force

PUBLIC = frozenset({"imprint", "privacy", "terms"})


@require_safe
def legal(request: HttpRequest, slug: str) -> HttpResponse:
    """The version in force, with its number, date and hash. Without an approval: nothing of it.

    ``?lang=`` asks for a language: who has agreed to German words reads these on an English page.
    """
    if slug not in PUBLIC:
        raise Http404
    try:
        version = text_in_force(slug, _language(request))
    except NotApprovedError:
        return render(request, "consent/texts/not_published.html", {"slug": slug}, status=503)
    text = as_html(filled(version, fitting(version, _values()), markdown=True))
    return render(
        request,
        "consent/texts/legal.html",
        {"version": version, "text": text, "approval": version.last_word()},
    )


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
