"""The demo's bots, connected with the stand-ins' pages by their tokens."""

from django.conf import settings
from django.db import transaction

from chatbo.conversation.legal import fixed_menu
from chatbo.dashboard.demo.businesses import Business
from chatbo.dashboard.demo.errors import DemoError
from chatbo.foundation.isolation import tenant_scope
from tenants.bots.bots import create_bot
from tenants.bots.channels import connect_messenger, connect_telegram, switch_on_web_chat
from tenants.bots.models import Bot, Channel, MenuWatch, Platform
from tenants.bots.platforms.errors import PlatformError
from tenants.bots.rules import add_rule
from tenants.bots.tasks import set_menu


@transaction.atomic
def bot_of(business: Business) -> Bot:
    """The business's bot with its rules, in the open tenant scope."""
    bot = Bot.objects.order_by("created_at").first()
    if bot is None:
        bot = create_bot(name=business.bot, greeting=business.greeting, fallback=business.fallback)
        for keywords, answer in business.rules:
            add_rule(bot, keywords=keywords, answer=answer)
    return bot


def connect(bot: Bot, business: Business) -> None:
    """Connect the bot where it never was: a channel that was parted in the demo stays so."""
    known = set(Channel.objects.values_list("platform", flat=True))
    menu = fixed_menu(bot)
    try:
        if Platform.MESSENGER not in known:
            connect_messenger(bot, token=business.page_token, menu=menu)
        if Platform.TELEGRAM not in known and business.telegram:
            connect_telegram(bot, token=business.telegram, menu=menu)
    except PlatformError as error:
        raise DemoError(
            f"The demo's page of {business.name} could not be connected ({error.code}) at"
            f" {settings.META_GRAPH_URL} or {settings.TELEGRAM_API_URL}: unset META_GRAPH_URL and"
            " TELEGRAM_API_URL, so that `make run` starts the stand-ins, or start them yourself."
        ) from error
    if Platform.WEB not in known:
        switch_on_web_chat(bot, menu=menu)


def put_menus_up(bot: Bot) -> None:
    """What the worker does: also subscribes the page, so that it tells us what is said.

    Call outside of any scope: the platforms are asked between transactions.
    """
    with tenant_scope(bot.tenant_id):
        due = [str(pk) for pk in MenuWatch.objects.due().values_list("pk", flat=True)]
    for watch in due:
        set_menu(str(bot.tenant_id), watch)
