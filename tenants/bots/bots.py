"""Making bots and changing what they say by themselves. Going live: ``chatbo.conversation``."""

from django.db import transaction

from chatbo.foundation.audit.entries import changes, record
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot


@transaction.atomic
def create_bot(*, name: str, language: str = "de", greeting: str = "", fallback: str = "") -> Bot:
    """Make a bot in the open tenant scope. It is a draft: it can be tried, and answers nobody."""
    bot = Bot.objects.create(name=name, language=language, greeting=greeting, fallback=fallback)
    record("bot.created", target=bot)
    return bot


@transaction.atomic
def change_bot(bot: Bot, *, name: str, language: str, greeting: str, fallback: str) -> Bot:
    """Change a bot's name, language and own texts. Notice and menu are not its own."""
    new = {"name": name, "language": language, "greeting": greeting, "fallback": fallback}
    details = changes(bot, new, content={"name", "greeting", "fallback"})
    for field, value in new.items():
        setattr(bot, field, value)
    bot.save(update_fields=list(new))
    record("bot.changed", target=bot, details=details)
    return bot


@transaction.atomic
def pause_bot(bot: Bot) -> Bot:
    """Let a bot be silent for the time being. Unsubscribing goes on working."""
    paused = Bot.objects.filter(pk=bot.pk, state=Bot.State.LIVE).update(state=Bot.State.PAUSED)
    if paused:
        details = {"before": {"state": Bot.State.LIVE}, "after": {"state": Bot.State.PAUSED}}
        record("bot.paused", target=bot, details=details)
    bot.refresh_from_db(fields=["state"])
    return bot


def answers_everybody(bot: Bot) -> bool:
    """Whether the public gets answers: the bot is live, its business neither locked nor leaving."""
    return (
        bot.state == Bot.State.LIVE
        and not Tenant.objects.closed().filter(pk=bot.tenant_id).exists()
    )
