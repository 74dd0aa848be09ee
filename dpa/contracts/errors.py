"""What can be wrong with a contract. Facts only; the sentence is the edge's."""

from collections.abc import Mapping
from typing import ClassVar


class ContractError(Exception):
    """Base of this room's errors."""


class IncompleteDataError(ContractError):
    """The company's data cannot stand in a contract. ``problems``: field to code."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = dict(problems)


class IllegalTransitionError(ContractError):
    """The contract cannot go this way, usually because somebody else was faster."""

    facts_for_the_log: ClassVar = ("state", "wanted")

    def __init__(self, state: str, wanted: str) -> None:
        super().__init__(f"{state} -> {wanted}")
        self.state = state
        self.wanted = wanted


class UnderWayError(ContractError):
    """A contract of this tenant is signed already and waits for the other side."""


class NotEntitledError(ContractError):
    """This person may not act for this party: not its owner, or of the other side."""


class ReadSomethingElseError(ContractError):
    """The bytes that the person read are not those of the contract to be signed."""


class OutdatedDraftError(ContractError):
    """A text has a newer version or lost its approval, or the offer has lapsed: draft anew."""


class AuthorityNotConfirmedError(ContractError):
    """Without confirmed power to represent nobody signs (secs. 164, 177 BGB)."""


class ReasonMissingError(ContractError):
    """A contract is sent back only with a reason."""


class AlteredFileError(ContractError):
    """A stored file is missing or no longer has the hash it was stored with."""
