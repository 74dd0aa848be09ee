"""The page of a receipt, its files, and the button that takes a consent back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation import operator
from chatbo.foundation.encryption import text_or
from chatbo.foundation.network import client_address
from chatbo.foundation.pages import spoken_to
from consent.ledger.errors import (
    NoOtherWayInError,
    NothingToWithdrawError,
    UnknownReceiptError,
)
from consent.ledger.json_ld import how_to_withdraw, is_altered, receipt_as_json_ld, shown_form
from consent.ledger.led_to import texts_led_to
from consent.ledger.models import ConsentIdentity, ConsentRecord, Leaf, TreeHead
from consent.ledger.proofs import prove_record
from consent.ledger.receipts import open_receipt, receipt_code
from consent.ledger.standing import standing_beside
from consent.ledger.withdrawing import can_be_withdrawn, withdraw
from consent.ledger.wording import words_of
from consent.texts.rendering import as_html_with_placeholders
from tenants.accounts.models import Tenant

Decision = ConsentRecord.Decision


@require_safe
def show(request: HttpRequest, code: str) -> HttpResponse:
    """What was agreed to, refused or shown, for whoever holds the address; looking changes
    nothing, since mail scanners look.
    """
    try:
        with open_receipt(code) as record, spoken_to(request, record.language):
            page = render(request, "consent/ledger/receipt.html", _facts(record, code))
    except UnknownReceiptError:
        page = render(request, "consent/ledger/receipt_unknown.html", status=404)
    return _private(page)


@require_safe
def download(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt as JSON-LD, with the proof once the record is sealed."""
    with _receipt(code) as record, translation.override(record.language):
        said = receipt_as_json_ld(
            record,
            prove_record(record, with_identity=True),
            Tenant.objects.get(pk=record.tenant_id),
            at=timezone.now(),
        )
    return _file(said, "receipt.jsonld", "application/ld+json")


@require_safe
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """The proof alone, which says nothing of who the person is: to be shown to others."""
    with _receipt(code) as record:
        found = prove_record(record)
    if found is None:
        raise Http404
    return _file(found.as_json(), "proof.json", "application/json")


# Exempt: nobody can forge a request to an address that nobody knows, and so the page needs no
# cookie.
@csrf_exempt
@require_POST
def withdraw_consent(request: HttpRequest, code: str) -> HttpResponse:
    """Pressed twice, it is withdrawn once; where there is nothing to withdraw, the page says so."""
    with _receipt(code) as record, spoken_to(request, record.language):
        try:
            withdraw(record, form=_question(record), network=client_address(request))
        except (NothingToWithdrawError, NoOtherWayInError) as error:
            facts = _facts(record, code) | {"no_other_way": isinstance(error, NoOtherWayInError)}
            return _private(render(request, "consent/ledger/receipt.html", facts, status=409))
    return _private(redirect("receipt:show", code))


@contextmanager
def _receipt(code: str) -> Iterator[ConsentRecord]:
    try:
        with open_receipt(code) as record:
            yield record
    except UnknownReceiptError as error:
        raise Http404 from error


def _facts(record: ConsentRecord, code: str) -> dict[str, Any]:
    corrected_by = ConsentRecord.objects.filter(corrects_id=record.pk).first()
    set_right = record.corrects_id
    corrects = ConsentRecord.objects.filter(pk=set_right).first() if set_right else None
    form = shown_form(record)
    return {
        "record": record,
        "code": code,
        "tenant": Tenant.objects.get(pk=record.tenant_id),
        "is_ours": record.controller == ConsentRecord.Controller.PLATFORM,
        "operator": operator,
        "text": as_html_with_placeholders(record.text_version.body),
        "has_blanks": "{{" in record.text_version.body,
        "form": words_of(form) if form else "",
        "leads_to": texts_led_to(form) if form else [],
        "is_form_altered": is_altered(record),
        "person": _shortened_person(record),
        "ended_by": None if corrected_by else _ended_by(record),
        "corrected_by": corrected_by,
        "corrected_by_code": receipt_code(corrected_by) if corrected_by else "",
        "corrects": corrects,
        "corrects_code": receipt_code(corrects) if corrects else "",
        "can_be_withdrawn": can_be_withdrawn(record),
        "question": _question(record),
        "how": how_to_withdraw(record),
        "leaf": Leaf.objects.filter(pk=record.pk).first(),
        "head": TreeHead.objects.order_by("-size").first(),
    }


def _ended_by(record: ConsentRecord) -> ConsentRecord | None:
    """What ended the consent that this record says was given."""
    standing = standing_beside(record) if record.decision == Decision.GRANTED else None
    return standing if standing and standing.decision == Decision.WITHDRAWN else None


def _question(record: ConsentRecord) -> str:
    """What stands on the button, which the record of the withdrawal keeps."""
    return _("Withdraw: %(purpose)s") % {"purpose": record.get_purpose_display()}


def _shortened_person(record: ConsentRecord) -> str:
    identity = ConsentIdentity.objects.filter(subject_id=record.subject_id).first()
    return shortened_identifier(text_or(identity, "identifier", "")) if identity else ""


def shortened_identifier(identifier: str) -> str:
    """Enough for its owner to know it by, and too little for somebody who looks on."""
    name, at, domain = identifier.partition("@")
    return f"{name[:1]}…{at}{domain}" if at else f"{identifier[:1]}…{identifier[-2:]}"


def _file(said: dict[str, Any], name: str, kind: str) -> HttpResponse:
    response = HttpResponse(
        json.dumps(said, ensure_ascii=False, indent=1) + "\n", content_type=kind
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
