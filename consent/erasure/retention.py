"""Inactive people: after the months that a business sets for its bot they go (Art. 5(1)(e) GDPR).

By the calendar and the day: of six months, for whoever wrote last on 31 August, the last day is
that of February. Members' trials end like all others. A tool on a website has no period of its
own: it stores no visitor, and whoever comes through it is the bot's.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chatbo.foundation.audit.entries import changes, record
from chatbo.foundation.isolation import platform_scope
from consent.erasure.errors import NobodySelectedError
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure_of_many
from consent.erasure.selecting import inactive, selected
from tenants.bots.models import Bot, Subscriber

SHORTEST, LONGEST = 2, 36
"""Months that a business may choose from. The passage's sentence is written for two or more."""


def inactive_on(day: date, bot: Bot, months: int) -> QuerySet[Subscriber]:
    """Who would be erased on a day, if this were the bot's period."""
    return selected(inactive(bot, since=_limit(day, months)))


@transaction.atomic
def erase_inactive(bot: Bot) -> Erasure | None:
    """Have those erased whose period is over today; nothing, where that is nobody.

    In the bot's tenant. One job a bot and day: the limit is a midnight, so that a second call finds
    the same people, who are under way.
    """
    under_way = Erasure.objects.unfinished().filter(
        origin=Erasure.Origin.RETENTION, selection__bot=str(bot.pk)
    )
    if under_way.exists():
        return None
    limit = _limit(timezone.localdate(), bot.retention_months)
    try:
        return request_erasure_of_many(
            inactive(bot, since=limit), origin=Erasure.Origin.RETENTION, language=bot.language
        )
    except NobodySelectedError:
        return None


@transaction.atomic
def change_retention(bot: Bot, *, months: int) -> Bot:
    """Set after how many months without a message people are erased, from the next night on.

    Raises ``ValueError`` for less than ``SHORTEST`` or more than ``LONGEST``.
    """
    if not SHORTEST <= months <= LONGEST:
        raise ValueError(months)
    bot = Bot.objects.select_for_update().get(pk=bot.pk)
    if bot.retention_months != months:
        details = changes(bot, {"retention_months": months}, content=())
        bot.retention_months = months
        bot.save(update_fields=["retention_months"])
        record("bot.retention_changed", target=bot, details=details)
    return bot


def bots_of_everybody() -> list[tuple[str, str]]:
    """Each business's bots: (tenant id, bot id)."""
    with platform_scope("erasure: find the bots whose inactive people are to be erased"):
        found = Bot.objects.order_by("tenant_id", "pk").values_list("tenant_id", "pk")
        return [(str(tenant_id), str(bot_id)) for tenant_id, bot_id in found]


def _limit(day: date, months: int) -> datetime:
    """The midnight before which somebody was there last whose months are over on this day.

    A month that has no such day ends with its last one (sec. 188(3) BGB), so the next one begins.
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    try:
        first = date(year, month + 1, day.day)
    except ValueError:
        first = date(year, month + 2, 1)
    return timezone.make_aware(datetime.combine(first, time.min))
