"""What a person's page at the business shows of the copies of their data."""

from dataclasses import dataclass

from consent.erasure.person_exports.asking import can_be_written_to
from consent.erasure.person_exports.models import PersonExport
from tenants.bots.models import Subscriber


@dataclass(frozen=True)
class Copies:
    """``exports``: those that are being made or can be taken, the newest first."""

    exports: list[PersonExport]
    can_be_written_to: bool

    @property
    def is_live(self) -> bool:
        """Whether something is being made, so that the page asks again."""
        return any(each.finished_at is None for each in self.exports)


def copies_of(subscriber: Subscriber) -> Copies:
    """In the tenant's scope; ``subscriber`` with its channel."""
    found = PersonExport.objects.filter(subscriber=subscriber)
    asked = found.filter(state=PersonExport.State.ASKED)
    return Copies(list((asked | found.kept())[:20]), can_be_written_to(subscriber))
