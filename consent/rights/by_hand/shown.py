"""What pages and letters show of a request."""

import uuid
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatbo.foundation.encryption import text_or
from consent.erasure.models import Erasure
from consent.erasure.person_exports.models import PersonExport
from consent.rights.by_hand.models import WARN_BEFORE, Particulars, RightsRequest
from consent.rights.by_hand.outcomes import Known, known_of
from tenants.bots.models import Subscriber

Kind, State = RightsRequest.Kind, RightsRequest.State


@dataclass(frozen=True)
class Shown:
    """One request, with what was said of it. In its tenant's scope."""

    wish: RightsRequest

    @cached_property
    def _particulars(self) -> Particulars:
        """An empty one where they went with the person."""
        found = Particulars.objects.filter(request=self.wish)
        return found.select_related("subscriber__channel").first() or Particulars()

    @property
    def person(self) -> Subscriber | None:
        found: Subscriber | None = self._particulars.subscriber
        return found

    @property
    def contact(self) -> str:
        return text_or(self.wish, "contact", _unreadable())

    @property
    def asked(self) -> str:
        return self._text("asked")

    @property
    def identity_note(self) -> str:
        return self._text("identity_note")

    @property
    def extension_reason(self) -> str:
        return self._text("extension_reason")

    @property
    def refusal_reason(self) -> str:
        return self._text("refusal_reason")

    @cached_property
    def erasure(self) -> Erasure | None:
        """The one that it has begun."""
        if self.wish.erasure_id is None:
            return None
        return Erasure.objects.filter(pk=self.wish.erasure_id).first()

    @cached_property
    def copy(self) -> PersonExport | None:
        """The newest copy of the person's data that is being made or can be taken."""
        if self.wish.kind != Kind.ACCESS or self.person is None:
            return None
        ours = PersonExport.objects.filter(subscriber=self.person, way=PersonExport.Way.DOWNLOAD)
        asked = ours.filter(state=PersonExport.State.ASKED)
        return (asked | ours.kept()).first()

    @property
    def how(self) -> str:
        """What was done outside the product, in the words of whoever closed it."""
        return self._text("how")

    @cached_property
    def known(self) -> Known | None:
        """What the product knows to be done; of a closed one, what was known at its end."""
        if not self.wish.is_closed:
            return known_of(self.wish)
        # Of one that was answered before outcomes were noted, this much alone is known.
        nobody = "" if self.wish.about_somebody else RightsRequest.Outcome.NOBODY
        outcome = self.wish.outcome or nobody
        return Known(RightsRequest.Outcome(outcome)) if outcome else None

    @property
    def may_be_unnamed(self) -> bool:
        wish = self.wish
        return wish.about_somebody and not wish.is_closed and not wish.is_carried_out

    @property
    def is_live(self) -> bool:
        """Whether something is under way, so that the page asks again."""
        if self.wish.is_closed:
            return False
        is_erased = self.erasure is not None and self.person is not None
        return is_erased or (self.copy is not None and self.copy.finished_at is None)

    @property
    def may_be_answered(self) -> bool:
        """Without a check only that nothing is stored: that gives nothing out."""
        if self.person is None:
            return not self.wish.is_closed
        return self.wish.state == State.IN_PROGRESS and self.wish.kind != Kind.ERASURE

    @property
    def is_soon_due(self) -> bool:
        return not self.wish.is_closed and self.wish.days_left <= WARN_BEFORE.days

    @property
    def due_in_words(self) -> str:
        """How long the law still grants, for what is not answered yet."""
        days = self.wish.days_left
        if days < 0:
            return _("overdue")
        if days == 0:
            return _("today")
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}

    def _text(self, name: str) -> str:
        return text_or(self._particulars, name, _unreadable())


@dataclass(frozen=True)
class OfPerson:
    """On a person's page: their requests, and those of which it is not known yet whose they are."""

    own: list[RightsRequest]
    nobodys: list[RightsRequest]

    @property
    def unchecked(self) -> RightsRequest | None:
        """The first of which nobody has noted how it was made sure who asks."""
        return next((each for each in self.own if each.state == State.OPEN), None)


def requests_of(subscriber_id: uuid.UUID) -> OfPerson:
    theirs = RightsRequest.objects.filter(particulars__subscriber_id=subscriber_id)
    return OfPerson(
        list(theirs.open_first()[:20]),
        list(RightsRequest.objects.of_nobody().open_first()[:20]),
    )


def _unreadable() -> str:
    return _("This cannot be read at the moment.")
