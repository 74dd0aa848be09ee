"""From a company's data to a draft that can be read and signed."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from chatbo.foundation import operator
from chatbo.foundation.audit.entries import record
from chatbo.foundation.documents.render import render_pdf
from dpa.contracts import files
from dpa.contracts.company import CompanyData
from dpa.contracts.entitlement import refuse_unless_signatory
from dpa.contracts.errors import OutdatedDraftError, UnderWayError
from dpa.contracts.models import Contract
from dpa.contracts.reading import open_contract
from dpa.contracts.transitions import locked, move
from dpa.contracts.wording import fill_in, texts_for, version_of, words_of
from tenants.accounts.models import Tenant, User

OFFER_BINDS = timedelta(days=30)
"""How long the tenant's offer binds it, counted from the draft (sec. 148 BGB)."""


@transaction.atomic
def draft_contract(tenant: Tenant, *, user: User, data: CompanyData, language: str) -> Contract:
    """Write the contract with this company's data, from the texts in force, and render its PDF.

    A draft that nobody has signed is written anew, under its number. The data is kept on the
    tenant for the next time. Raises ``IncompleteDataError``, ``NotEntitledError``,
    ``NotApprovedError`` (no lawyer has approved a text), and ``UnderWayError`` when a signed
    contract waits already.
    """
    data = data.checked()
    refuse_unless_signatory(user, tenant.pk)
    tenant = Tenant.objects.select_for_update().get(pk=tenant.pk)
    contract = open_contract(tenant.pk) or Contract()
    if contract.state != Contract.State.DRAFT:
        raise UnderWayError
    former_file = contract.draft_file

    now = timezone.now()
    contract.language = language
    contract.drafted_at = now
    contract.offer_valid_until = timezone.localdate(now) + OFFER_BINDS
    contract.data = vars(data)
    contract.filled_in = fill_in(
        tenant, data, language=language, offer_valid_until=contract.offer_valid_until
    )
    for field, version in texts_for(language).items():
        setattr(contract, field, version)
    pdf = render_contract(contract)
    contract.draft_sha256 = files.sha256(pdf)
    contract.draft_file = files.store(pdf)
    try:
        contract.save()
    except IntegrityError as error:
        raise UnderWayError from error
    data.store_on(tenant)
    record("contract.drafted", target=contract, details={"sha256": contract.draft_sha256})
    if former_file and former_file != contract.draft_file:
        files.drop_on_commit(former_file)
    return contract


@transaction.atomic
def withdraw_contract(contract: Contract, *, user: User) -> Contract:
    """Take back a draft, or an offer that nobody has accepted yet."""
    contract = locked(contract)
    refuse_unless_signatory(user, contract.tenant_id)
    move(contract, Contract.State.WITHDRAWN, withdrawn_at=timezone.now())
    return contract


def render_contract(contract: Contract) -> bytes:
    """The contract as PDF/A-3b, with an empty field for each party's signature."""
    return render_pdf(
        "dpa/contracts/avv.html",
        {
            "contract": contract,
            "words": words_of(contract),
            "number": contract.number,
            "version": version_of(contract),
            "digest": contract.agreement.sha256,
            "processor": operator.NAME,
        },
        language=contract.language,
        created=contract.drafted_at,
    )


def refuse_outdated(contract: Contract) -> None:
    """Raises ``OutdatedDraftError`` when it is no longer what would be drafted today.

    A text has a newer version or has lost its approval, or the offer's time is over.
    """
    current = texts_for(contract.language)
    if any(getattr(contract, f"{name}_id") != text.pk for name, text in current.items()):
        raise OutdatedDraftError("text")
    if timezone.localdate() > contract.offer_valid_until:
        raise OutdatedDraftError("offer")
