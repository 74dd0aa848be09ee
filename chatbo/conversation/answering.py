"""What the bot answers: by its rules, its own texts, or the law's."""

from django.utils import translation
from django.utils.translation import gettext as _

from chatbo.conversation.legal import Legal
from chatbo.conversation.wishes import Wish
from tenants.bots.models import Bot
from tenants.bots.platforms import Outgoing


def answer_to(wish: Wish, said: str, bot: Bot, legal: Legal) -> Outgoing:
    """The one answer to a wish of a person whom the bot talks with. (Erasing answers itself.)"""
    match wish:
        case Wish.UNSUBSCRIBE:
            return legal.question()
        case Wish.KEEP:
            return legal.kept()
        case Wish.IMPRINT:
            return legal.imprint()
        case Wish.PRIVACY:
            return legal.privacy()
        case Wish.START:
            return Outgoing(bot.greeting) if bot.greeting else _greeting(bot)
        case _:
            return _talk(said, bot, legal)


def _talk(said: str, bot: Bot, legal: Legal) -> Outgoing:
    for rule in bot.rules.all():
        if rule.fits(said):
            return Outgoing(rule.answer)
    return Outgoing(bot.fallback) if bot.fallback else legal.fallback()


def _greeting(bot: Bot) -> Outgoing:
    with translation.override(bot.language):
        return Outgoing(_("Hello! What would you like to know?"))


def not_open(bot: Bot, legal: Legal) -> Outgoing:
    """To somebody who writes to a bot that is not live: nothing is kept of it."""
    with translation.override(bot.language):
        if bot.state != Bot.State.DRAFT:
            said = _("This bot is taking a break. What you write is not stored.")
        else:
            said = _("This bot is not open yet. What you write is not stored.")
    return Outgoing(f"{said}\n\n{legal.imprint().text}\n{legal.privacy().text}")


def restricted(bot: Bot, legal: Legal) -> Outgoing:
    """To somebody whose data are stored and not used: nothing is kept of what they write."""
    with translation.override(bot.language):
        said = _(
            "The processing of your data is restricted at the moment. What you write is not stored,"
            " and not answered. You can get a copy of your data (“my data”), or have everything"
            " erased (“unsubscribe”), at any time."
        )
    return Outgoing(f"{said}\n\n{legal.imprint().text}\n{legal.privacy().text}")


def click_withdrawn(bot: Bot) -> Outgoing:
    """To somebody who opened the chat by a click and leaves without a word."""
    with translation.override(bot.language):
        return Outgoing(
            _(
                "Your consent to open this chat is withdrawn. Only the proof of it stays, without"
                " a name. Nothing else is stored about you here, and nothing will be unless you"
                " write."
            )
        )


def nothing_stored(bot: Bot) -> Outgoing:
    """To somebody who wants to be erased and of whom nothing is known."""
    with translation.override(bot.language):
        return Outgoing(
            _("Nothing is stored about you here, and nothing will be unless you write again.")
        )
