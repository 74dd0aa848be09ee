"""The page of consent records. Reading it is itself noted in the audit log."""

import csv
import uuid
from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.pages import show_page
from consent.ledger.models import ConsentQuerySet, ConsentRecord
from consent.ledger.tables import ConsentFilter, ConsentTable
from consent.texts.rendering import as_html_with_placeholders
from tenants.accounts.access import TenantRequest, tenant_page


@require_safe
@tenant_page
def consent_list(request: TenantRequest) -> HttpResponse:
    shown, words, narrowed = _asked_for(request)
    table = ConsentTable(
        shown.select_related("text_version"), tenant_slug=request.tenant.slug, search=words
    )
    show_page(request, table, rows=25)
    note("consents.read", details={"searched_for_a_person": bool(words)})
    return TemplateResponse(
        request,
        "consent/ledger/list.html",
        {"table": table, "filter": narrowed, "any": ConsentRecord.objects.exists()},
    )


@require_safe
@tenant_page
def consent_detail(request: TenantRequest, record_id: uuid.UUID) -> HttpResponse:
    found = ConsentRecord.objects.select_related("text_version").filter(pk=record_id).first()
    if found is None:
        raise Http404
    note("consents.read", target=found)
    return TemplateResponse(
        request,
        "consent/ledger/detail.html",
        {
            "record": found,
            "text": as_html_with_placeholders(found.text_version.body),
            "has_blanks": "{{" in found.text_version.body,
            "history": ConsentRecord.objects.filter(subject_id=found.subject_id).exclude(
                pk=found.pk
            )[:50],
        },
    )


@require_safe
@tenant_page
def consent_export(request: TenantRequest) -> HttpResponse:
    """All that the filters show, as CSV; pseudonymous like the records themselves."""
    shown, _words, _narrowed = _asked_for(request)
    note("consents.exported", details={"rows": shown.count()})
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="consents.csv"'
    # So that spreadsheet programs read the umlauts.
    response.write("\ufeff")
    csv.writer(response, delimiter=";").writerows(_rows(shown))
    return response


def _rows(records: ConsentQuerySet) -> Iterator[list[str]]:
    yield [
        _("Record"),
        _("Person (pseudonym)"),
        _("Purpose"),
        _("Decision"),
        _("Where"),
        _("Text"),
        _("Hash of the text"),
        _("Given"),
        _("Received"),
        _("Network"),
    ]
    for record in records.select_related("text_version").iterator(chunk_size=1000):
        yield [
            str(record.pk),
            str(record.subject_id),
            record.purpose,
            record.decision,
            # A name that begins like a formula must not become one in a spreadsheet.
            f"{record.source} {record.place}".strip(),
            str(record.text_version),
            record.text_version.sha256,
            record.given_at.isoformat(),
            record.received_at.isoformat(),
            record.network,
        ]


def _asked_for(request: TenantRequest) -> tuple[ConsentQuerySet, str, ConsentFilter]:
    words = request.GET.get("q", "").strip()
    records = ConsentRecord.objects.all()
    if words:
        records = records.about(words)
    narrowed = ConsentFilter(request.GET, queryset=records)
    return narrowed.qs, words, narrowed
