"""One of everything, or thirty: what the pages show, for one business, the platform, a partner."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from chatbo.conversation.legal import fixed_menu
from chatbo.conversation.metas_requests import take_in_numbers
from chatbo.conversation.models import Delivery, IncomingEvent
from chatbo.conversation.my_data import make_and_tell
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.mail.outbox import queue_mail
from consent.embeds.tools import create_tool
from consent.erasure.holds.holding import set_hold
from consent.erasure.leaving.exporting import ask_for_export as ask_for_everything
from consent.erasure.leaving.models import TenantEnding, TenantExport
from consent.erasure.leaving.tasks import prepare as prepare_everything
from consent.erasure.models import Erasure, Hold, PersonExport
from consent.erasure.person_exports.asking import ask_for_data_of
from consent.erasure.recipients.models import Recipient
from consent.erasure.recipients.notices import write_notices
from consent.erasure.recipients.registering import MOST, add_recipient
from consent.erasure.request_models import ErasureRequest
from consent.erasure.requests import request_erasure
from consent.ledger.export_models import ConsentExport
from consent.ledger.models import ConsentRecord, EndedRecord, ReceiptKey
from consent.ledger.preparing import ask_for_export
from consent.ledger.recording import record_consent
from consent.ledger.sealing import seal as seal_consents
from consent.ledger.selecting import Selection
from consent.ledger.tasks import prepare
from consent.rights.by_hand.checking import check_identity
from consent.rights.by_hand.entering import enter_request
from consent.rights.models import Restriction, RightsRequest
from consent.rights.rectifying import add_statement
from consent.rights.restricting import restrict
from consent.texts.drafting import begin_draft
from consent.texts.models import Approval
from consent.texts.versions import decide_on_text, submit_text, text_in_force
from dpa.contracts.company import CompanyData
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from dpa.contracts.signing import countersign_contract, sign_contract
from dpa.contracts.tasks import seal
from dpa.contracts.transitions import move
from dpa.passage.addresses import open_address
from tenants.accounts.models import (
    Invitation,
    Membership,
    PlatformRole,
    SupportGrant,
    Tenant,
    User,
)
from tenants.accounts.registration import found_tenant
from tenants.affiliates.models import Partner
from tenants.affiliates.referring import make_partner, refer_tenant
from tenants.bots.bots import create_bot
from tenants.bots.channels import switch_on_web_chat, want_menu
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber, subscriber_index
from tenants.bots.rules import add_rule

DATA = CompanyData(
    company="Café Morgenrot",
    legal_form="sole",
    street="Rosenweg 4",
    postal_code="04109",
    city="Leipzig",
    representative="Owner",
    representative_function="Inhaberin",
    contact_email="owner@cafe-morgenrot.example",
)
State = Contract.State


@dataclass
class House:
    """A business, the people of ChatBo, a partner; and of all that they see ``count`` each."""

    tenant: Tenant
    owner: User
    admin: User
    lawyer: User
    support: User
    partner: Partner
    count: int = 0
    ids: dict[str, str] = field(default_factory=dict)
    """What fits into an address, by the name of the place in it."""


def build(tenant: Tenant, owner: User) -> House:
    """The house with one contract that is sealed: that alone takes a second."""
    admin = User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
    support = User.objects.create_user(
        "support@chatbo.example", name="Support", platform_role=PlatformRole.SUPPORT
    )
    partner = make_partner(User.objects.create_user("linde@partner.example", name="Linde"))
    lawyer = User.objects.get(platform_role=PlatformRole.LAWYER)
    house = House(tenant, owner, admin, lawyer, support, partner)
    house.ids["tenant_slug"] = tenant.slug
    with tenant_scope(tenant.pk):
        contract = draft_contract(tenant, user=owner, data=DATA, language="de")
        _signed(contract, owner)
    with platform_scope("test"):
        countersign_contract(contract, admin=admin)
    seal(str(tenant.pk), str(contract.pk))
    house.ids["contract_id"] = str(contract.pk)
    return house


def furnish(house: House, *, up_to: int) -> None:
    """Make as much more of everything as is missing."""
    while house.count < up_to:
        house.count += 1
        with tenant_scope(house.tenant.pk):
            for make in IN_THE_BUSINESS:
                house.ids |= {
                    name: house.ids.get(name, str(value)) for name, value in make(house).items()
                }
        with tenant_scope(uuid.uuid4()):
            ReceiptKey.objects.create()  # of which a business has one
            TenantExport.objects.create(language="de")  # and of this
        for make in AROUND_IT:
            house.ids |= {
                name: house.ids.get(name, str(value)) for name, value in make(house).items()
            }
    seal_consents()
    with tenant_scope(house.tenant.pk):
        everything = ask_for_everything(language="de")
    prepare_everything(str(house.tenant.pk), str(everything.pk))
    prepare(str(house.tenant.pk), house.ids["export_id"])
    with tenant_scope(house.tenant.pk):
        copy = PersonExport.objects.due().get(subscriber_id=house.ids["subscriber_id"])
    make_and_tell(str(house.tenant.pk), str(copy.pk))
    with tenant_scope(house.tenant.pk):
        for number in range(3):
            _consent(uuid.UUID(int=8), f"waiting-{number}")


def _bot(house: House) -> dict[str, Any]:
    """A bot with its web chat and a button; and one more rule and page for the first bot."""
    bot = create_bot(name=f"Bot {house.count}")
    first = Bot.objects.get(pk=house.ids.get("bot_id", bot.pk))
    switch_on_web_chat(bot, menu=fixed_menu(bot))
    channel = Channel.objects.create(
        bot=first, platform=Platform.MESSENGER, external_id=str(house.count), name="Page"
    )
    want_menu(channel, fixed_menu(first))
    tool = create_tool(bot, label="Chat")
    rule = add_rule(first, keywords="geöffnet", answer="Immer.")
    return {
        "bot_id": bot.pk,
        "channel_id": channel.pk,
        "rule_id": rule.pk,
        "tool_id": tool.pk,
        "kind": "html",
        "form": "pdf",
    }


def _conversation(house: House) -> dict[str, Any]:
    """A person on Messenger whose messages wait, and one more message of the owner's own trial."""
    channel = Channel.objects.get(pk=house.ids["channel_id"])
    person = _person(channel, f"person-{house.count}")
    chat = Bot.objects.get(pk=house.ids["bot_id"]).channels.get(platform=Platform.WEB)
    trial = Subscriber.objects.known_as(chat.pk, f"trial-{house.owner.pk}")
    if trial is None:
        trial = _person(chat, f"trial-{house.owner.pk}", is_trial=True)
    for whose in (person, trial):
        Message.objects.create(
            subscriber=whose, direction=Message.Direction.OUT, text="Hallo", at=timezone.now()
        )
    Delivery.objects.create(subscriber=person, last_error="TemporaryError")
    IncomingEvent.objects.create(
        channel_id=channel.pk,
        digest=str(uuid.uuid4()),
        happened_at=timezone.now(),
        last_error="TemporaryError",
    )
    _consent(person.pk, f"person-{house.count}")
    # All of one person too: a record's page shows the others.
    record = _consent(uuid.UUID(int=7), "often")
    EndedRecord.objects.create(note="")
    erasure = request_erasure(person, origin=Erasure.Origin.BOT)
    told = _recipient(house).pk if house.count <= MOST else house.ids["recipient_id"]
    hold = set_hold(
        trial.pk,
        ground=Hold.Ground.DEFENDING,
        reason=f"Claim {house.count}",
        ends_on=timezone.localdate() + timedelta(days=30),
        set_by_id=house.owner.pk,
    )
    wish = enter_request(
        kind=RightsRequest.Kind.ERASURE,
        way=RightsRequest.Way.LETTER,
        received_on=timezone.localdate() - timedelta(days=house.count % 28),
        subscriber_id=trial.pk,
        asked=f"Letter {house.count}",
    )
    check_identity(
        wish, identity=RightsRequest.Identity.CHAT, on=timezone.localdate(), by=house.owner
    )
    enter_request(  # of nobody
        kind=RightsRequest.Kind.ACCESS,
        way=RightsRequest.Way.TELEPHONE,
        received_on=timezone.localdate(),
        asked=f"Call {house.count}",
    )
    # Whom nobody erases: another than the one whose pages are walked.
    restriction = restrict(
        _person(channel, f"restricted-{house.count}"),
        ground=Restriction.Ground.ACCURACY,
        by=house.owner,
    )
    add_statement(trial, f"Statement {house.count}", by=house.owner)
    write_notices(erasure, [person])
    for whose in (person, trial):
        ask_for_data_of(whose, way=PersonExport.Way.DOWNLOAD, user=house.owner)
    export = ask_for_export(
        ConsentExport.Form.CSV,
        Selection(f"since=20{house.count:02}-01-01"),
        user=house.owner,
        language="de",
    )
    return {
        "record_id": record.pk,
        "subscriber_id": trial.pk,
        "code": erasure.code,
        "export_id": export.pk,
        "recipient_id": told,
        "hold_id": hold.pk,
        "wish_id": wish.pk,
        "restriction_id": restriction.pk,
    }


def _recipient(house: House) -> Recipient:
    return add_recipient(name="Kasse", country="DE", url=f"https://kasse-{house.count}.example/")


def _consent(person_id: uuid.UUID, identifier: str) -> ConsentRecord:
    return record_consent(
        text_in_force("bot-notice", "de"),
        purpose=ConsentRecord.Purpose.CHAT,
        decision=ConsentRecord.Decision.GRANTED,
        source=ConsentRecord.Source.BOT,
        controller=ConsentRecord.Controller.TENANT,
        person_id=person_id,
        identifier=identifier,
        form=f"What {identifier} saw",
    )


def _person(channel: Channel, name: str, *, is_trial: bool = False) -> Subscriber:
    return Subscriber.objects.create(
        channel=channel,
        external_id=name,
        external_index=subscriber_index(channel.pk, name),
        is_trial=is_trial,
    )


def _members(house: House) -> dict[str, Any]:
    """A colleague, an open invitation, and a time in which support may look in."""
    colleague = User.objects.create_user(f"colleague-{house.count}@mail.example", name="Colleague")
    member = Membership.objects.create(user=colleague, role=Membership.Role.VIEWER)
    invitation = Invitation.objects.create(
        email=f"guest-{house.count}@mail.example",
        email_index=str(uuid.uuid4()),
        role=Membership.Role.VIEWER,
        invited_by=house.owner,
        expires_at=timezone.now() + timedelta(days=7),
    )
    grant = SupportGrant.objects.create(
        granted_by=house.owner, reason="Help", ends_at=timezone.now() + timedelta(hours=1)
    )
    return {"membership_id": member.pk, "invitation_id": invitation.pk, "grant_id": grant.pk}


def _withdrawn_contract(house: House) -> dict[str, Any]:
    contract = _copy_of_the_first(house, house.tenant)
    move(contract, State.WITHDRAWN, withdrawn_at=timezone.now())
    return {}


def _taken_back_ending(house: House) -> dict[str, Any]:
    ending = TenantEnding.objects.create(choice="return", language="de")
    ending.state = TenantEnding.State.CANCELLED
    ending.finish()
    return {}


def _another_business(house: House) -> dict[str, Any]:
    """Of the same owner, through the partner's link: one contract in force, one to be reviewed."""
    tenant = found_tenant(house.owner, company=f"Betrieb {house.count}")
    with tenant_scope(tenant.pk):
        _completed(house, tenant)
        _signed(_copy_of_the_first(house, tenant), house.owner)
        open_address(tenant)
    refer_tenant(tenant, code=house.partner.code, consented_at=timezone.now())
    return {"tenant_id": tenant.pk}


def _stuck_business(house: House) -> dict[str, Any]:
    """One whose contract cannot be sealed, of somebody else."""
    owner = User.objects.create_user(f"owner-{house.count}@werk.example", name="Owner")
    tenant = found_tenant(owner, company=f"Werk {house.count}")
    with tenant_scope(tenant.pk):
        contract = _signed(_copy_of_the_first(house, tenant), owner)
        move(contract, State.COUNTERSIGNED, countersigned_at=timezone.now(), last_error="OSError")
    return {"user_id": owner.pk}


def _texts(house: House) -> dict[str, Any]:
    """A text of each kind that waits, one that is decided, and another word on the same one."""
    _waiting, decided = (
        submit_text(
            key=f"{kind}-{house.count}", language="de", title="Text", body="Text.\n", change="Neu"
        )
        for kind in ("waiting", "decided")
    )
    decide_on_text(decided, lawyer=house.lawyer, verdict=Approval.Verdict.APPROVED)
    first = text_in_force("decided-1", "de")
    decide_on_text(
        first, lawyer=house.lawyer, verdict=Approval.Verdict.APPROVED, remark=str(house.count)
    )
    draft = begin_draft(decided, author=house.admin)
    return {"version_id": first.pk, "key": "terms", "draft_id": draft.pk}


def _request_through_meta(house: House) -> dict[str, Any]:
    """One that Meta has refused."""
    number = f"{house.count:017}"
    take_in_numbers([number])
    request = ErasureRequest.objects.about(number).get()
    ErasureRequest.objects.filter(pk=request.pk).update(
        failed_at=timezone.now(), last_error="100/33"
    )
    return {"request_id": request.pk}


def _mail(house: House) -> dict[str, Any]:
    mail = queue_mail(
        to=f"reader-{house.count}@mail.example",
        template="consent/signup/mail/known",
        context={},
        language="de",
    )
    with platform_scope("test"):
        mail.gave_up, mail.last_error = True, "SMTPRecipientsRefused"
        mail.save()
    return {"mail_id": mail.pk}


def _signed(contract: Contract, owner: User) -> Contract:
    return sign_contract(
        contract,
        signatory=owner,
        name="Owner",
        function="Inhaberin",
        read_sha256=contract.draft_sha256,
        authority_confirmed=True,
        network="",
    )


def _completed(house: House, tenant: Tenant) -> None:
    contract = _signed(_copy_of_the_first(house, tenant), house.owner)
    move(contract, State.COUNTERSIGNED, countersigned_at=timezone.now())
    now = timezone.now()
    done = {"completed_at": now, "finished_at": now}
    move(contract, State.COMPLETED, sealed_file="file", sealed_sha256="0" * 64, **done)


def _copy_of_the_first(house: House, tenant: Tenant) -> Contract:
    """A draft with the words and the data of the business's own, without rendering it anew."""
    with tenant_scope(house.tenant.pk):
        first = Contract.objects.get(pk=house.ids["contract_id"])
    names = ["language", "data", "filled_in", "drafted_at", "offer_valid_until"]
    names += ["draft_file", "draft_sha256", "agreement_id", "annex_processing_id"]
    names += ["annex_measures_id", "annex_subprocessors_id"]
    with tenant_scope(tenant.pk):
        return Contract.objects.create(**{name: getattr(first, name) for name in names})


Makers = tuple[Callable[[House], dict[str, Any]], ...]
IN_THE_BUSINESS: Makers = (_bot, _conversation, _members, _withdrawn_contract, _taken_back_ending)
AROUND_IT: Makers = (
    _another_business,
    _stuck_business,
    _texts,
    _request_through_meta,
    _mail,
)
