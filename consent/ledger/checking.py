"""Whether a receipt, or a proof, that somebody shows us is genuine. Asks no table of records.

``static/verify/chatbo-verify.py`` checks the same without us.
"""

import base64
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import structlog

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, parse_key
from chatbo.foundation.signing import believed_keys, note_keys
from consent.ledger.around_proofs import not_covered, refuse_other_words
from consent.ledger.errors import NotGenuineError
from consent.ledger.heads import Head, origin, read_head
from consent.ledger.leaves import canonical, identity_hash, leaf_of, salted
from consent.ledger.merkle import is_included
from consent.ledger.models import PublishedKey
from consent.ledger.shown_json import Json, first_line, parsed
from consent.ledger.signed_receipts import is_as_signed

declare_store(Medium.LOG, __name__, NoPersonalData("That a published key cannot be read."))

log = structlog.get_logger(__name__)

LARGEST = 1_000_000
"""Bytes. A receipt has some 10 kB."""

FOR_THE_PROGRAM = {
    *("chatbo-consent-export-1", "chatbo-consent-export-2", "chatbo-consent-growth-1"),
}
"""Forms that ``chatbo-verify`` alone checks: of what may be large, or is not of one record."""

NOT_AS_RECORDED = "chatbo:notAsRecorded"
"""Beside a graph: the numbers of records that were changed past the product (``genuine``)."""
_PROOF_FORM = "chatbo-consent-proof-1"
_PROOF = {
    *("format", "body", "body_salt", "identity_hash", "identity", "position", "size", "path"),
    "checkpoint",
}
_BODY = {
    *("v", "id", "controller", "corrects", "decision", "form", "given_at", "language", "network"),
    *("place", "purpose", "received_at", "shown_at", "source", "subject", "tenant", "text", "way"),
}
_HASH = 32

Keys = Collection[bytes]


@dataclass(frozen=True)
class Genuine:
    """What a receipt proves: what the record says, and under which head it was sealed."""

    body: Json
    position: int
    head: Head
    uncovered: tuple[str, ...] = ()
    """What else the receipt says, and neither seal nor signature stands for."""


@dataclass(frozen=True)
class Several:
    """Receipts of one graph: those that are genuine, and how many had no proof yet."""

    genuine: list[Genuine]
    waiting: int
    changed: int = 0
    """How many have no receipt, because they were not as recorded when the graph was made."""


def keys_to_check_with() -> list[str]:
    """The public keys in all names that they have signed in, the newest first.

    The table alone convinces nobody: a key counts if it is ours by what lies outside as well.
    """
    believed = believed_keys()
    published = PublishedKey.objects.order_by("-since").values_list("key", flat=True)
    ours = [key for key in published if _public(key) in believed]
    return list(dict.fromkeys([str(note_keys(origin())[0]), *ours]))


def _public(key: str) -> bytes:
    """A row that is none of ours must not hide the others."""
    try:
        return parse_key(key).public
    except NoteError:
        log.error("published_key_unreadable")
        return b""


def check_document(data: bytes) -> Genuine | Several:
    """Check a receipt (JSON-LD), a graph of them, or a bare proof.

    Raises ``NotGenuineError`` with the reason: ``too_large``, ``no_receipt``,
    ``for_the_program``, ``not_sealed``, ``unproved``, ``newer_form``, ``not_signed_by_us``,
    ``changed``, ``person_changed``, ``says_something_else`` (with the place), ``text_changed``,
    ``not_as_made``; of a graph with the number of the receipt in it.
    """
    if _form(first_line(data)) in FOR_THE_PROGRAM | {_PROOF_FORM}:
        shown = _whole(data)
    elif len(data) > LARGEST:
        raise NotGenuineError("too_large")
    else:
        shown = parsed(data)
    if _form(shown) in FOR_THE_PROGRAM:
        raise NotGenuineError("for_the_program")
    keys = believed_keys()
    return _check_graph(shown, keys) if "@graph" in shown else _check_one(shown, keys)


def _form(shown: Json) -> str:
    form = shown.get("format")
    return form if isinstance(form, str) else ""


def _whole(data: bytes) -> Json:
    """One proof; what has more lines behind it is an export, whole or not."""
    if len(data) > LARGEST:
        raise NotGenuineError("for_the_program")
    try:
        return parsed(data)
    except NotGenuineError as error:
        raise NotGenuineError("for_the_program") from error


def _check_graph(graph: Json, keys: Keys) -> Several:
    for name in sorted(set(graph) - {"@context", "@graph", NOT_AS_RECORDED}):
        raise NotGenuineError("says_something_else", name)
    changed = _member({NOT_AS_RECORDED: [], **graph}, NOT_AS_RECORDED, list)
    found, waiting, seen = [], 0, set()
    for number, receipt in enumerate(_member(graph, "@graph", list), 1):
        if not isinstance(receipt, dict) or "@context" in receipt:
            raise NotGenuineError("no_receipt", f"@graph / {number}")
        try:
            genuine = _check_one({"@context": graph.get("@context"), **receipt}, keys)
        except NotGenuineError as error:
            if error.reason == "not_sealed":
                waiting += 1
                continue
            place = f"@graph / {number} / {error.place}".removesuffix(" / ")
            raise NotGenuineError(error.reason, place) from error
        if genuine.body["id"] in seen:
            raise NotGenuineError("says_something_else", f"@graph / {number}")
        seen.add(genuine.body["id"])
        found.append(genuine)
    if not found:
        raise NotGenuineError("not_sealed" if waiting else "no_receipt")
    return Several(found, waiting, len(changed))


def _check_one(shown: Json, keys: Keys) -> Genuine:
    if "dpv:hasRecordOfActivity" not in shown and "proof" not in shown:
        return _checked_proof(shown, keys)
    if shown.get("proof") is None:
        if "signature" not in shown:
            raise NotGenuineError("unproved")
        _refuse_unsigned(shown, keys)
        raise NotGenuineError("not_sealed")
    proof = _checked_proof(_member(shown, "proof", dict), keys, "proof / ")
    _member(shown, "dpv:hasRecordOfActivity", dict)
    refuse_other_words(shown, proof.body)
    if "signature" in shown:
        _refuse_unsigned(shown, keys)
    return Genuine(proof.body, proof.position, proof.head, not_covered(shown, proof.body))


def _refuse_unsigned(receipt: Json, keys: Keys) -> None:
    """Around a genuine proof, a receipt could say anything."""
    try:
        is_ours = is_as_signed(receipt, _member(receipt, "signature", str), keys)
    except NoteError as error:
        raise NotGenuineError("not_signed_by_us", "signature") from error
    if not is_ours:
        raise NotGenuineError("not_as_made")


def _checked_proof(proof: Json, keys: Keys, place: str = "") -> Genuine:
    if proof.get("format") != _PROOF_FORM:
        raise NotGenuineError("no_receipt")
    body = _member(proof, "body", dict)
    if body.get("v") != 1:
        raise NotGenuineError("newer_form")
    for name in sorted(set(proof) - _PROOF):
        raise NotGenuineError("says_something_else", f"{place}{name}")
    try:
        head = read_head(_member(proof, "checkpoint", str), keys)
    except NoteError as error:
        raise NotGenuineError("not_signed_by_us") from error
    size, position = _member(proof, "size", int), _member(proof, "position", int)
    path = [_decoded(step) for step in _member(proof, "path", list)]
    leaf = _leaf(proof, body, place)
    is_there = is_included(leaf, position=position, size=size, proof=path, root=head.root)
    if size != head.size or not is_there:
        raise NotGenuineError("changed")
    return Genuine(body, position, head)


def _leaf(proof: Json, body: Json, place: str) -> bytes:
    of_whom = _decoded(_member(proof, "identity_hash", str))
    if (identity := proof.get("identity")) is not None:
        salt = _decoded(_member(identity, "salt", str))
        for name in sorted(set(identity) - {"salt", "identifier"}):
            raise NotGenuineError("says_something_else", f"{place}identity / {name}")
        if identity_hash(salt, _member(identity, "identifier", str)) != of_whom:
            raise NotGenuineError("person_changed")
    fields = [value for name, value in body.items() if name != "v"]
    is_record = set(body) == _BODY and all(isinstance(each, str | None) for each in fields)
    if not is_record or len(of_whom) != _HASH:
        raise NotGenuineError("changed")
    salt = _decoded(_member(proof, "body_salt", str))
    return leaf_of(salted(salt, canonical(body)), of_whom)


def _member(data: Any, name: str, kind: type) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get(name), kind):
        raise NotGenuineError("no_receipt")
    if isinstance(data[name], bool):
        raise NotGenuineError("no_receipt")
    return data[name]


def _decoded(text: Any) -> bytes:
    """Of base64 in its one way to be written: what looks changed is not taken for unchanged."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise NotGenuineError("changed") from error
    if base64.b64encode(data).decode() != text:
        raise NotGenuineError("changed")
    return data
