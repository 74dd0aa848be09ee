"""What pages show of holds: which, how much they cover, and how long they last."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatbo.foundation.encryption import text_or
from consent.erasure.holds.models import Hold
from consent.erasure.holds.taking import messages_of
from tenants.bots.models import Message, Subscriber


@dataclass(frozen=True)
class Shown:
    hold: Hold

    @property
    def reason(self) -> str:
        return text_or(self.hold, "reason", _("This cannot be read at the moment."))

    @property
    def messages(self) -> int:
        """Of somebody who is still here, how many messages it names by now."""
        if self.hold.subscriber_id is None:
            return 0
        return Message.objects.filter(messages_of(self.hold)).count()

    @property
    def left(self) -> str:
        days = self.hold.days_left
        if days < 0:
            return _("ends tonight")
        if days == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}


def holds_on(subscriber: Subscriber) -> list[Shown]:
    return [Shown(hold) for hold in Hold.objects.filter(subscriber_id=subscriber.pk)]
