"""The order in which the demo comes about.

Each step looks whether its result was ever there, and only then acts: so a run that was
interrupted is continued by the next, and nobody's own changes in the demo are undone.
"""

from django.utils import timezone, translation

from chatbo.conversation.going_live import go_live
from chatbo.dashboard.demo import bots, contracts, conversations, people
from chatbo.dashboard.demo.businesses import CAFE, DENTIST, DRIVING_SCHOOL, Business
from chatbo.dashboard.demo.texts import publish_shipped_texts
from chatbo.foundation.isolation import tenant_scope
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from dpa.contracts.reading import agreement_in_force
from dpa.subprocessors.models import SubProcessor
from dpa.subprocessors.publishing import publish_examples
from tenants.accounts.models import PlatformRole, Tenant, User
from tenants.bots.models import Bot


def seed() -> None:
    """Make the demo's data. Raises ``DemoError`` where the stand-ins do not answer."""
    with translation.override("de"):
        admin = people.colleague(people.ADMIN, name="Vertragsprüfung", role=PlatformRole.ADMIN)
        lawyer = people.colleague(people.LAWYER, name="Rechtsprüfung", role=PlatformRole.LAWYER)
        publish_shipped_texts(lawyer=lawyer)
        if not SubProcessor.objects.exists():
            publish_examples(since=timezone.localdate())
        people.partner()
        _cafe(admin)
        _dentist()
        _driving_school()


def _cafe(admin: User) -> None:
    """All of it: agreement in force, bot live on three channels, a button on the website."""
    tenant, bot = _open(CAFE)
    with tenant_scope(tenant.pk):
        people.keep_website(tenant, CAFE)
        contracts.sign_for(tenant, CAFE)
    contracts.put_in_force(tenant, admin=admin)
    with tenant_scope(tenant.pk):
        is_new = bot.state == Bot.State.DRAFT and agreement_in_force(tenant.pk)
        if is_new:
            bot = go_live(bot)
        tool = Tool.objects.first()
        if tool is None:
            tool = create_tool(bot, label="Fragen Sie uns")
            conversations.put_on_site(CAFE.slug, snippet=tool.current.snippet)
    conversations.play_conversations(tenant)
    conversations.play_web_chat(tenant, tool)


def _dentist() -> None:
    """At the beginning: a draft bot on a page, tried out once, and no agreement."""
    tenant, _ = _open(DENTIST)
    with tenant_scope(tenant.pk):
        owner = people.owner_of(tenant)
    conversations.play_trial(tenant, owner, "Wann haben Sie Sprechzeiten?")


def _driving_school() -> None:
    """Half-way: the agreement is signed and waits for somebody at ChatBo to review it."""
    tenant, _ = _open(DRIVING_SCHOOL)
    with tenant_scope(tenant.pk):
        owner = people.owner_of(tenant)
        contracts.sign_for(tenant, DRIVING_SCHOOL)
    conversations.play_trial(tenant, owner, "Was kostet die Fahrstunde?")


def _open(business: Business) -> tuple[Tenant, Bot]:
    tenant = people.tenant_of(business)
    with tenant_scope(tenant.pk):
        bot = bots.bot_of(business)
        bots.connect(bot, business)
    bots.put_menus_up(bot)
    return tenant, bot
