"""The cover of a person's data: what Art. 15(1) and (2) GDPR have them told, from the register."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chatbo.foundation import operator
from consent.erasure.person_exports.tables import Table, Withheld
from consent.register.activities import Activity
from consent.register.record import Party, Record, record_of
from tenants.accounts.legal_pages import imprint_url, privacy_url
from tenants.accounts.models import Tenant
from tenants.bots.models import Subscriber

MOST_SHOWN = 1000
"""Rows of a section on the page; all of them are in the files beside it."""


@dataclass(frozen=True)
class Told:
    """What the person is told beside the data."""

    controller: Party
    imprint_url: str
    privacy_url: str
    activities: tuple[Activity, ...]
    channel: str
    """Where the conversation takes place."""
    at: datetime
    language: str


@dataclass(frozen=True)
class Shown:
    """A section as it stands on the page: ``rows`` are the last ones, each with its id."""

    table: Table
    rows: list[tuple[str, list[str]]]

    @property
    def file(self) -> str:
        """Beside the page."""
        return f"csv/{self.table.name}.csv"

    @property
    def receipts(self) -> str:
        """The folder in which each row has one, if rows of this kind have."""
        return "receipts/" if self.table.model == "ledger.ConsentRecord" else ""

    @property
    def left_out(self) -> int:
        return self.table.rows.count - len(self.rows)


def told_of(subscriber: Subscriber, tenant: Tenant, *, at: datetime) -> Told:
    """In the tenant's scope and the active language. Of the channels only the person's own."""
    language = get_language() or "de"
    record: Record = record_of(tenant, language=language)
    platform = subscriber.channel.platform
    return Told(
        controller=record.controller,
        imprint_url=imprint_url(tenant),
        privacy_url=privacy_url(tenant),
        activities=tuple(
            each for each in record.activities if not each.is_channel or each.key == platform
        ),
        channel=subscriber.channel.get_platform_display(),
        at=at,
        language=language,
    )


def cover(told: Told, tables: Iterable[Table]) -> str:
    """The page: stands alone, asks nobody for anything, and runs nothing."""
    shown = [_shown(each) for each in tables]
    withheld: list[Withheld] = [each for one in shown for each in one.table.withheld]
    return render_to_string(
        "consent/erasure/person_exports/cover.html",
        {
            "told": told,
            "full": [each for each in shown if each.rows],
            "empty": [each for each in shown if not each.rows],
            "withheld": withheld,
            "operator": operator,
            "authority": _(
                "the data protection authority of the federal state in which the business is"
                " established, or the one where you live"
            ),
        },
    )


def told_as_json(told: Told) -> dict[str, Any]:
    """The same for programs. The keys are English and stay; the words are the person's."""
    return {
        "controller": {
            "name": told.controller.name,
            "address": told.controller.address,
            "email": told.controller.email,
            "phone": told.controller.phone,
            "representative": told.controller.representative,
            "data_protection_officer": told.controller.data_protection_officer,
            "imprint": told.imprint_url,
            "privacy_policy": told.privacy_url,
        },
        "processing": [
            {
                "key": each.key,
                "title": each.title,
                "purpose": each.purpose,
                "legal_basis": each.legal_basis,
                "data_categories": list(each.data_kinds),
                "recipients": [
                    {
                        "name": one.name,
                        "role": one.role,
                        "country": one.country,
                        "transfer_ground": one.ground,
                    }
                    for one in each.recipients
                ],
                "starts": each.starts,
                "stops": each.stops,
                "retention": each.retention,
            }
            for each in told.activities
        ],
        "automated_decisions": False,
    }


def _shown(table: Table) -> Shown:
    last = deque(((values["id"], words) for values, words in table.rows), maxlen=MOST_SHOWN)
    return Shown(table, list(last))
