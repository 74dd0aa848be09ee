"""The second click: a visitor of the business's website agrees to open the chat."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from consent.embeds.errors import AskAgainError, NotAvailableError, UnknownVersionError
from consent.embeds.models import Tool, ToolVersion
from consent.embeds.shown import when_shown
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.effects import strongest
from consent.texts.versions import Effect, effects_since

Decision = ConsentRecord.Decision


@transaction.atomic
def agree_to_chat(
    tool: Tool,
    *,
    version: str,
    text: str,
    sealed: str = "",
    after: str = "",
    network: str = "",
) -> ConsentRecord:
    """Record that somebody agreed to the words of this version of the tool (Art. 7(1) GDPR).

    ``version`` and ``text`` come from the form on a foreign page, so they are believed only if
    that version of this very tool was handed out with that text. The record points at the
    sentence agreed to, names the version (which holds all that was shown), and makes no person.
    ``sealed`` and ``after`` are what the form says on when it was shown (``when_shown``).

    Code copied before a text changed shows the words of then. If they no longer bear a consent,
    nothing is recorded: ``AskAgainError``. Otherwise they are what was agreed to. Raises
    ``NotAvailableError``, ``UnknownVersionError``, ``NotApprovedError`` (no text is in force).
    """
    if not tool.is_available:
        raise NotAvailableError
    shown = _version(tool, version, text)
    if effect_on(shown) == Effect.ASK:
        raise AskAgainError
    return _record_click(tool, shown, Decision.GRANTED, sealed=sealed, after=after, network=network)


@transaction.atomic
def refuse_chat(tool: Tool, *, version: str, text: str, sealed: str = "") -> ConsentRecord:
    """Record that somebody on our own page was shown the words and said no; of them, nothing.

    Neither a person nor a network address: nobody has to be known for what they did not want
    (Arts. 5(1)(c), 11 GDPR). On a foreign website a no sends us nothing at all
    (docs/decisions/two-clicks-without-script.md). Raises ``NotAvailableError`` and
    ``UnknownVersionError``.
    """
    if not tool.is_available:
        raise NotAvailableError
    return _record_click(tool, _version(tool, version, text), Decision.REFUSED, sealed=sealed)


def _record_click(
    tool: Tool,
    shown: ToolVersion,
    decision: ConsentRecord.Decision,
    *,
    sealed: str,
    after: str = "",
    network: str = "",
) -> ConsentRecord:
    now = timezone.now()
    return record_consent(
        shown.consent_text,
        purpose=ConsentRecord.Purpose.CHAT,
        decision=decision,
        source=ConsentRecord.Source.TOOL,
        controller=ConsentRecord.Controller.TENANT,
        way=ConsentRecord.Way.CLICK,
        form=shown.snippet,
        place=f"{tool.label} (v{shown.number})",
        network=network,
        shown_at=when_shown(shown, sealed=sealed, after=after, clicked_at=now),
        given_at=now,
    )


def effect_on(version: ToolVersion) -> Effect:
    """What the texts in force mean for whoever sees this version: the stronger of both texts'.

    Raises ``NotApprovedError``.
    """
    return strongest(effects_since([version.notice_text, version.consent_text]).values())


def _version(tool: Tool, version: str, text: str) -> ToolVersion:
    try:
        return tool.versions.select_related("notice_text", "consent_text").get(
            number=int(version), consent_text_id=uuid.UUID(text)
        )
    except (ValueError, OverflowError, ValidationError, ToolVersion.DoesNotExist) as error:
        raise UnknownVersionError from error
