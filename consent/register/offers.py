"""Where each room offers its features to the register: a channel, a tool, a newsletter.

The register lies below most of them, so it does not look for them: they say that they are there,
when their app is ready. What is not offered is processed by nobody (``tests/consent/register``
compares with all that the models hold).
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

if TYPE_CHECKING:
    from consent.register.activities import Activity, Recipient

declare_store(Medium.MEMORY, __name__, NoPersonalData("Features, offered at the start."))


@dataclass(frozen=True)
class Chosen:
    """What a business has set, as far as the words of an activity depend on it.

    ``months``: after which the inactive are erased. ``network``: how much of a network address
    records of consent keep (``Tenant.ConsentNetwork``); nothing: said for no business.
    ``recipients``: whom the business itself has named, beside those of each feature.
    """

    months: int
    network: str = ""
    recipients: tuple["Recipient", ...] = ()


Describe = Callable[[Chosen], "Activity"]
"""An activity in the active language."""
SwitchedOn = Callable[[Collection[uuid.UUID] | None], Iterable[tuple[uuid.UUID, str, int]]]
"""Tenant, feature and months: of these tenants, or (``None``) of all that the open scope shows."""


@dataclass(frozen=True)
class Source:
    """The features of one room, by key, and who has them on (``None``: everybody, always)."""

    features: Mapping[str, Describe]
    switched_on: SwitchedOn | None


_sources: dict[int, Source] = {}
_processors: list[Callable[[], list["Recipient"]]] = []
_recipients: list[Callable[[uuid.UUID], list["Recipient"]]] = []


def offer(place: int, source: Source) -> None:
    """Offer features; ``place`` is their order in every document."""
    _sources[place] = source


def sources() -> list[Source]:
    return [_sources[place] for place in sorted(_sources)]


def name_processors(named: Callable[[], list["Recipient"]]) -> None:
    """Say who else processes for ChatBo (Art. 28(4) GDPR): the list that Annex 3 is made of."""
    if named not in _processors:
        _processors.append(named)


def further_processors() -> list["Recipient"]:
    """Who else processes today, in the active language."""
    return [recipient for named in _processors for recipient in named()]


def name_recipients(named: Callable[[uuid.UUID], list["Recipient"]]) -> None:
    """Say whom a business has named to be given something on the people of its bots."""
    if named not in _recipients:
        _recipients.append(named)


def recipients_of(tenant_id: uuid.UUID) -> tuple["Recipient", ...]:
    """Whom this business has named, in its open scope and the active language."""
    return tuple(recipient for named in _recipients for recipient in named(tenant_id))
