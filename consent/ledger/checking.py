"""Whether a receipt, or a proof, that somebody shows us is genuine. Asks no table of records.

``static/verify/chatbo-verify.py`` checks the same without us.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chatbo.foundation.signed_notes import NoteError, parse_key
from chatbo.foundation.signing import believed_keys, note_keys
from consent.ledger.errors import NotGenuineError
from consent.ledger.heads import Head, origin, read_head
from consent.ledger.json_ld import CONTEXT, DPV_VERSION, UNSEALED, sealed_statements
from consent.ledger.leaves import canonical, identity_hash, leaf_of, salted
from consent.ledger.merkle import is_included
from consent.ledger.models import PublishedKey
from consent.texts.fingerprints import fingerprint

LARGEST = 1_000_000
"""Bytes. A receipt has some 10 kB."""

_BODY = {
    *("v", "id", "controller", "corrects", "decision", "form", "given_at", "language", "network"),
    *("place", "purpose", "received_at", "shown_at", "source", "subject", "tenant", "text", "way"),
}
_HASH = 32


@dataclass(frozen=True)
class Genuine:
    """What a receipt proves: what the record says, and under which head it was sealed."""

    body: dict[str, Any]
    position: int
    head: Head


def keys_to_check_with() -> list[str]:
    """The public keys in all names that they have signed in, the newest first.

    The table alone convinces nobody: a key counts if it is ours by what lies outside as well.
    """
    believed = believed_keys()
    published = PublishedKey.objects.order_by("-since").values_list("key", flat=True)
    ours = [key for key in published if parse_key(key).public in believed]
    return list(dict.fromkeys([str(note_keys(origin())[0]), *ours]))


def check_receipt(data: bytes) -> Genuine:
    """Check a receipt (JSON-LD) or a bare proof. Raises ``NotGenuineError`` with the reason.

    Reasons: ``too_large``, ``no_receipt``, ``not_sealed``, ``newer_form``, ``not_signed_by_us``,
    ``changed``, ``person_changed``, ``says_something_else`` (with the place), ``text_changed``.
    """
    if len(data) > LARGEST:
        raise NotGenuineError("too_large")
    shown = _parsed(data)
    if "proof" not in shown:
        return _checked_proof(shown)
    if shown["proof"] is None:
        raise NotGenuineError("not_sealed")
    proof = _checked_proof(_member(shown, "proof", dict))
    _refuse_other_words(shown, proof.body)
    return proof


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        shown = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NotGenuineError("no_receipt") from error
    if not isinstance(shown, dict):
        raise NotGenuineError("no_receipt")
    return shown


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Said twice, one of them could be read and the other one checked."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _checked_proof(proof: dict[str, Any]) -> Genuine:
    if proof.get("format") != "chatbo-consent-proof-1":
        raise NotGenuineError("no_receipt")
    body = _member(proof, "body", dict)
    if body.get("v") != 1:
        raise NotGenuineError("newer_form")
    try:
        head = read_head(_member(proof, "checkpoint", str), believed_keys())
    except NoteError as error:
        raise NotGenuineError("not_signed_by_us") from error
    size, position = _member(proof, "size", int), _member(proof, "position", int)
    path = [_decoded(step) for step in _member(proof, "path", list)]
    leaf = _leaf(proof, body)
    is_there = is_included(leaf, position=position, size=size, proof=path, root=head.root)
    if size != head.size or not is_there:
        raise NotGenuineError("changed")
    return Genuine(body, position, head)


def _leaf(proof: dict[str, Any], body: dict[str, Any]) -> bytes:
    of_whom = _decoded(_member(proof, "identity_hash", str))
    if (identity := proof.get("identity")) is not None:
        salt = _decoded(_member(identity, "salt", str))
        if identity_hash(salt, _member(identity, "identifier", str)) != of_whom:
            raise NotGenuineError("person_changed")
    fields = [value for name, value in body.items() if name != "v"]
    is_record = set(body) == _BODY and all(isinstance(each, str | None) for each in fields)
    if not is_record or len(of_whom) != _HASH:
        raise NotGenuineError("changed")
    try:
        said = canonical(body)
    except UnicodeEncodeError as error:
        raise NotGenuineError("changed") from error
    salt = _decoded(_member(proof, "body_salt", str))
    return leaf_of(salted(salt, said), of_whom)


def _refuse_other_words(shown: dict[str, Any], body: dict[str, Any]) -> None:
    """Around a genuine proof, a receipt could say anything."""
    record = _member(shown, "dpv:hasRecordOfActivity", dict)
    around = {name: value for name, value in shown.items() if name not in _CHECKED_APART}
    for place in (
        *_differing(around, _frame(body)),
        *_differing(record, sealed_statements(body)),
    ):
        raise NotGenuineError("says_something_else", place)
    notice = record["dpv:hasNotice"]
    if _text_hash(notice.get("chatbo:text")) != body["text"]:
        raise NotGenuineError("text_changed")
    form = notice.get("chatbo:shown")
    if form is not None and hashlib.sha256(str(form).encode()).hexdigest() != body["form"]:
        raise NotGenuineError("text_changed")


_CHECKED_APART = {"proof", "dpv:hasRecordOfActivity", "dct:created"}


def _frame(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": body["id"],
        "dct:conformsTo": {"@id": DPV_VERSION},
    }


def _differing(said: Any, sealed: Any, place: str = "") -> Iterator[str]:
    """The places, as paths, at which a receipt says something else than what was sealed."""
    if not isinstance(said, dict) or not isinstance(sealed, dict):
        if said != sealed:
            yield place
        return
    for name in sorted({*said, *sealed}):
        path = f"{place} / {name}" if place else name
        if name not in said or (name not in sealed and name not in UNSEALED):
            yield path
        elif name in sealed:
            yield from _differing(said[name], sealed[name], path)


def _text_hash(text: Any) -> str:
    if not isinstance(text, dict):
        return ""
    try:
        return fingerprint(
            key=text["key"],
            language=text["language"],
            number=text["number"],
            title=text["title"],
            body=text["body"],
            placeholders=text["placeholders"],
        )
    except (KeyError, TypeError, ValueError):
        return ""


def _member(data: Any, name: str, kind: type) -> Any:
    if not isinstance(data, dict) or not isinstance(data.get(name), kind):
        raise NotGenuineError("no_receipt")
    if isinstance(data[name], bool):
        raise NotGenuineError("no_receipt")
    return data[name]


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise NotGenuineError("changed") from error
