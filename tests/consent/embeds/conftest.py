"""A live bot with a web chat, and a button that leads to it."""

from typing import Any

import pytest

from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from tenants.bots.bots import create_bot
from tenants.bots.channels import switch_on_web_chat
from tenants.bots.models import Bot
from tenants.bots.platforms import Menu

MENU = Menu(
    unsubscribe="Abmelden & löschen",
    imprint="Impressum",
    imprint_url="https://cafe-morgenrot.example/impressum",
    privacy="Datenschutz",
    privacy_url="https://cafe-morgenrot.example/datenschutz",
)


def live_bot(business: Any) -> Bot:
    """A bot that answers visitors. (Going live asks for an AVV; that is another room's promise.)"""
    with business.scope():
        bot = create_bot(name="Frieda")
        switch_on_web_chat(bot, menu=MENU)
        Bot.objects.update(state=Bot.State.LIVE)
        bot.refresh_from_db()
    return bot


@pytest.fixture
def bot(cafe: Any) -> Bot:
    return live_bot(cafe)


@pytest.fixture
def tool(cafe: Any, bot: Bot) -> Tool:
    with cafe.scope():
        return create_tool(bot, label="Chat mit uns")
