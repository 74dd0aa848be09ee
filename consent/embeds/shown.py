"""When the words were on the screen, as far as that can be known without recognising anybody."""

from datetime import datetime, timedelta

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token, sealed_at
from consent.embeds.models import ToolVersion

SHOWN_FOR = timedelta(hours=12)
"""For so long a page's own word on when it was shown is taken; afterwards nothing is said."""

_PURPOSE = "tool-shown"


def seal_shown(version: ToolVersion) -> str:
    """A hidden field that says when our own page showed this version. It is stored nowhere."""
    return seal_token({"tool": version.tool_id.hex, "version": version.number}, purpose=_PURPOSE)


def when_shown(
    version: ToolVersion, *, sealed: str, after: str, clicked_at: datetime
) -> datetime | None:
    """When somebody was shown what they clicked; ``None`` where nobody can say.

    Of our own page by its seal, which holds for this tool and version alone. Of the script by the
    seconds it counted (``after``), which anybody can make up: so only within ``SHOWN_FOR``, and
    not before the version was there. The code without script cannot say.
    """
    if sealed:
        return _as_sealed(version, sealed)
    if not (after.isascii() and after.isdigit() and len(after) <= 5):
        return None
    elapsed = timedelta(seconds=int(after))
    shown_at = clicked_at - elapsed
    return shown_at if elapsed <= SHOWN_FOR and shown_at >= version.made_at else None


def _as_sealed(version: ToolVersion, sealed: str) -> datetime | None:
    try:
        facts = open_token(sealed, purpose=_PURPOSE, max_age=SHOWN_FOR)
    except InvalidTokenError:
        return None
    if (facts["tool"], facts["version"]) != (version.tool_id.hex, version.number):
        return None
    return sealed_at(sealed, purpose=_PURPOSE)
