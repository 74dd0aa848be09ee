"""A business's record of processing: to read, and to take along."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from consent.register.files import TYPES, record_file
from consent.register.record import record_of
from tenants.accounts.access import TenantRequest, tenant_page


@require_safe
@tenant_page
def show_record(request: TenantRequest) -> HttpResponse:
    """In the page's language: whoever needs another takes the file in it."""
    language = get_language() or settings.LANGUAGE_CODE
    context = {
        "record": record_of(request.tenant, language=language),
        "languages": languages(),
        "forms": TYPES,
    }
    return TemplateResponse(request, "consent/register/show.html", context)


@require_safe
@tenant_page
def download(request: TenantRequest, form: str) -> HttpResponse:
    refuse_unknown(form)
    language = language_wished(request)
    record = record_of(request.tenant, language=language)
    note("register.taken", details={"language": language, "kind": form})
    content = record_file(record, form, at=timezone.now())
    return as_download(content, form, name=f"record-of-processing-{language}")


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def language_wished(request: HttpRequest) -> str:
    """The language asked for, else the page's."""
    for wished in (request.GET.get("language"), get_language()):
        if wished in languages():
            return wished
    return settings.LANGUAGE_CODE


def refuse_unknown(form: str) -> None:
    if form not in TYPES:
        raise Http404


def as_download(content: bytes, form: str, *, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response
