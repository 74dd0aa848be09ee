"""The page of consent records. Reading it is itself noted in the audit log."""

import dataclasses
import datetime
import uuid

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.pages import show_page
from chatbo.foundation.searching import finds_people, sealed_search, searched_person
from consent.ledger.export_models import ConsentExport
from consent.ledger.genuine import examine
from consent.ledger.json_ld import is_altered, shown_form
from consent.ledger.models import ConsentQuerySet, ConsentRecord
from consent.ledger.offers import ways_to_take
from consent.ledger.selecting import Selection
from consent.ledger.standing import standing_on
from consent.ledger.tables import ConsentFilter, ConsentTable, provable
from consent.ledger.wording import words_of
from consent.texts.rendering import as_html_with_placeholders
from tenants.accounts.access import TenantRequest, tenant_page


@dataclasses.dataclass(frozen=True)
class Asked:
    """What the address narrows the records down to. Read where ``finds_people`` guards.

    Of what it does not understand (``filter.is_valid()``) there are no records: never all.
    """

    records: ConsentQuerySet
    words: str
    """An e-mail address, a platform id or a pseudonym: all on one person."""
    filter: ConsentFilter
    selection: Selection


@dataclasses.dataclass(frozen=True)
class Held:
    """One word that held for a person, and whether it can be proven (``SafeString``)."""

    record: ConsentRecord
    is_changed: bool
    provable: str


@dataclasses.dataclass(frozen=True)
class OnADay:
    """What held for a person at the end of a day; ``error``: why none is told."""

    on: datetime.date | None
    held: list[Held]
    error: str = ""

    @property
    def is_changed(self) -> bool:
        """Whether one of these words is not as it was recorded."""
        return any(each.is_changed for each in self.held)


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_list(request: TenantRequest) -> HttpResponse:
    asked = asked_for(request)
    table = ConsentTable(
        asked.records.select_related("text_version"),
        tenant_slug=request.tenant.slug,
        is_search=bool(asked.words),
    )
    show_page(request, table, rows=25)
    table.examined = examine([row.record for row in table.page.object_list])
    note("consents.read", details={"searched_for_a_person": bool(asked.words)})
    return TemplateResponse(
        request,
        "consent/ledger/list.html",
        {
            "table": table,
            "search": asked.words,
            "filter": asked.filter,
            "any": ConsentRecord.objects.exists(),
            "ways": ways_to_take(
                request.tenant.slug, table.paginator.count, of_person=bool(asked.words)
            ),
            "exports": ConsentExport.objects.kept()[:20],
            "state": _state(asked.words, request.GET.get("on", "")) if asked.words else None,
            "today": timezone.localdate(),
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
    history = list(ConsentRecord.objects.beside(found).exclude(pk=found.pk)[:50])
    examined = examine([found, *history])
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
            "proof": examined.proofs.get(found.pk),
            "is_changed": found.pk in examined.changed,
            "provable": provable(examined.standing(found)),
            "of_person": sealed_search(
                str(found.subject_id), user=request.user.pk, page=request.path
            ),
            "corrected_by": ConsentRecord.objects.filter(corrects_id=found.pk).first(),
            "history": history,
            "changed": examined.changed,
        },
    )


def asked_for(request: TenantRequest) -> Asked:
    words = searched_person(request)
    records = ConsentRecord.objects.all()
    if words:
        records = records.about(words)
    narrowed = ConsentFilter(request.GET, queryset=records)
    return Asked(
        narrowed.qs if narrowed.is_valid() else records.none(),
        words,
        narrowed,
        Selection.of(narrowed, person=words),
    )


def _state(words: str, asked: str) -> OnADay:
    """At the end of a day; today's, if none is asked for. Of what is no day, or is still to come,
    nothing can be told.
    """
    today = timezone.localdate()
    try:
        on = parse_date(asked) if asked else today
    except ValueError:
        on = None
    if on is None:
        return OnADay(None, [], _("This is no day. Choose one from the calendar."))
    if on > today:
        return OnADay(on, [], _("This day has not come yet. Choose today or an earlier one."))
    records = standing_on(words, on)
    examined = examine(records)
    return OnADay(
        on,
        [
            Held(each, each.pk in examined.changed, provable(examined.standing(each)))
            for each in records
        ],
    )
