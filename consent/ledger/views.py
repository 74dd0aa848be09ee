"""The page of consent records. Reading it is itself noted in the audit log."""

import dataclasses
import datetime
import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.pages import show_page
from chatbo.foundation.searching import finds_people, searched_person
from consent.ledger.export_models import ConsentExport
from consent.ledger.json_ld import is_altered, shown_form
from consent.ledger.models import ConsentQuerySet, ConsentRecord, Leaf
from consent.ledger.offers import ways_to_take
from consent.ledger.proofs import prove_record
from consent.ledger.selecting import Selection
from consent.ledger.standing import standing_on
from consent.ledger.tables import ConsentFilter, ConsentTable
from consent.ledger.wording import words_of
from consent.texts.rendering import as_html_with_placeholders
from tenants.accounts.access import TenantRequest, tenant_page


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the address narrows the records down to. Read where ``finds_people`` guards."""

    records: ConsentQuerySet
    words: str
    """An e-mail address or a platform id: all on one person."""
    filter: ConsentFilter
    selection: Selection
    on: datetime.date
    """The day on which the person's state is asked for; without one, today."""


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_list(request: TenantRequest) -> HttpResponse:
    asked = asked_for(request)
    table = ConsentTable(
        asked.records.select_related("text_version"),
        tenant_slug=request.tenant.slug,
        search=asked.words,
    )
    show_page(request, table, rows=25)
    table.sealed = _sealed([row.record.pk for row in table.page.object_list])
    note("consents.read", details={"searched_for_a_person": bool(asked.words)})
    return TemplateResponse(
        request,
        "consent/ledger/list.html",
        {
            "table": table,
            "filter": asked.filter,
            "any": ConsentRecord.objects.exists(),
            "on": asked.on,
            "ways": ways_to_take(
                request.tenant.slug, table.paginator.count, of_person=bool(asked.words)
            ),
            "exports": ConsentExport.objects.kept()[:20],
            "standing": standing_on(asked.words, asked.on) if asked.words else None,
        },
    )


@require_safe
@tenant_page
def consent_detail(request: TenantRequest, record_id: uuid.UUID) -> HttpResponse:
    found = ConsentRecord.objects.select_related("text_version").filter(pk=record_id).first()
    if found is None:
        raise Http404
    note("consents.read", target=found)
    form = shown_form(found)
    return TemplateResponse(
        request,
        "consent/ledger/detail.html",
        {
            "record": found,
            "text": as_html_with_placeholders(found.text_version.body),
            "has_blanks": "{{" in found.text_version.body,
            "form": form,
            "is_form_altered": is_altered(found),
            "form_read": words_of(form) if form else "",
            "proof": prove_record(found),
            "corrected_by": ConsentRecord.objects.filter(corrects_id=found.pk).first(),
            "history": ConsentRecord.objects.filter(subject_id=found.subject_id).exclude(
                pk=found.pk
            )[:50],
        },
    )


def asked_for(request: TenantRequest) -> Asked:
    words = searched_person(request)
    records = ConsentRecord.objects.all()
    if words:
        records = records.about(words)
    narrowed = ConsentFilter(request.GET, queryset=records)
    return Asked(
        narrowed.qs,
        words,
        narrowed,
        Selection.of(narrowed, person=words),
        _day(request.GET.get("on", "")),
    )


def _day(asked: str) -> datetime.date:
    """A wrong date asks for nothing."""
    try:
        return parse_date(asked) or timezone.localdate()
    except ValueError:
        return timezone.localdate()


def _sealed(records: list[uuid.UUID]) -> set[uuid.UUID]:
    return set(Leaf.objects.filter(pk__in=records).values_list("pk", flat=True))
