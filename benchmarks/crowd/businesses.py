"""The businesses with their people, bots and contracts, and the platform's own people.

What there are thousands of is made in bulk; for the two businesses whose pages are measured,
bots, tools and contracts come from the product's own use cases.
"""

import uuid
from dataclasses import dataclass

from django.utils import timezone

from benchmarks.crowd import sizes
from chatbo.conversation.legal import fixed_menu
from chatbo.foundation.encryption import blind_index
from chatbo.foundation.isolation import partner_scope, platform_scope, tenant_scope
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.isolation.models import DirectoryEntry
from consent.embeds.tools import create_tool
from consent.texts.models import Approval, TextVersion
from consent.texts.shipping import submit_shipped_texts
from consent.texts.versions import decide_on_text
from dpa.contracts.company import CompanyData
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from dpa.contracts.signing import countersign_contract, sign_contract
from dpa.contracts.tasks import seal
from tenants.accounts.models import Membership, PlatformRole, Tenant, User
from tenants.affiliates.models import Partner, Referral
from tenants.affiliates.referring import make_partner
from tenants.bots.bots import create_bot
from tenants.bots.channels import switch_on_web_chat
from tenants.bots.models import Bot, Channel, Platform
from tenants.bots.rules import add_rule

FACTS = {
    "legal_form": Tenant.LegalForm.SOLE,
    "street": "Musterstraße 1",
    "postal_code": "10115",
    "city": "Berlin",
    "representative": "die Inhaberin",
    "representative_function": "Inhaberin",
    "contact_email": "kontakt@betrieb.example",
}


@dataclass(frozen=True)
class People:
    """Who looks at the pages, and all businesses in the order of ``sizes.PEOPLE``."""

    admin: User
    lawyer: User
    partner: Partner
    tenants: list[Tenant]
    owners: list[User]


def found_everybody() -> People:
    lawyer = User.objects.create_user(
        "lawyer@platform.example", name="Lawyer", platform_role=PlatformRole.LAWYER
    )
    admin = User.objects.create_user(
        "admin@platform.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
    submit_shipped_texts()
    for version in TextVersion.objects.pending():
        decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    tenants, owners = _tenants()
    partner = make_partner(User.objects.create_user("partner@partner.example", name="Partner"))
    with partner_scope(partner.pk):
        Referral.objects.bulk_create(
            Referral(
                partner_id=partner.pk, referred_tenant_id=tenant.pk, consented_at=timezone.now()
            )
            for tenant in tenants[:100]
        )
    return People(admin, lawyer, partner, tenants, owners)


def _tenants() -> tuple[list[Tenant], list[User]]:
    places = range(len(sizes.PEOPLE))
    tenants = [
        Tenant(id=new_id(), slug=f"betrieb-{place}", company=f"Betrieb {place}", **FACTS)
        for place in places
    ]
    owners = [User(email=f"owner@betrieb-{place}.example", name="Owner") for place in places]
    Tenant.objects.using("owner").bulk_create(tenants)
    User.objects.using("owner").bulk_create(owners)
    Membership.objects.using("owner").bulk_create(
        Membership(tenant_id=tenant.pk, user_id=owner.pk, role=Membership.Role.OWNER)
        for tenant, owner in zip(tenants, owners, strict=True)
    )
    DirectoryEntry.objects.using("owner").bulk_create(
        DirectoryEntry(
            kind="slug", digest=blind_index(tenant.slug, purpose="slug"), tenant_id=tenant.pk
        )
        for tenant in tenants
    )
    return tenants, owners


def give_bots(people: People) -> list[Channel]:
    """All channels; a business's own ones side by side."""
    channels: list[Channel] = []
    bots: list[Bot] = []
    for place, tenant in enumerate(people.tenants):
        if place in (sizes.LARGEST, sizes.MIDDLING):
            channels += _measured(tenant, people.owners[place], people.admin)
            continue
        bot = Bot(tenant_id=tenant.pk, name="Bot", state=Bot.State.LIVE)
        bots.append(bot)
        channels += [_channel(tenant, bot, kind) for kind in (Platform.MESSENGER, Platform.WEB)]
    Bot.objects.using("owner").bulk_create(bots)
    made = {bot.pk for bot in bots}
    Channel.objects.using("owner").bulk_create(each for each in channels if each.bot_id in made)
    return channels


def _channel(tenant: Tenant, bot: Bot, platform: str) -> Channel:
    channel = Channel(
        id=uuid.uuid4(), tenant_id=tenant.pk, bot_id=bot.pk, platform=platform, name="Bot"
    )
    channel.external_id = str(channel.pk)
    channel.menu_state, channel.menu_set_at = Channel.Menu.SET, timezone.now()
    return channel


def _measured(tenant: Tenant, owner: User, admin: User) -> list[Channel]:
    with tenant_scope(tenant.pk):
        channels = []
        for number in range(sizes.BOTS_OF_MEASURED):
            bot = create_bot(name=f"Bot {number}")
            for rule in range(10):
                add_rule(bot, keywords=f"Wort{rule}", answer="Antwort")
            channels.append(switch_on_web_chat(bot, menu=fixed_menu(bot)))
            create_tool(bot, label="Zum Chat")
        _sign(_draft(tenant, owner), owner)
    with platform_scope("benchmark: countersign"):
        contract = countersign_contract(Contract.objects.get(tenant_id=tenant.pk), admin=admin)
    seal(str(tenant.pk), str(contract.pk))
    with tenant_scope(tenant.pk):
        Bot.objects.update(state=Bot.State.LIVE)
        draft = _draft(tenant, owner)  # a second one, that waits
        if tenant.slug == "betrieb-0":
            _sign(draft, owner)
    return channels


def _draft(tenant: Tenant, owner: User) -> Contract:
    data = CompanyData.known_of(tenant)
    return draft_contract(tenant, user=owner, data=data, language="de")


def _sign(draft: Contract, owner: User) -> None:
    sign_contract(
        draft,
        signatory=owner,
        name=owner.name,
        function="Inhaberin",
        place="Berlin",
        read_sha256=draft.draft_sha256,
        authority_confirmed=True,
        network="",
    )
