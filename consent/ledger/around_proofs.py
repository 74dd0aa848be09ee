"""What a receipt may say around its proof, and where it says something else.

Whatever follows from what was sealed is derived and compared. The rest is held by the signature on
the whole receipt; of receipts from before that signature it is named as not covered.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from consent.ledger.errors import NotGenuineError
from consent.ledger.json_ld import CONTEXT, DPV_VERSION, receipt_frame, sealed_statements
from consent.texts.fingerprints import fingerprint

Json = dict[str, Any]

NOT_SEALED = {
    *("dpv:hasDataController", "dpv:hasDataProcessor", "dpv:hasJurisdiction"),
    *("dpv:hasConsentControl", "dpv:hasNotice / dct:title", "dpv:hasNotice / chatbo:text"),
    *("dpv:hasNotice / chatbo:shown", "dpv:hasProcess / dpv:hasPersonalData"),
    *("dpv:hasProcess / dpv:hasRecipient", "dpv:hasProcess / dpv:hasStorageCondition"),
    "dpv:hasProcess / dpv:hasPurpose / dct:title",
}
"""Where a receipt has words of its own, at these places and no others."""

_APART = {"proof", "signature", "dpv:hasRecordOfActivity", "dct:created"}
_TEXT = {"key", "language", "number", "title", "body", "placeholders"}
_HELD_BY_HASHES = {
    *("dpv:hasNotice / dct:title", "dpv:hasNotice / chatbo:text", "dpv:hasNotice / chatbo:shown"),
}


def refuse_other_words(receipt: Json, body: Json) -> None:
    """Raises ``NotGenuineError`` (``says_something_else``, ``text_changed``) at the first place."""
    around = {name: value for name, value in receipt.items() if name not in _APART}
    record = receipt.get("dpv:hasRecordOfActivity")
    is_signed = "signature" in receipt
    frame = _frame(receipt) if is_signed else _frame_before_signatures(body)
    sealed = sealed_statements(body) if is_signed else _statements_before_signatures(body)
    for place in (*_differing(around, frame), *_differing(record, sealed)):
        raise NotGenuineError("says_something_else", place)
    _refuse_other_text(receipt["dpv:hasRecordOfActivity"]["dpv:hasNotice"], body)


def not_covered(receipt: Json, body: Json) -> tuple[str, ...]:
    """The places of a receipt for which neither seal nor signature stands, by their names."""
    if "signature" in receipt:
        return ()
    record = receipt["dpv:hasRecordOfActivity"]
    free = [place for place in sorted(NOT_SEALED - _HELD_BY_HASHES) if _has(record, place)]
    notice = record["dpv:hasNotice"]
    if body["form"] is not None and notice.get("chatbo:shown") is None:
        free.append("dpv:hasNotice / chatbo:shown")
    return (*(("dct:created",) if "dct:created" in receipt else ()), *free)


def _frame(receipt: Json) -> Json:
    return {"@context": CONTEXT, **receipt_frame(str(receipt.get("dct:identifier")))}


def _frame_before_signatures(body: Json) -> Json:
    later = {"eu-gdpr", "loc", "rdf", "signature"}
    return {
        "@context": {name: value for name, value in CONTEXT.items() if name not in later},
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": body["id"],
        "dct:conformsTo": {"@id": DPV_VERSION},
    }


def _statements_before_signatures(body: Json) -> Json:
    said = sealed_statements(body)
    said["dpv:hasNotice"]["@type"] = "dpv:Notice"
    del said["dpv:hasDataSubject"]["dct:identifier"]
    said["dpv:hasProcess"].pop("dpv:hasLegalBasis", None)
    for name in ("dpv:isIndicatedBy", "dpv:hasDuration"):
        said.get("dpv:hasConsentStatus", {}).pop(name, None)
    return said


def _differing(said: Any, sealed: Any, place: str = "") -> Iterator[str]:
    """The places, as paths, at which a receipt says something else than what was sealed."""
    if not isinstance(said, dict) or not isinstance(sealed, dict):
        if said != sealed or isinstance(said, bool):
            yield place or "dpv:hasRecordOfActivity"
        return
    for name in sorted({*said, *sealed}):
        path = f"{place} / {name}" if place else name
        if name not in said or (name not in sealed and path not in NOT_SEALED):
            yield path
        elif name in sealed:
            yield from _differing(said[name], sealed[name], path)


def _refuse_other_text(notice: Json, body: Json) -> None:
    text = notice.get("chatbo:text")
    if not isinstance(text, dict) or _text_hash(text) != body["text"]:
        raise NotGenuineError("text_changed")
    for name in sorted(set(text) - _TEXT):
        raise NotGenuineError("says_something_else", f"dpv:hasNotice / chatbo:text / {name}")
    if notice.get("dct:title") != text["title"]:
        raise NotGenuineError("says_something_else", "dpv:hasNotice / dct:title")
    form = notice.get("chatbo:shown")
    if form is not None and hashlib.sha256(str(form).encode()).hexdigest() != body["form"]:
        raise NotGenuineError("text_changed")


def _text_hash(text: Json) -> str:
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


def _has(record: Json, place: str) -> bool:
    inner: Any = record
    for name in place.split(" / "):
        if not isinstance(inner, dict) or name not in inner:
            return False
        inner = inner[name]
    return True
