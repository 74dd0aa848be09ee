"""The two parties' acts: the tenant signs, the platform accepts or sends back.

What follows a countersignature, the sealing, is in ``sealing``.
"""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.mail.outbox import queue_mail
from chatbo.foundation.network import shortened
from consent.texts.versions import text_in_force
from dpa.contracts.drafting import refuse_outdated
from dpa.contracts.entitlement import refuse_unless_admin, refuse_unless_signatory
from dpa.contracts.errors import (
    AuthorityNotConfirmedError,
    IncompleteDataError,
    OutdatedDraftError,
    ReadSomethingElseError,
    ReasonMissingError,
)
from dpa.contracts.models import Contract, Signature
from dpa.contracts.transitions import locked, move, refuse_unless_legal
from tenants.accounts.models import User

State = Contract.State


@transaction.atomic
def sign_contract(
    contract: Contract,
    *,
    signatory: User,
    name: str,
    function: str,
    read_sha256: str,
    authority_confirmed: bool,
    network: str,
    place: str = "",
) -> Contract:
    """Sign for the tenant: an offer to conclude exactly the contract that was read.

    Of two persons who press at once one signs; the other gets ``IllegalTransitionError``.
    Raises ``NotEntitledError``, ``AuthorityNotConfirmedError``, ``IncompleteDataError`` for an
    empty name or function, ``ReadSomethingElseError`` when the draft has been written anew since
    the page was opened, ``OutdatedDraftError`` when its texts or its offer have lapsed.
    """
    contract = locked(contract)
    refuse_unless_signatory(signatory, contract.tenant_id)
    refuse_unless_legal(contract, State.SIGNED)
    name, function = " ".join(name.split()), " ".join(function.split())
    if missing := {k: "missing" for k, v in {"name": name, "function": function}.items() if not v}:
        raise IncompleteDataError(missing)
    if not authority_confirmed:
        raise AuthorityNotConfirmedError
    if read_sha256 != contract.draft_sha256:
        raise ReadSomethingElseError
    refuse_outdated(contract)

    now = timezone.now()
    Signature.objects.create(
        contract=contract,
        party=Signature.Party.TENANT,
        user_id=signatory.pk,
        name=name,
        function=function,
        place=" ".join(place.split()),
        at=now,
        network=shortened(network),
        sha256=read_sha256,
        authority=text_in_force("signing-authority", contract.language),
    )
    move(contract, State.SIGNED, signed_at=now)
    return contract


def countersign_contract(contract: Contract, *, admin: User, network: str = "") -> Contract:
    """Accept the tenant's offer for the platform, and have the contract sealed.

    Called within the platform's scope. Raises ``NotEntitledError``, ``IllegalTransitionError``
    (somebody else decided), and ``OutdatedDraftError`` when the offer has lapsed (sec. 148 BGB).
    """
    from dpa.contracts.tasks import seal

    with tenant_scope(contract.tenant_id):
        contract = locked(contract)
        refuse_unless_admin(admin, contract.tenant_id)
        refuse_unless_legal(contract, State.COUNTERSIGNED)
        if timezone.localdate() > contract.offer_valid_until:
            raise OutdatedDraftError("offer")
        now = timezone.now()
        with translation.override(contract.language):
            function = _("contract review")
        Signature.objects.create(
            contract=contract,
            party=Signature.Party.PLATFORM,
            user_id=admin.pk,
            name=admin.name,
            function=function,
            at=now,
            network=shortened(network),
            sha256=contract.draft_sha256,
        )
        move(contract, State.COUNTERSIGNED, countersigned_at=now, not_before=now)
        # Robust: the row is the promise. With Redis away, the sweep finds it.
        transaction.on_commit(
            lambda: seal.delay(str(contract.tenant_id), str(contract.pk)), robust=True
        )
    return contract


def reject_contract(contract: Contract, *, admin: User, reason: str) -> Contract:
    """Send a signed contract back, with the reason, which the signatory gets by mail."""
    with tenant_scope(contract.tenant_id):
        contract = locked(contract)
        refuse_unless_admin(admin, contract.tenant_id)
        refuse_unless_legal(contract, State.REJECTED)
        if not reason.strip():
            raise ReasonMissingError
        move(contract, State.REJECTED, rejected_at=timezone.now(), rejection=reason.strip())
        to, language = mailbox_of(contract, Signature.Party.TENANT)
        queue_mail(
            to=to,
            template="dpa/contracts/mail/rejected",
            context={"contract": contract},
            language=language,
        )
    return contract


def mailbox_of(contract: Contract, party: Signature.Party) -> tuple[str, str]:
    """Address and language of whoever signed for a party; the company's, when the account ended."""
    signature = contract.signatures.get(party=party)
    user = User.objects.filter(pk=signature.user_id).first()
    if user is None:
        return contract.data["contact_email"], contract.language
    return user.email, user.language
