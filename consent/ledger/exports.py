"""What can be taken along from the ledger at once. Taking it along is noted in the audit log."""

import json
import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatbo.foundation.audit.entries import record as note
from chatbo.foundation.requests import POLICY_OF_FILES
from chatbo.foundation.searching import PARAMETER, finds_people
from consent.ledger.export_models import ConsentExport
from consent.ledger.genuine import examine
from consent.ledger.models import ConsentRecord, TreeHead
from consent.ledger.offers import most_at_once
from consent.ledger.proofs import Prover
from consent.ledger.views import Asked, asked_for
from consent.ledger.writing import Wish, count_of, pieces_of
from tenants.accounts.access import TenantRequest, tenant_page

Form = ConsentExport.Form

TYPES = {
    Form.PROOF: "application/pdf",
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSON_LD: "application/ld+json",
    Form.EVERYTHING: "application/x-ndjson",
}


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_export(request: TenantRequest) -> HttpResponse:
    """All that the filters show, as a table; pseudonymous like the records themselves."""
    return _at_once(request, Form.CSV)


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_json_ld(request: TenantRequest) -> HttpResponse:
    return _at_once(request, Form.JSON_LD)


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_pdf(request: TenantRequest) -> HttpResponse:
    return _at_once(request, Form.PROOF)


@require_safe
@tenant_page
@finds_people("ledger:list")
def consent_everything(request: TenantRequest) -> HttpResponse:
    """Whatever was sealed of the business, with what shows that nothing is missing."""
    return _at_once(request, Form.EVERYTHING)


@require_safe
@tenant_page
def consent_proof(request: TenantRequest, record_id: uuid.UUID) -> HttpResponse:
    """One record with what proves it, for ``chatbo-verify``; with the person, as long as known."""
    found = ConsentRecord.objects.select_related("text_version").filter(pk=record_id).first()
    if found is None:
        raise Http404
    examined = examine([found], prover=Prover(with_identity=True))
    if found.pk in examined.changed:
        messages.error(
            request, _("There is no proof of this record: it is not as it was recorded.")
        )
        return redirect("ledger:detail", request.tenant.slug, found.pk)
    proof = examined.proofs.get(found.pk)
    if proof is None:
        raise Http404
    note("consents.exported", target=found, details={"rows": 1})
    response = HttpResponse(
        json.dumps(proof.as_json(), ensure_ascii=False, indent=1),
        content_type="application/json; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="consent-{found.pk}.json"'
    return response


def headers_of(form: str) -> dict[str, str]:
    """Of a file with people's decisions: to be saved, and nowhere kept on the way."""
    name = f"consents-{timezone.localdate():%Y-%m-%d}.{form}"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": POLICY_OF_FILES,
    }


def refuse(request: TenantRequest, asked: Asked) -> HttpResponse:
    """What the address narrows down to is not understood: nobody takes along all instead of it."""
    return render(
        request, "consent/ledger/not_understood.html", {"form": asked.filter.form}, status=400
    )


def _at_once(request: TenantRequest, form: Form) -> HttpResponse:
    """The file, if nobody has to wait long for it; else back to the page, which says what to do."""
    asked = asked_for(request)
    if not asked.filter.is_valid():
        return refuse(request, asked)
    selection = asked.selection
    wish = Wish(form, selection, request.tenant, timezone.now(), by=request.user.name)
    count, most = count_of(wish), most_at_once(form, of_person=bool(selection.person))
    if count > most:
        return _too_many(request, most)
    if form == Form.EVERYTHING and not TreeHead.objects.exists():
        messages.info(request, _("Nothing is sealed yet. Try again in a minute."))
        return redirect("ledger:list", request.tenant.slug)
    content = b"".join(piece.content for piece in pieces_of(wish))
    note("consents.exported", details={"rows": count, "kind": form.value})
    return HttpResponse(content, content_type=TYPES[form], headers=headers_of(form))


def _too_many(request: TenantRequest, most: int) -> HttpResponse:
    asked = urlencode(dict(request.GET.items()))
    if request.GET.get(PARAMETER):
        text = _(
            "These are more than %(most)s records. Choose a shorter time, then take them along."
        )
    else:
        text = _(
            "These are more than %(most)s records, which takes a while. Have the file prepared:"
            " “Take along” offers it."
        )
    messages.info(request, text % {"most": most})
    return redirect(f"{reverse('ledger:list', args=[request.tenant.slug])}?{asked}")
