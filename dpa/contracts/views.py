"""A tenant's pages about its contracts."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatbo.foundation.network import client_address
from consent.texts.errors import NotApprovedError
from consent.texts.versions import filled, fitting, text_in_force
from dpa.contracts.company import CompanyData
from dpa.contracts.drafting import draft_contract, withdraw_contract
from dpa.contracts.errors import ContractError
from dpa.contracts.forms import CompanyForm, SignForm
from dpa.contracts.history import facts_of, history_of
from dpa.contracts.models import Contract
from dpa.contracts.pdf import pdf_response
from dpa.contracts.reading import agreement_in_force, open_contract
from dpa.contracts.sentences import sentence_for
from dpa.contracts.signing import sign_contract
from dpa.contracts.wording import words_of
from tenants.accounts.access import TenantRequest, tenant_page
from tenants.accounts.roles import SIGNATORY


@require_safe
@tenant_page
def contract_list(request: TenantRequest) -> HttpResponse:
    context = {
        "contracts": Contract.objects.all(),
        "in_force": agreement_in_force(request.tenant.pk),
        "under_way": open_contract(request.tenant.pk),
        "may_act": SIGNATORY in request.roles,
    }
    return TemplateResponse(request, "dpa/contracts/list.html", context)


@tenant_page
def new_contract(request: TenantRequest) -> HttpResponse:
    """The company's data, prefilled with all that is known; then the draft is written."""
    under_way = open_contract(request.tenant.pk)
    if under_way and under_way.state != Contract.State.DRAFT:
        messages.info(request, _("A contract of yours is under way already."))
        return redirect("contracts:show", request.tenant.slug, under_way.pk)
    last = Contract.objects.order_by("-drafted_at").first()
    known = CompanyData.known_of(request.tenant, last.data if last else None)
    initial = {**vars(known), "language": (get_language() or "de")[:2]}
    form = CompanyForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            contract = draft_contract(
                request.tenant,
                user=request.user,
                data=CompanyData.from_values(form.cleaned_data),
                language=form.cleaned_data["language"],
            )
        except (ContractError, NotApprovedError) as error:
            form.add_error(None, sentence_for(error))
        else:
            return redirect("contracts:show", request.tenant.slug, contract.pk)
    return TemplateResponse(request, "dpa/contracts/new.html", {"form": form})


@tenant_page
def show_contract(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponse:
    """One contract: to be read and signed, or what has become of it."""
    contract = get_object_or_404(Contract, pk=contract_id)
    context: dict[str, Any] = {
        "contract": contract,
        "history": history_of(contract),
        "facts": facts_of(contract),
        "may_act": SIGNATORY in request.roles,
    }
    if contract.state != Contract.State.DRAFT:
        if request.method == "POST":
            messages.error(request, _("Somebody was faster: the contract is signed already."))
            return redirect("contracts:show", request.tenant.slug, contract.pk)
        return TemplateResponse(request, "dpa/contracts/show.html", context)
    form = _sign_form(request, contract)
    if form.is_valid():
        try:
            sign_contract(
                contract,
                signatory=request.user,
                name=form.cleaned_data["name"],
                function=form.cleaned_data["function"],
                place=form.cleaned_data["place"],
                read_sha256=form.cleaned_data["read_sha256"],
                authority_confirmed=form.cleaned_data["authority"],
                network=client_address(request),
            )
        except ContractError as error:
            form.add_error(None, sentence_for(error))
        else:
            messages.success(request, _("Signed. We review the contract and write to you."))
            return redirect("contracts:show", request.tenant.slug, contract.pk)
    context |= {
        "form": form,
        "words": words_of(contract, numbered=True),
        "notice": text_in_force("signature-notice", (get_language() or "de")[:2]).body,
    }
    return TemplateResponse(request, "dpa/contracts/sign.html", context)


@tenant_page
def withdraw(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponse:
    contract = get_object_or_404(Contract, pk=contract_id)
    if request.method == "POST":
        try:
            withdraw_contract(contract, user=request.user)
        except ContractError as error:
            messages.error(request, sentence_for(error))
        else:
            messages.success(request, _("The contract is withdrawn."))
        return redirect("contracts:list", request.tenant.slug)
    return TemplateResponse(request, "dpa/contracts/withdraw.html", {"contract": contract})


@require_safe
@tenant_page
def document(request: TenantRequest, contract_id: uuid.UUID, which: str) -> HttpResponse:
    return pdf_response(get_object_or_404(Contract, pk=contract_id), which)


def _sign_form(request: TenantRequest, contract: Contract) -> SignForm:
    authority = text_in_force("signing-authority", contract.language)
    return SignForm(
        request.POST or None,
        initial={
            "read_sha256": contract.draft_sha256,
            "name": contract.data["representative"],
            "function": contract.data["representative_function"],
        },
        authority_text=filled(authority, fitting(authority, {"company": contract.company})).strip(),
    )
