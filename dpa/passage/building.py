"""The privacy passage: what a business tells its visitors about the bot (Art. 13 GDPR).

Made of approved texts and of what is really switched on, by the register of processing. Nothing
in it is typed in, and nothing depends on the day: the same configuration is the same passage.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consent.embeds.rendering import what_happens
from consent.register.activities import Activity, activities_of
from consent.register.kinds import told_of_network
from consent.register.offers import recipients_of
from consent.texts.models import Approval, TextVersion
from consent.texts.rendering import as_html
from consent.texts.versions import filled, fitting, text_in_force
from dpa.passage.plain import as_text
from tenants.accounts.legal_pages import can_be_hosted
from tenants.accounts.models import Tenant
from tenants.bots.models import Bot, Channel, Platform

PARTS_OF_ACTIVITIES: Mapping[str, str] = {
    **{platform: f"passage-channel-{platform}" for platform in Platform.values},
    "tool": "passage-tool-button",
}
"""Which activity of the register is told by which text. What is told in general has none."""


@dataclass(frozen=True)
class Part:
    """One text of the passage, filled in, and the activity that asks for it (if one does)."""

    version: TextVersion
    markdown: str
    activity: Activity | None = None


@dataclass(frozen=True)
class Passage:
    """The passage in one language: as HTML and as text, with all that went into it."""

    language: str
    parts: tuple[Part, ...]
    is_complete: bool
    """Whether the business is named fully: who, where, and how to reach it."""
    as_of: datetime
    """When the youngest of the texts was approved."""

    @property
    def versions(self) -> tuple[TextVersion, ...]:
        return tuple(part.version for part in self.parts)

    @property
    def activities(self) -> tuple[Activity, ...]:
        """Why the passage says what it says: each channel and tool that it covers."""
        return tuple(part.activity for part in self.parts if part.activity)

    @property
    def markdown(self) -> str:
        return "\n".join(part.markdown for part in self.parts)

    @property
    def text(self) -> str:
        return as_text(self.markdown)

    @property
    def html(self) -> SafeString:
        """To be pasted into a page as it is: no script, no style, nothing that loads."""
        return format_html(
            '<section lang="{}" data-chatbo-passage="{}">\n{}</section>\n',
            self.language,
            self.sha256[:12],
            as_html(self.markdown),
        )

    @property
    def sha256(self) -> str:
        """Names exactly these words: over language and Markdown, from which HTML and text come."""
        return hashlib.sha256(f"{self.language}\n{self.markdown}".encode()).hexdigest()


def build_passage(tenant: Tenant, *, language: str) -> Passage:
    """Build the passage from what is on now, in the tenant's open scope.

    What the business has not filled in yet stands in brackets, and ``is_complete`` is false.
    Raises ``NotApprovedError`` where a text has no approval: then there is no passage.
    """
    with translation.override(language):
        parts = tuple(_parts(tenant, language))
    return Passage(language, parts, can_be_hosted(tenant), _last_approval(parts))


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _parts(tenant: Tenant, language: str) -> list[Part]:
    values = _values(tenant)

    def part(key: str, activity: Activity | None = None) -> Part:
        version = text_in_force(key, language)
        return Part(version, filled(version, fitting(version, values), markdown=True), activity)

    activities = activities_of(tenant)
    passes_on = recipients_of(tenant.pk) and any(each.is_channel for each in activities)
    return [
        part("passage-intro"),
        *(
            part(PARTS_OF_ACTIVITIES[activity.key], activity)
            for activity in activities
            if activity.key in PARTS_OF_ACTIVITIES
        ),
        *([part("passage-recipients")] if passes_on else []),
        part("passage-retention"),
        part("passage-rights"),
    ]


def _values(tenant: Tenant) -> dict[str, object]:
    # Of disconnected channels too: who is stored on them stays until then.
    longest = Channel.objects.filter(tenant_id=tenant.pk).aggregate(
        months=Max("bot__retention_months")
    )
    preset = Bot._meta.get_field("retention_months").get_default()
    return {
        **what_happens(tenant),
        "address": tenant.address or _("[postal address]"),
        "contact_email": tenant.contact_email or _("[e-mail address]"),
        "data_protection_officer": tenant.data_protection_officer or _("none appointed"),
        "network_address": told_of_network(tenant.consent_network),
        "recipients": "\n".join(
            f"- {each.name} ({each.country})" for each in recipients_of(tenant.pk)
        ),
        "retention_months": longest["months"] or preset,
        "supervisory_authority": _(
            "the data protection authority of the federal state in which we are established"
        ),
    }


def _last_approval(parts: tuple[Part, ...]) -> datetime:
    approvals = Approval.objects.filter(
        version__in=[part.version.pk for part in parts], verdict=Approval.Verdict.APPROVED
    )
    at: datetime = approvals.aggregate(at=Max("at"))["at"]
    return at
