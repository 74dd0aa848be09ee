"""ChatBo's own records: as a controller, and as the processor of all businesses."""

from django.conf import settings
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.pages import show_page
from consent.register.files import TYPES, processor_file, record_file
from consent.register.record import record_as_processor, record_of_chatbo
from consent.register.tables import CustomerTable
from consent.register.views import as_download, language_wished, languages, refuse_unknown
from tenants.accounts.access import PlatformRequest, platform_page
from tenants.accounts.models import Tenant


@require_safe
@platform_page
def show_records(request: PlatformRequest) -> HttpResponse:
    """Both records; of the businesses a page at a time. The files have them all."""
    language = get_language() or settings.LANGUAGE_CODE
    words = request.GET.get("q", "").strip()
    tenants = Tenant.objects.filter(company__icontains=words) if words else Tenant.objects.all()
    table = CustomerTable(tenants, search=words)
    show_page(request, table, rows=25)
    table.look_up_activities()
    context = {
        "own": record_of_chatbo(language=language),
        "as_processor": record_as_processor(Tenant.objects.none(), language=language),
        "table": table,
        "any": Tenant.objects.exists(),
        "languages": languages(),
        "forms": TYPES,
    }
    return TemplateResponse(request, "consent/register/platform.html", context)


@require_safe
@platform_page
def download_own(request: PlatformRequest, form: str) -> HttpResponse:
    refuse_unknown(form)
    language = language_wished(request)
    note("register.taken", details={"language": language, "kind": form})
    content = record_file(record_of_chatbo(language=language), form, at=timezone.now())
    return as_download(content, form, name=f"record-as-controller-{language}")


@require_safe
@platform_page
def download_as_processor(request: PlatformRequest, form: str) -> HttpResponse:
    refuse_unknown(form)
    language = language_wished(request)
    note("register.taken", details={"language": language, "kind": form})
    record = record_as_processor(Tenant.objects.all(), language=language)
    content = processor_file(record, form, at=timezone.now())
    return as_download(content, form, name=f"record-as-processor-{language}")
