"""Which certificates we give, and what is told of one wherever it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from consent.ledger.shown_json import Json

FORM = 1


class Kind(StrEnum):
    """What a certificate is about: the word with which its signature begins.

    Signed in one name, they are told apart by it: none passes for another.
    """

    ERASURE = "erasure"
    ENDING = "ending"
    """The end of a business."""
    ACCOUNT = "account"

    @property
    def type(self) -> str:
        """As the certificate itself says it."""
        return f"{self}-certificate"

    @property
    def file(self) -> str:
        """What it is called where it is saved, and inside the letter."""
        return f"{self.type}.json"


def kind_of(said: Json) -> Kind | None:
    """What it says that it is; nothing where it is none of ours."""
    return next((kind for kind in Kind if said.get("type") == kind.type), None)


@dataclass(frozen=True)
class Certificate:
    """What a genuine certificate says."""

    kind: Kind
    issuer: str
    code: str
    requested_at: datetime
    deleted_at: datetime
    deleted: dict[str, int]
    """Rows by model label."""
    kept: tuple[Json, ...]
    """Each as ``words.kept_as_signed`` reads it."""
    signed_in: str
    """The name in which it was signed: ``chatbo.example/erasures``."""
    people: int = 0
    """Of an erasure."""
    choice: str = ""
    """Of a business's end: return of its data, or deletion."""
    policy_sha256: str = ""
    """Not of a business's end, which is under no one policy."""


class Standing(StrEnum):
    """What can be said of the certificate of a row."""

    NONE = "none"
    """There is none: nothing was deleted yet."""
    GENUINE = "genuine"
    CHANGED = "changed"
    """Row or certificate were changed past the product: none is given out."""
    UNKNOWN = "unknown"
    """The keys outside cannot be reached just now."""


@dataclass(frozen=True)
class Examined:
    standing: Standing
    certificate: Certificate | None = None
    """Where it is genuine."""

    @property
    def is_changed(self) -> bool:
        return self.standing == Standing.CHANGED
