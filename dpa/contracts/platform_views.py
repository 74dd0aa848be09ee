"""The platform's pages about contracts: what waits for review, and what cannot be sealed."""

import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chatbo.foundation.network import client_address
from chatbo.foundation.pages import show_page
from dpa.contracts.errors import ContractError
from dpa.contracts.forms import RejectForm
from dpa.contracts.history import facts_of, history_of
from dpa.contracts.models import Contract
from dpa.contracts.older_versions import contracts_concerned, effects_of_changes
from dpa.contracts.pdf import pdf_response
from dpa.contracts.sealing import retry_sealing
from dpa.contracts.sentences import sentence_for
from dpa.contracts.signing import countersign_contract, reject_contract
from dpa.contracts.tables import CompletedTable, OlderTable
from dpa.contracts.wording import words_of
from tenants.accounts.access import PlatformRequest, platform_page


@require_safe
@platform_page
def queue(request: PlatformRequest) -> HttpResponse:
    """What waits and what fails, whole; what is completed, to be searched."""
    words = request.GET.get("q", "").strip()
    completed = Contract.objects.all().completed()
    found = completed.filter(Q(data__company__icontains=words) | Q(number__icontains=words))
    table = CompletedTable(found if words else completed, search=words)
    show_page(request, table, rows=25)
    effects = effects_of_changes()
    older = OlderTable(contracts_concerned(effects).select_related("agreement"), effects=effects)
    show_page(request, older, rows=25)
    context = {
        "older": older,
        "any_older": older.paginator.count > 0,
        "waiting": Contract.objects.all().to_review(),
        "failing": Contract.objects.all().failing(),
        "table": table,
        "any_completed": completed.exists(),
    }
    return TemplateResponse(request, "dpa/contracts/platform_list.html", context)


@platform_page
def review(request: PlatformRequest, contract_id: uuid.UUID) -> HttpResponse:
    """One contract beside its data and words. A POST sends it back, with the reason."""
    contract = get_object_or_404(Contract, pk=contract_id)
    form = RejectForm(request.POST or None)
    if form.is_valid():
        try:
            reject_contract(contract, admin=request.user, reason=form.cleaned_data["reason"])
        except ContractError as error:
            messages.error(request, sentence_for(error))
        else:
            messages.success(request, _("Sent back. The customer gets the reason by mail."))
            return redirect("contract_review:list")
    context = {
        "contract": contract,
        "form": form,
        "history": history_of(contract),
        "facts": facts_of(contract),
        "words": words_of(contract, numbered=True),
    }
    return TemplateResponse(request, "dpa/contracts/platform_show.html", context)


@require_POST
@platform_page
def countersign(request: PlatformRequest, contract_id: uuid.UUID) -> HttpResponse:
    contract = get_object_or_404(Contract, pk=contract_id)
    try:
        countersign_contract(contract, admin=request.user, network=client_address(request))
    except ContractError as error:
        messages.error(request, sentence_for(error))
    else:
        messages.success(request, _("Countersigned. The document is being sealed."))
    return redirect("contract_review:show", contract.pk)


@require_POST
@platform_page
def retry(request: PlatformRequest, contract_id: uuid.UUID) -> HttpResponse:
    contract = get_object_or_404(Contract, pk=contract_id)
    try:
        retry_sealing(contract, admin=request.user)
    except ContractError as error:
        messages.error(request, sentence_for(error))
    else:
        messages.info(request, _("Sealing is tried again now."))
    return redirect("contract_review:show", contract.pk)


@require_safe
@platform_page
def document(request: PlatformRequest, contract_id: uuid.UUID, which: str) -> HttpResponse:
    return pdf_response(get_object_or_404(Contract, pk=contract_id), which)
