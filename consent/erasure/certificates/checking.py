"""Whether a certificate of an erasure is genuine: for ``/verify/``, and before we give one out.

``static/verify/chatbo-verify.py`` checks the same without us.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import structlog

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, NoteKey, read
from chatbo.foundation.signing import believed_keys, note_keys
from consent.erasure.certificates.issuing import (
    FORM,
    TYPE,
    about_in_note,
    as_file,
    is_as_said,
    is_name_of_erasures,
    origin,
)
from consent.erasure.models import Erasure
from consent.ledger.checking import LARGEST
from consent.ledger.errors import NotGenuineError
from consent.ledger.leaves import canonical
from consent.ledger.shown_json import Json, parsed

declare_store(Medium.LOG, __name__, NoPersonalData("Numbers of erasures that were changed."))

log = structlog.get_logger(__name__)

_FILE = {"certificate", "signature", "policy"}


@dataclass(frozen=True)
class Certificate:
    """What a genuine certificate says."""

    issuer: str
    code: str
    requested_at: datetime
    deleted_at: datetime
    people: int
    deleted: dict[str, int]
    """Rows by model label."""
    kept: tuple[Json, ...]
    """Each as ``words.kept_as_signed`` reads it."""
    policy_sha256: str
    signed_in: str
    """The name in which it was signed: ``chatbo.example/erasures``."""


class Standing(StrEnum):
    """What can be said of an erasure's certificate."""

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


def looks_like_a_certificate(data: bytes) -> bool:
    """Whether what somebody shows us wants to be one, or a part of one; genuine or not."""
    if len(data) > LARGEST:
        return False
    try:
        shown = parsed(data)
    except NotGenuineError:
        return False
    return "certificate" in shown or shown.get("type") == TYPE


def check_certificate(data: bytes) -> Certificate:
    """Check a certificate as it is given out (JSON).

    Raises ``NotGenuineError`` with the reason: ``too_large``, ``no_certificate``, ``no_signature``,
    ``newer_form``, ``not_signed_by_us``, ``changed``, ``policy_changed``,
    ``says_something_else`` (with the place).
    """
    if len(data) > LARGEST:
        raise NotGenuineError("too_large")
    try:
        shown = parsed(data)
    except NotGenuineError as error:
        raise NotGenuineError("no_certificate") from error
    return _checked(shown, believed_keys())


def examine(erasure: Erasure) -> Examined:
    """Check our own certificate of an erasure against its signature and against its row.

    In the tenant's scope. What was changed past the product is an alarm each time it is shown.
    """
    if erasure.certificate is None:
        return Examined(Standing.NONE)
    shown = as_file(erasure)
    try:
        certificate = _checked(shown, _keys_for(shown))
        if not is_as_said(erasure, shown["certificate"]):
            raise NotGenuineError("changed")
    except NotGenuineError as error:
        log.error("certificate_not_as_signed", row=str(erasure.pk), reason=error.reason)
        return Examined(Standing.CHANGED)
    except OSError:
        log.exception("erasure_keys_unreadable")
        return Examined(Standing.UNKNOWN)
    return Examined(Standing.GENUINE, certificate)


def _keys_for(shown: Json) -> Collection[bytes]:
    """The ring's, which lie in memory; those outside only for what the ring has not signed."""
    ring = {key.public for key in note_keys(origin())}
    try:
        _signed_lines(shown["signature"], ring)
    except NotGenuineError:
        return believed_keys()
    return ring


def _checked(shown: Json, believed: Collection[bytes]) -> Certificate:
    if shown.get("type") == TYPE:
        raise NotGenuineError("no_signature")
    said = shown.get("certificate")
    if not isinstance(said, dict) or said.get("type") != TYPE:
        raise NotGenuineError("no_certificate")
    if said.get("form") != FORM or isinstance(said["form"], bool):
        raise NotGenuineError("newer_form")
    if "signature" not in shown:
        raise NotGenuineError("no_signature")
    for name in sorted(set(shown) - _FILE):
        raise NotGenuineError("says_something_else", name)
    name, *about = _signed_lines(shown["signature"], believed)
    if about != about_in_note(said):
        raise NotGenuineError("changed")
    if hashlib.sha256(canonical(_policy(shown))).hexdigest() != said["policy_sha256"]:
        raise NotGenuineError("policy_changed")
    # From here on it is what we have signed, and as we write it.
    return Certificate(
        issuer=said["issuer"],
        code=said["code"],
        requested_at=datetime.fromisoformat(said["requested_at"]),
        deleted_at=datetime.fromisoformat(said["deleted_at"]),
        people=said["people"],
        deleted=said["deleted"],
        kept=tuple(said["kept"]),
        policy_sha256=said["policy_sha256"],
        signed_in=name,
    )


def _policy(shown: Json) -> Json:
    if not isinstance(shown.get("policy"), dict):
        raise NotGenuineError("policy_changed")
    policy: Json = shown["policy"]
    return policy


def _signed_lines(note: Any, believed: Collection[bytes]) -> list[str]:
    """The lines of a note that one of these keys has signed in the name of erasures."""
    name = note.partition("\n")[0] if isinstance(note, str) else ""
    try:
        if not is_name_of_erasures(name):
            raise NoteError("no note of erasures")
        return read(note, [NoteKey(name, public) for public in believed]).split("\n")[:-1]
    except NoteError as error:
        raise NotGenuineError("not_signed_by_us") from error
