"""Sealing a countersigned contract: completed, or nothing.

Completed means: the sealed file is stored, its hash recorded, and both mails are queued. Until
then the contract stays as it was; ``tasks.seal`` tries again, and the admin's page shows why.
"""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation import operator
from chatbo.foundation.documents.seal import Signatory
from chatbo.foundation.documents.seal import seal as set_seal
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.mail.outbox import queue_mail
from dpa.contracts import files
from dpa.contracts.entitlement import refuse_unless_admin
from dpa.contracts.errors import IllegalTransitionError
from dpa.contracts.models import Contract, Signature
from dpa.contracts.signing import mailbox_of
from dpa.contracts.transitions import locked, move, refuse_unless_legal
from tenants.accounts.models import Tenant, User

FIELDS = {Signature.Party.TENANT: "controller", Signature.Party.PLATFORM: "processor"}


def seal_contract(contract: Contract) -> Contract:
    """Put both signatures into the PDF that was read, store it, and complete the contract.

    Opens the tenant's scope itself, twice: signing (and a time stamp from outside) happens
    between the transactions, so that no lock waits for a stranger. Twice is once: a contract
    that was completed meanwhile is returned. Raises ``DocumentError``, ``AlteredFileError`` or
    ``OSError``; then nothing has happened.
    """
    with tenant_scope(contract.tenant_id):
        signatures = list(contract.signatures.all())
    pdf = sealed_pdf(contract, signatures)
    with tenant_scope(contract.tenant_id):
        name = files.store(pdf)
    try:
        with tenant_scope(contract.tenant_id):
            return _complete(contract, name, pdf)
    except Exception:
        _drop_unless_named(contract, name)
        raise


def sealed_pdf(contract: Contract, signatures: list[Signature]) -> bytes:
    """The draft's very bytes with a seal for each party's signature, the tenant's first."""
    with tenant_scope(contract.tenant_id):
        pdf = files.fetch(contract.draft_file, contract.draft_sha256)
    by_party = {signature.party: signature for signature in signatures}
    for party, field in FIELDS.items():
        signature = by_party[party]
        signatory = Signatory(
            name=signature.name,
            company=contract.company if party == Signature.Party.TENANT else operator.NAME,
            signed_at=signature.at,
            function=signature.function,
            place=signature.place,
        )
        pdf = set_seal(pdf, field, signatory=signatory, language=contract.language)
    return pdf


def retry_sealing(contract: Contract, *, admin: User) -> None:
    """Try at once what would be tried later. Whoever is sealing it right now is not disturbed."""
    from dpa.contracts.tasks import seal

    with tenant_scope(contract.tenant_id):
        refuse_unless_admin(admin, contract.tenant_id)
        contract = locked(contract)
        if contract.state != Contract.State.COUNTERSIGNED:
            raise IllegalTransitionError(contract.state, Contract.State.COMPLETED)
        contract.not_before = timezone.now()
        contract.save(update_fields=["not_before"])
        transaction.on_commit(
            lambda: seal.delay(str(contract.tenant_id), str(contract.pk)), robust=True
        )


def _drop_unless_named(contract: Contract, name: str) -> None:
    """Take the file back, unless the commit did happen and only its answer was lost."""
    with tenant_scope(contract.tenant_id):
        if not Contract.objects.filter(pk=contract.pk, sealed_file=name).exists():
            files.drop(name)


def _complete(contract: Contract, name: str, pdf: bytes) -> Contract:
    contract = locked(contract)
    if contract.state == Contract.State.COMPLETED:
        files.drop_on_commit(name)
        return contract
    refuse_unless_legal(contract, Contract.State.COMPLETED)
    now = timezone.now()
    move(
        contract,
        Contract.State.COMPLETED,
        completed_at=now,
        finished_at=now,
        lease_until=None,
        last_error="",
        sealed_file=name,
        sealed_sha256=files.sha256(pdf),
    )
    slug = Tenant.objects.get(pk=contract.tenant_id).slug
    for party in FIELDS:
        to, language = mailbox_of(contract, party)
        address = (
            reverse("contracts:show", args=[slug, contract.pk])
            if party == Signature.Party.TENANT
            else reverse("contract_review:show", args=[contract.pk])
        )
        queue_mail(
            to=to,
            template="dpa/contracts/mail/completed",
            context={"contract": contract, "url": f"{settings.BASE_URL}{address}"},
            language=language,
            attachments=[(f"{contract.number}.pdf", name)],
        )
    return contract
