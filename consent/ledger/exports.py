"""What can be taken along from the ledger. Taking it along is noted in the audit log."""

import json
import uuid
from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.spreadsheets import as_csv
from consent.ledger.models import ConsentQuerySet, ConsentRecord
from consent.ledger.proofs import prove_record
from consent.ledger.views import asked_for
from tenants.accounts.access import TenantRequest, tenant_page


@require_safe
@tenant_page
def consent_export(request: TenantRequest) -> HttpResponse:
    """All that the filters show, as CSV; pseudonymous like the records themselves."""
    shown = asked_for(request).records
    note("consents.exported", details={"rows": shown.count()})
    response = HttpResponse(as_csv(_rows(shown)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="consents.csv"'
    return response


@require_safe
@tenant_page
def consent_proof(request: TenantRequest, record_id: uuid.UUID) -> HttpResponse:
    """One record with what proves it, for ``chatbo-verify``; with the person, as long as known."""
    found = ConsentRecord.objects.select_related("text_version").filter(pk=record_id).first()
    proof = prove_record(found, with_identity=True) if found else None
    if found is None or proof is None:
        raise Http404
    note("consents.exported", target=found, details={"rows": 1})
    response = HttpResponse(
        json.dumps(proof.as_json(), ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="consent-{found.pk}.json"'
    return response


def _rows(records: ConsentQuerySet) -> Iterator[list[str]]:
    yield [
        _("Record"),
        _("Person (pseudonym)"),
        _("Purpose"),
        _("Decision"),
        _("How"),
        _("Where"),
        _("Towards"),
        _("Text"),
        _("Language"),
        _("Hash of the text"),
        _("Hash of the form"),
        _("Shown (%(zone)s)") % {"zone": timezone.get_current_timezone_name()},
        _("Given (%(zone)s)") % {"zone": timezone.get_current_timezone_name()},
        _("Received (%(zone)s)") % {"zone": timezone.get_current_timezone_name()},
        _("Network"),
        _("Corrects"),
    ]
    for record in records.select_related("text_version").iterator(chunk_size=1000):
        yield [
            str(record.pk),
            str(record.subject_id),
            record.get_purpose_display(),
            record.get_decision_display(),
            record.get_way_display(),
            f"{record.get_source_display()}: {record.place}".removesuffix(": "),
            record.get_controller_display(),
            str(record.text_version),
            record.language,
            record.text_version.sha256,
            record.form_sha256,
            _moment(record.shown_at),
            _moment(record.given_at),
            _moment(record.received_at),
            record.network,
            str(record.corrects_id or ""),
        ]


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
