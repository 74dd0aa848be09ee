"""The second click: a visitor of the business's website agrees to open the chat."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.embeds.errors import NotAvailableError, UnknownVersionError
from consent.embeds.models import Tool, ToolVersion
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent


@transaction.atomic
def agree_to_chat(tool: Tool, *, version: str, text: str, network: str = "") -> ConsentRecord:
    """Record that somebody agreed to the words of this version of the tool (Art. 7(1) GDPR).

    ``version`` and ``text`` come from the form on a foreign page, so they are believed only if
    that version of this very tool was handed out with that text. The record points at the
    sentence agreed to, names the version (which holds all that was shown), and makes no person.
    Raises ``NotAvailableError``, ``UnknownVersionError``.
    """
    if not tool.is_available:
        raise NotAvailableError
    shown = _version(tool, version, text)
    return record_consent(
        shown.consent_text,
        purpose=ConsentRecord.Purpose.CHAT,
        decision=ConsentRecord.Decision.GRANTED,
        source=ConsentRecord.Source.TOOL,
        controller=ConsentRecord.Controller.TENANT,
        way=ConsentRecord.Way.CLICK,
        form=shown.snippet,
        place=f"{tool.label} (v{shown.number})",
        network=network,
    )


def _version(tool: Tool, version: str, text: str) -> ToolVersion:
    try:
        return tool.versions.select_related("consent_text").get(
            number=int(version), consent_text_id=uuid.UUID(text)
        )
    except (ValueError, OverflowError, ValidationError, ToolVersion.DoesNotExist) as error:
        raise UnknownVersionError from error
