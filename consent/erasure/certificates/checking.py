"""Whether a certificate of an end is genuine: for ``/verify/``, and before we give one out.

``static/verify/chatbo-verify.py`` checks the same without us.
"""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import structlog

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, NoteKey, read
from chatbo.foundation.signing import believed_keys, note_keys
from consent.erasure.certificates.issuing import (
    about_in_note,
    as_file,
    is_as_said,
    is_name_of_erasures,
    origin,
)
from consent.erasure.certificates.kinds import (
    FORM,
    Certificate,
    Examined,
    Kind,
    Standing,
    kind_of,
)
from consent.erasure.models import Erasure
from consent.ledger.checking import LARGEST
from consent.ledger.errors import NotGenuineError
from consent.ledger.leaves import canonical
from consent.ledger.shown_json import Json, parsed

declare_store(Medium.LOG, __name__, NoPersonalData("Numbers of rows that were changed."))

log = structlog.get_logger(__name__)

_FILE = {"certificate", "signature"}
_OF_AN_ERASURE = {*_FILE, "policy"}


def looks_like_a_certificate(data: bytes) -> bool:
    """Whether what somebody shows us wants to be one, or a part of one; genuine or not."""
    if len(data) > LARGEST:
        return False
    try:
        shown = parsed(data)
    except NotGenuineError:
        return False
    return "certificate" in shown or kind_of(shown) is not None


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
    """Check our own certificate of an erasure. In the tenant's scope; as ``examined`` does."""
    if erasure.certificate is None:
        return Examined(Standing.NONE)
    return examined(erasure, as_file(erasure), Kind.ERASURE, is_as_said)


def examined(row: Any, shown: Any, kind: Kind, is_as_said: Callable[[Any, Json], bool]) -> Examined:
    """Check a certificate of our own against its signature, and its row against what it says.

    ``shown``: as it is given out. What was changed past the product is an alarm each time it is
    shown.
    """
    try:
        shown = shown if isinstance(shown, dict) else {}
        certificate = _checked(shown, _keys_for(shown))
        if certificate.kind != kind or not is_as_said(row, shown["certificate"]):
            raise NotGenuineError("changed")
    except NotGenuineError as error:
        log.error("certificate_not_as_signed", row=str(row.pk), reason=error.reason)
        return Examined(Standing.CHANGED)
    except OSError:
        log.exception("erasure_keys_unreadable")
        return Examined(Standing.UNKNOWN)
    return Examined(Standing.GENUINE, certificate)


def _keys_for(shown: Json) -> Collection[bytes]:
    """The ring's, which lie in memory; those outside only for what the ring has not signed."""
    ring = {key.public for key in note_keys(origin())}
    try:
        _signed_lines(shown.get("signature"), ring)
    except NotGenuineError:
        return believed_keys()
    return ring


def _checked(shown: Json, believed: Collection[bytes]) -> Certificate:
    if kind_of(shown):
        raise NotGenuineError("no_signature")
    said = shown.get("certificate")
    kind = kind_of(said) if isinstance(said, dict) else None
    if not isinstance(said, dict) or kind is None:
        raise NotGenuineError("no_certificate")
    if said.get("form") != FORM or isinstance(said["form"], bool):
        raise NotGenuineError("newer_form")
    if "signature" not in shown:
        raise NotGenuineError("no_signature")
    for name in sorted(set(shown) - (_OF_AN_ERASURE if kind == Kind.ERASURE else _FILE)):
        raise NotGenuineError("says_something_else", name)
    name, *about = _signed_lines(shown["signature"], believed)
    if about != about_in_note(said, kind):
        raise NotGenuineError("changed")
    if kind == Kind.ERASURE and _hash_of_policy(shown) != said["policy_sha256"]:
        raise NotGenuineError("policy_changed")
    # From here on it is what we have signed, and as we write it.
    return Certificate(
        kind=kind,
        issuer=said["issuer"],
        code=said["code"],
        requested_at=datetime.fromisoformat(said["requested_at"]),
        deleted_at=datetime.fromisoformat(said.get("deleted_at") or said["ended_at"]),
        deleted=said["deleted"],
        kept=tuple(said["kept"]),
        signed_in=name,
        people=said.get("people", 0),
        choice=said.get("choice", ""),
        policy_sha256=said.get("policy_sha256", ""),
    )


def _hash_of_policy(shown: Json) -> str:
    if not isinstance(shown.get("policy"), dict):
        raise NotGenuineError("policy_changed")
    return hashlib.sha256(canonical(shown["policy"])).hexdigest()


def _signed_lines(note: Any, believed: Collection[bytes]) -> list[str]:
    """The lines of a note that one of these keys has signed in the name of erasures."""
    name = note.partition("\n")[0] if isinstance(note, str) else ""
    try:
        if not is_name_of_erasures(name):
            raise NoteError("no note of erasures")
        return read(note, [NoteKey(name, public) for public in believed]).split("\n")[:-1]
    except NoteError as error:
        raise NotGenuineError("not_signed_by_us") from error
