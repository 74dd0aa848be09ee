"""The application: all that somebody has said so far, carried by themselves.

Until the button behind the confirmation link is pressed, ChatBo stores nothing on them: no row,
no session, no log. The application travels encrypted in the link (Art. 25 GDPR); whoever
abandons a sign-up leaves nothing to be deleted.
"""

import dataclasses
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from chatbo.foundation.encryption import InvalidTokenError, open_token, seal_token
from consent.signup.errors import InvalidLinkError
from consent.signup.shown import Purpose

LINK_LIVES = timedelta(days=3)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One box: the version of the text beside it, and whether it was ticked."""

    text_id: uuid.UUID
    granted: bool


@dataclasses.dataclass(frozen=True)
class Application:
    email: str
    language: str
    shown_at: datetime
    """When the form with the texts was shown."""
    asked_at: datetime
    """When it was sent."""
    network: str
    """Already shortened: the whole address is not needed and never leaves the request."""
    answers: Mapping[Purpose, Answer]
    code: str = ""
    """The affiliate partner's, if a partner's link led here."""
    behind: Mapping[str, uuid.UUID] = dataclasses.field(default_factory=dict)
    """The versions to which the boxes' words led, by key: the terms and the privacy policy."""
    facebook: str = ""
    """The key of the browser that came back from Facebook (``facebook.person``)."""

    def granted(self, purpose: Purpose) -> bool:
        answer = self.answers.get(purpose)
        return answer is not None and answer.granted

    def seal(self, purpose: str = "signup") -> str:
        """The token. ``signup`` is proof that its address was reached: only mails carry it."""
        return seal_token(
            {
                "e": self.email,
                "l": self.language,
                "s": self.shown_at.isoformat(timespec="seconds"),
                "t": self.asked_at.isoformat(timespec="seconds"),
                "n": self.network,
                "a": {p.value: [a.text_id.hex, int(a.granted)] for p, a in self.answers.items()},
                "b": {key: text_id.hex for key, text_id in self.behind.items()},
                "c": self.code,
                "f": self.facebook,
            },
            purpose=purpose,
        ).rstrip("=")  # Mail programs lose it at the end of an address.

    @classmethod
    def unseal(cls, token: str, purpose: str = "signup", max_age: timedelta = LINK_LIVES) -> Self:
        """Raises ``InvalidLinkError`` for anything but a genuine token of this purpose, in time."""
        try:
            data = open_token(token + "=" * (-len(token) % 4), purpose=purpose, max_age=max_age)
        except InvalidTokenError as error:
            raise InvalidLinkError from error
        return cls(
            email=data["e"],
            language=data["l"],
            # Links of the release before do not say when the form was shown.
            shown_at=datetime.fromisoformat(data.get("s", data["t"])),
            asked_at=datetime.fromisoformat(data["t"]),
            network=data["n"],
            answers={
                Purpose(p): Answer(uuid.UUID(text_id), bool(granted))
                for p, (text_id, granted) in data["a"].items()
            },
            # Nor which terms they led to: those that were in force when it was (``opening``).
            behind={key: uuid.UUID(text_id) for key, text_id in data.get("b", {}).items()},
            code=data["c"],
            facebook=data["f"],
        )
