"""A bot's way to the public."""

import dataclasses

from django.db import transaction

from chatbo.conversation.errors import NotReadyError
from chatbo.conversation.legal import fixed_menu
from chatbo.conversation.readiness import missing_for_going_live
from chatbo.foundation.audit.entries import record
from tenants.accounts.models import Tenant
from tenants.bots.channels import want_menu
from tenants.bots.models import Bot, Channel


@transaction.atomic
def go_live(bot: Bot) -> Bot:
    """Let a bot answer the public. Raises ``NotReadyError`` with all that is missing.

    The fixed menus are put up anew where their addresses have changed since.
    """
    tenant = Tenant.objects.select_for_update().get(pk=bot.tenant_id)
    if missing := missing_for_going_live(tenant):
        raise NotReadyError(missing)
    if Bot.objects.filter(pk=bot.pk).exclude(state=Bot.State.LIVE).update(state=Bot.State.LIVE):
        details = {"before": {"state": bot.state}, "after": {"state": Bot.State.LIVE}}
        record("bot.live", target=bot, details=details)
    renew_menus(bot)
    bot.refresh_from_db(fields=["state"])
    return bot


@transaction.atomic
def renew_menus(bot: Bot) -> None:
    """Put the fixed menu up on every channel of a bot where it is not, or no longer, right."""
    menu = fixed_menu(bot)
    wanted = dataclasses.asdict(menu)
    for channel in bot.channels.exclude(state=Channel.State.DISCONNECTED):
        if channel.menu_state != Channel.Menu.SET or channel.menu != wanted:
            want_menu(channel, menu)
