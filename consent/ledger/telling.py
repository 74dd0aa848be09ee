"""How, where and when something was decided, in words that fit what was decided."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consent.ledger.genuine import Standing
from consent.ledger.models import ConsentRecord

Way, Decision = ConsentRecord.Way, ConsentRecord.Decision

CHANGES = "/accounts/changes/"
"""Here a choice is made between two answers; at the sign-up a box is ticked or left empty."""

PLACES: dict[str, str | Promise] = {
    "/accounts/signup/": pgettext_lazy("place of a sign-up", "form"),
    "/accounts/confirm/": gettext_lazy("confirmation of the e-mail address"),
    "/accounts/facebook/login/": gettext_lazy("sign-up with Facebook"),
    "/accounts/3rdparty/": gettext_lazy("connected accounts, in the account"),
    CHANGES: gettext_lazy("changed texts, after the log-in"),
    "/receipt/": gettext_lazy("page of the receipt"),
}
"""Our own pages that a record names by their address; a bot and a tool bear names already."""

PROVABLE: dict[Standing, str | Promise] = {
    Standing.PROVEN: gettext_lazy("yes"),
    Standing.SOON: gettext_lazy("within a minute"),
    Standing.NOT: gettext_lazy("no: not as it was recorded"),
}
"""Whether a record can be proven."""

_ZONES = {"CET": gettext_lazy("CET"), "CEST": gettext_lazy("CEST")}


def how(record: ConsentRecord) -> str:
    """A box that was left empty was not ticked, whatever the form's way is."""
    if record.way == Way.TICK and record.place == CHANGES:
        if record.decision == Decision.REFUSED:
            return _("by choosing “no” in a form that was sent")
        return _("by choosing “yes” in a form that was sent")
    if record.way == Way.TICK and record.decision == Decision.REFUSED:
        return _("by leaving the box empty in a form that was sent")
    return str(record.get_way_display())


def where(record: ConsentRecord) -> str:
    """Begins with a capital letter: "Bot: Anna", "Page: changed texts, after the log-in"."""
    source = capfirst(str(record.get_source_display()))
    place = str(PLACES.get(record.place, record.place))
    return f"{source}: {place}" if place else source


def when(at: datetime) -> str:
    """With the zone of its clock, for a paper that is read elsewhere and years later."""
    local = timezone.localtime(at)
    zone = local.tzname() or ""
    return f"{date_format(local, 'SHORT_DATETIME_FORMAT')} {_ZONES.get(zone, zone)}".strip()
