"""What pages show of holds: which, how much they cover, and how long they last."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatbo.foundation.encryption import text_or
from consent.erasure.holds.models import Hold
from tenants.bots.models import Message


@dataclass(frozen=True)
class Shown:
    hold: Hold
    messages: int = 0
    """Of somebody who is still here, how many it names by now."""

    @property
    def reason(self) -> str:
        return text_or(self.hold, "reason", _("This cannot be read at the moment."))

    @property
    def left(self) -> str:
        days = self.hold.days_left
        if days < 0:
            return _("ends tonight")
        if days == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


def holds_on(subscriber_id: uuid.UUID) -> list[Shown]:
    return _counted(Hold.objects.filter(subscriber_id=subscriber_id), subscriber_id)


def shown(hold: Hold) -> Shown:
    if hold.subscriber_id is None:
        return Shown(hold)
    return _counted([hold], hold.subscriber_id)[0]


def _counted(holds: Iterable[Hold], subscriber_id: uuid.UUID) -> list[Shown]:
    """The person's messages are asked for once, however many holds there are."""
    times = list(Message.objects.filter(subscriber_id=subscriber_id).values_list("at", flat=True))
    return [Shown(hold, sum(map(hold.names, times))) for hold in holds]
