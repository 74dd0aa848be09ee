"""The letter to whoever asked: to read and copy, or as a PDF for the post."""

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record
from consent.register.views import language_wished, languages
from consent.rights.by_hand.letter import About, Letter, letter_on, letter_pdf, letters_on
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.shown import Shown
from tenants.accounts.access import TenantRequest, tenant_page


@never_cache
@require_safe
@tenant_page
def show_letter(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    letter, choices = _letter(request, wish_id)
    return TemplateResponse(
        request,
        "consent/rights/by_hand/letter.html",
        {
            "wish_id": wish_id,
            "letter": letter,
            "choices": choices,
            "languages": [each for each in settings.LANGUAGES if each[0] in languages()],
        },
    )


@never_cache
@require_safe
@tenant_page
def take_letter(request: TenantRequest, wish_id: uuid.UUID) -> HttpResponse:
    letter, _choices = _letter(request, wish_id)
    content = letter_pdf(letter, request.tenant, at=timezone.now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{letter.language}.pdf"'
    return response


def _letter(request: TenantRequest, wish_id: uuid.UUID) -> tuple[Letter, list[About]]:
    """In the language and about what is asked for; else the page's, and what is needed next."""
    wish = get_object_or_404(RightsRequest, pk=wish_id)
    record("rights_request.read", target=wish)
    shown = Shown(wish)
    choices = letters_on(shown)
    asked = request.GET.get("about")
    about = next((each for each in choices if each == asked), choices[-1])
    language = language_wished(request)
    return letter_on(shown, request.tenant, about=about, language=language), choices
