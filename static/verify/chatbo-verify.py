#!/usr/bin/env python3
"""Check a ChatBo consent receipt, proofs, a whole export or a certificate of erasure.

    python3 chatbo-verify.py --key "chatbo.example/ledger+a1b2c3d4+AQ..." receipt.json
    python3 chatbo-verify.py --keys keys.txt export.jsonl
    python3 chatbo-verify.py --keys keys.txt erasure-certificate.json

It needs Python 3.9 or newer and nothing else: no server, no network, no package. The public keys
stand at /keys/; whoever has noted them once need not believe us again.

What it checks, with the formats' own names:
  - that the record says what was sealed: SHA-256 over its canonical JSON, with its salt;
  - that its leaf is in the tree: inclusion and consistency after RFC 9162, section 2.1;
  - that we signed the tree's root: Ed25519 after RFC 8032, in a C2SP signed note and checkpoint;
  - that what a receipt says around the proof is what the proof says, that the text in it is, word
    for word, the one that was shown, and that the receipt as a whole is the one that we signed;
  - of an export besides, that no record was changed, dropped or added since we signed its list;
  - of a certificate of erasure (of people, of a business that has left, or of an account), that we
    signed what it says, word for word, and that the rules beside it, where there are some, are
    those under which the deletion was carried out.

It ends with 0 where all is in order, 1 where something is not, 2 where nothing could be checked,
3 where something has no proof or is covered by no signature: the last line says so as well.
"""

import argparse
import base64
import hashlib
import io
import itertools
import json
import sys

OK, WRONG, UNREADABLE, UNPROVED = 0, 1, 2, 3
DEEPEST = 40
NOTHING = object()


class Unreadable(Exception):
    """Nothing can be said about it."""


class Wrong(Exception):
    """It is not what was sealed."""


class Found:
    """What is wrong, and what is neither wrong nor proved, in a sentence each."""

    def __init__(self):
        self.faults, self.gaps = [], []


# --- Ed25519, checking only (RFC 8032, section 5.1.7) -------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number, point):
    found = ZERO
    while number:
        if number & 1:
            found = _add(found, point)
        point = _add(point, point)
        number >>= 1
    return found


def _point(data):
    """The point that 32 bytes stand for; nothing where they stand for none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _bytes(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public, text, signature):
    """Whether the signature over these bytes was made with the private half of this key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, number = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or number >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + public + text).digest()
    challenge = int.from_bytes(hashed, "little") % ORDER
    minus_key = (P - key[0], key[1], key[2], P - key[3])
    return _bytes(_add(_times(number, BASE), _times(challenge, minus_key))) == signature[:32]


# --- The tree (RFC 9162, sections 2.1.3.2 and 2.1.4.2) ------------------------------------------


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def node(left, right):
    return sha256(b"\x01", left, right)


def is_included(leaf, position, size, path, root):
    if not 0 <= position < size:
        return False
    place, last, found = position, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(before, root_before, size, root, path):
    if before == size:
        return root_before == root and not path
    if not 0 < before < size or not path:
        return False
    steps = list(path)
    if before & (before - 1) == 0:
        steps.insert(0, root_before)
    place, last = before - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    earlier = later = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            earlier, later = node(step, earlier), node(step, later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            later = node(later, step)
        place, last = place >> 1, last >> 1
    return last == 0 and earlier == root_before and later == root


# --- Signed notes (C2SP signed-note) and tree heads (C2SP tlog-checkpoint) ----------------------


def decoded(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError):
        raise Unreadable("A part of it is not base64.") from None
    if base64.b64encode(data).decode() != text:
        raise Unreadable("A part of it is base64 in another way than we write it.")
    return data


def parse_key(text):
    """``name+number+base64``, as it stands at /keys/."""
    name, _, rest = text.strip().partition("+")
    number, _, encoded = rest.partition("+")
    data = decoded(encoded)
    if len(data) != 33 or data[:1] != b"\x01":
        raise Unreadable(f"This is not a public key: {text.strip()[:80]}")
    if sha256(name.encode(errors="replace"), b"\n", data)[:4].hex() != number:
        raise Unreadable(f"This public key has a typing error: {text.strip()[:80]}")
    return name, bytes.fromhex(number), data[1:]


def signed_text(note, keys, what):
    """The text of a note that one of the keys has signed, in its own name."""
    if not isinstance(note, str):
        raise Wrong(f"{what} is missing.")
    text, divider, signatures = note.rpartition("\n\n")
    if not divider or not signatures.endswith("\n"):
        raise Wrong(f"{what} is damaged: it is no signed note.")
    text += "\n"
    known = {(name, number): public for name, number, public in keys}
    signed_by = set()
    for line in signatures[:-1].split("\n"):
        name, _, encoded = line[2:].partition(" ")
        try:
            signature = decoded(encoded)
        except Unreadable:
            raise Wrong(f"{what} is damaged: a signature cannot be read.") from None
        if not line.startswith("\u2014 ") or len(signature) < 5:
            raise Wrong(f"{what} is damaged: a signature cannot be read.")
        public = known.get((name, signature[:4]))
        if public is not None:
            if not is_signed(public, text.encode(), signature[4:]):
                raise Wrong(f"{what} is forged or was changed: its signature is wrong.")
            signed_by.add(name)
    if not signed_by:
        raise Wrong(f"{what} is not signed by any of the keys that you gave.")
    if text.partition("\n")[0] not in signed_by:
        raise Wrong(f"{what} belongs to another ledger than the key that signed it.")
    return text


class Head:
    def __init__(self, note, keys, what="The head of the tree"):
        lines = signed_text(note, keys, what).split("\n")
        try:
            self.origin = lines[0]
            self.size = int(lines[1])
            self.root = decoded(lines[2])
            self.time = lines[3].split("time ", 1)[1]
        except (ValueError, IndexError, Unreadable):
            raise Wrong(f"{what} says neither size nor root.") from None


# --- Records --------------------------------------------------------------------------------------

BODY = {
    "v", "id", "controller", "corrects", "decision", "form", "given_at", "language", "network",
    "place", "purpose", "received_at", "shown_at", "source", "subject", "tenant", "text", "way",
}  # fmt: skip


PROOF = {
    "format", "body", "body_salt", "identity_hash", "identity", "position", "size", "path",
    "checkpoint",
}  # fmt: skip
ROW = {"body", "body_salt", "identity_hash", "position", "path"}
IDENTITY = {"salt", "identifier"}


def canonical(data):
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def no_more_than(data, known, where):
    """What nobody checks could be read all the same."""
    for name in sorted(set(data) - set(known)):
        raise Wrong(f"{where} says something that ours never says: {name}.")


def member(data, name, *kinds):
    if not isinstance(data, dict) or name not in data:
        raise Unreadable(f"It is incomplete: “{name}” is missing.")
    if not isinstance(data[name], kinds) or isinstance(data[name], bool):
        raise Unreadable(f"It is damaged: “{name}” is of a wrong kind.")
    return data[name]


def leaf_of(record):
    """The leaf's hash, from what the record says and who it is about. Checks both halves."""
    body = member(record, "body", dict)
    if body.get("v") != 1:
        raise Unreadable("The record has a form that this script is too old for.")
    if set(body) != BODY or not all(isinstance(body[n], (str, type(None))) for n in BODY - {"v"}):
        raise Wrong(f"{name_of(body)} was changed: it has other fields than a record has.")
    of_whom = decoded(member(record, "identity_hash", str))
    identity = record.get("identity")
    if identity is not None:
        salt = decoded(member(identity, "salt", str))
        no_more_than(identity, IDENTITY, "The identity")
        if sha256(salt, member(identity, "identifier", str).encode()) != of_whom:
            raise Wrong(f"{name_of(body)} is not about this person: the identifier was changed.")
    if len(of_whom) != 32:
        raise Wrong(f"{name_of(body)} was changed: its identity's hash has a wrong length.")
    half = sha256(decoded(member(record, "body_salt", str)), canonical(body))
    return sha256(b"\x00", half, of_whom)


def name_of(body):
    return f"Record {id_of(body) or '(without a number)'}"


def id_of(body):
    """Nothing where it is none: a list can be no name of anything."""
    return body["id"] if isinstance(body.get("id"), str) else ""


def check_place(record, leaf, head):
    path = [decoded(step) for step in member(record, "path", list)]
    if not is_included(leaf, member(record, "position", int), head.size, path, head.root):
        raise Wrong(
            f"{name_of(record['body'])} was changed: what stands here (the record, its salt, its"
            " place or its way up the tree) does not lead to the root that was signed."
        )


def check_proof(proof, keys, found, known=None):
    """A single record with its own way up. Gives back the head that it leads to.

    ``known``: heads whose signatures were checked already, by their notes.
    """
    if proof.get("format") != "chatbo-consent-proof-1":
        raise Unreadable("The proof has a form that this script does not know.")
    no_more_than(proof, PROOF, "The proof")
    note, known = member(proof, "checkpoint", str), {} if known is None else known
    head = known[note] = known.get(note) or Head(note, keys)
    if member(proof, "size", int) != head.size:
        raise Wrong("The proof names another size of the tree than its signed head.")
    check_place(proof, leaf_of(proof), head)
    return head


def facts_of(body):
    lines = [
        f"  {body['decision']}: {body['purpose']}, at {body['given_at']}",
        f"  received {body['received_at']}, text {body['text']}",
        f"  about the pseudonym {body['subject']}, towards {body['controller']} {body['tenant']}",
    ]
    return lines if body["place"] == "" else [*lines, f"  where: {body['source']} {body['place']}"]


# --- Receipts: JSON-LD around a proof -----------------------------------------------------------

STATUS = {
    "granted": "dpv:ConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
}
CONTEXT = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "chatbo": "urn:chatbo:consent:1:",
    "dct:created": {"@type": "xsd:dateTime"},
    "dct:date": {"@type": "xsd:dateTime"},
    "dct:dateSubmitted": {"@type": "xsd:dateTime"},
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    "chatbo:shownAt": {"@type": "xsd:dateTime"},
    "chatbo:text": {"@type": "@json"},
    "proof": {"@id": "chatbo:proof", "@type": "@json"},
    "signature": {"@id": "chatbo:signature"},
}
DPV = {"@id": "https://w3id.org/dpv/2.3"}
SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#"
LEGAL_BASIS = {"newsletter": "a", "third_party": "a", "chat": "a", "terms": "b"}
ENDS_WITH = {"a": "withdrawal", "b": "end of the contract"}
NOT_SEALED = {
    "dpv:hasDataController", "dpv:hasDataProcessor", "dpv:hasJurisdiction", "dpv:hasConsentControl",
    "dpv:hasNotice / dct:title", "dpv:hasNotice / chatbo:text", "dpv:hasNotice / chatbo:shown",
    "dpv:hasProcess / dpv:hasPersonalData", "dpv:hasProcess / dpv:hasRecipient",
    "dpv:hasProcess / dpv:hasStorageCondition", "dpv:hasProcess / dpv:hasPurpose / dct:title",
}  # fmt: skip
"""Where a receipt has words of its own: held by its signature, or not at all."""
HELD_BY_HASHES = {
    "dpv:hasNotice / dct:title", "dpv:hasNotice / chatbo:text", "dpv:hasNotice / chatbo:shown",
}  # fmt: skip
NOT_AS_RECORDED = "chatbo:notAsRecorded"
TEXT = {"key", "language", "number", "title", "body", "placeholders"}


def sealed_statements(body):
    """What a receipt says of the record itself: nothing but what was sealed."""
    status, basis = STATUS.get(body["decision"]), LEGAL_BASIS.get(body["purpose"])
    said = {
        "@id": f"urn:uuid:{body['id']}",
        "@type": "dpv:ConsentRecord" if status else "dpv:DataProcessingRecord",
        "dct:identifier": body["id"],
        "dct:conformsTo": {"@id": f"{SCHEMA}record"},
        "dct:dateSubmitted": body["received_at"],
        "dpv:hasDataSubject": {
            "@id": f"urn:uuid:{body['subject']}",
            "@type": "dpv:DataSubject",
            "dct:identifier": body["subject"],
        },
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice" if status and basis == "a" else "dpv:Notice",
            "dct:language": body["language"],
            "dct:date": body["shown_at"],
            "chatbo:textSha256": body["text"],
            "chatbo:shownSha256": body["form"],
        },
        "dpv:hasProcess": {
            "@type": "dpv:Process",
            "dpv:hasPurpose": {"@id": f"chatbo:{body['purpose']}", "@type": "dpv:Purpose"},
        },
        "chatbo:controllerIs": body["controller"],
        "chatbo:tenant": body["tenant"],
        "chatbo:source": body["source"],
        "chatbo:place": body["place"],
        "chatbo:way": body["way"],
        "chatbo:network": body["network"],
        "chatbo:corrects": body["corrects"],
    }
    if basis:
        said["dpv:hasProcess"]["dpv:hasLegalBasis"] = {"@id": f"eu-gdpr:A6-1-{basis}"}
    if status is None:
        said["chatbo:shownAt"] = body["given_at"]
        return said
    said["dpv:hasConsentStatus"] = {"@type": status, "dpv:isIndicatedAtTime": body["given_at"]}
    if body["way"] not in ("", "erasure"):
        said["dpv:hasConsentStatus"]["dpv:isIndicatedBy"] = {"@id": "dpv:DataSubject"}
    if body["decision"] == "granted" and basis:
        ends = {"@type": "dpv:UntilEventDuration", "rdf:value": ENDS_WITH[basis]}
        said["dpv:hasConsentStatus"]["dpv:hasDuration"] = ends
    return said


def frame_of(receipt):
    """The receipt's own part; its number is its own, and held by the signature."""
    number = receipt.get("dct:identifier")
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{number}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": number,
        "dct:conformsTo": [{"@id": f"{SCHEMA}receipt"}, DPV],
    }


def before_signatures(body):
    """Frame and statements of a receipt from before receipts as a whole were signed."""
    later = ("eu-gdpr", "loc", "rdf", "signature")
    frame = {
        "@context": {name: value for name, value in CONTEXT.items() if name not in later},
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": body["id"],
        "dct:conformsTo": DPV,
    }
    said = sealed_statements(body)
    said["dpv:hasNotice"]["@type"] = "dpv:Notice"
    del said["dpv:hasDataSubject"]["dct:identifier"]
    said["dpv:hasProcess"].pop("dpv:hasLegalBasis", None)
    for name in ("dpv:isIndicatedBy", "dpv:hasDuration"):
        said.get("dpv:hasConsentStatus", {}).pop(name, None)
    return frame, said


def differing(said, sealed, where=""):
    """The places at which a receipt says something else than the proof."""
    if not isinstance(said, dict) or not isinstance(sealed, dict):
        if said != sealed or isinstance(said, bool):
            yield where
        return
    for name in sorted(set(said) | set(sealed)):
        path = f"{where} / {name}" if where else name
        if name not in said or (name not in sealed and path not in NOT_SEALED):
            yield path
        elif name in sealed:
            yield from differing(said[name], sealed[name], path)


def text_hash(text):
    if not isinstance(text, dict):
        return None
    seen = {n: text.get(n) for n in ("key", "language", "number", "title", "body")}
    if isinstance(text.get("placeholders"), dict):
        seen["placeholders"] = text["placeholders"]
    return hashlib.sha256(canonical(seen)).hexdigest()


def check_text(notice, body):
    """The words in the receipt, by the hashes of them that were sealed; yields what is wrong."""
    notice = notice if isinstance(notice, dict) else {}
    text = notice.get("chatbo:text")
    if text_hash(text) != body["text"]:
        yield "The text in the receipt is not, word for word, the one that was sealed."
    else:
        if notice.get("dct:title") != text["title"]:
            yield "The receipt says something else than its proof: dpv:hasNotice / dct:title."
        for name in sorted(set(text) - TEXT):
            yield f"The text in the receipt says something that ours never says: {name}."
    shown = notice.get("chatbo:shown")
    if shown is not None and hashlib.sha256(str(shown).encode()).hexdigest() != body["form"]:
        yield "What was on the screen, as the receipt has it, is not what was sealed."


def check_signature(receipt, keys):
    """That the receipt as a whole is the one that we signed; yields what is wrong."""
    said = {name: value for name, value in receipt.items() if name != "signature"}
    digest = base64.b64encode(sha256(canonical(said))).decode()
    text = signed_text(receipt["signature"], keys, "The receipt's signature")
    if text.split("\n")[1:-1] != [f"receipt {receipt.get('dct:identifier')}", digest]:
        yield "The receipt as a whole is not the one that was signed: something in it was changed."


def not_covered(record, body):
    """The places that neither the seal nor a hash holds, in a receipt without a signature."""
    places = ["dct:created"]
    for place in sorted(NOT_SEALED - HELD_BY_HASHES):
        inner = record
        for name in place.split(" / "):
            inner = inner.get(name) if isinstance(inner, dict) else None
        places += [place] if inner is not None else []
    notice = record.get("dpv:hasNotice")
    if body["form"] and not (isinstance(notice, dict) and notice.get("chatbo:shown")):
        places.append("dpv:hasNotice / chatbo:shown")
    return places


def check_receipt(receipt, keys, found, known=None):
    """Check a receipt with its proof. Gives back the head that it leads to."""
    proof = member(receipt, "proof", dict)
    head = check_proof(proof, keys, found, known)
    body, record = proof["body"], member(receipt, "dpv:hasRecordOfActivity", dict)
    apart = {"proof", "signature", "dpv:hasRecordOfActivity", "dct:created"}
    around = {name: value for name, value in receipt.items() if name not in apart}
    is_signed = "signature" in receipt
    frame, sealed = frame_of(receipt), sealed_statements(body)
    if not is_signed:
        frame, sealed = before_signatures(body)
    places = [*differing(around, frame), *differing(record, sealed)]
    faults = [f"The receipt says something else than its proof: {place}." for place in places]
    faults += check_text(record.get("dpv:hasNotice"), body)
    if is_signed:
        faults += check_signature(receipt, keys)
    elif not faults:
        found.gaps.append(
            f"{name_of(body)}: only its proof is covered. No signature covers, and anybody could"
            f" have changed: {', '.join(not_covered(record, body))}."
        )
    found.faults += faults
    return head


def check_unproved(receipt, keys, found):
    """A receipt that has no proof: not sealed yet if we signed it so, and who knows if not."""
    record = receipt.get("dpv:hasRecordOfActivity")
    name = name_of({"id": record.get("dct:identifier")} if isinstance(record, dict) else {})
    if "signature" not in receipt:
        found.gaps.append(
            f"{name} has no proof: it was not sealed yet when the receipt was made, or somebody"
            " took its proof away and may have changed it."
        )
        return
    faults = list(check_signature(receipt, keys))
    found.faults += faults
    if not faults:
        found.gaps.append(
            f"{name} was not sealed yet when the receipt was made, as its signature says: take the"
            " receipt anew."
        )


# --- Exports: all records of one business -------------------------------------------------------


class SignedList:
    """Which leaves a business had when the export was made, in a note that was signed.

    Of form 1 it is all of them, of form 2 one part of so many.
    """

    def __init__(self, note, keys, has_parts=False):
        lines = signed_text(note, keys, "The list of the records").split("\n")
        try:
            self.of = lines[1].split("consents of ", 1)[1]
            self.size = int(lines[2])
            self.count = int(lines[3])
            self.part, self.parts = 1, 1
            if has_parts:
                part, parts = lines.pop(4).split("part ", 1)[1].split(" of ")
                self.part, self.parts = int(part), int(parts)
            self.time = lines[4].split("time ", 1)[1]
            rows = [line.split(" ") for line in lines[5:-1]]
            self.leaves = {id_: (int(place), decoded(leaf)) for place, id_, leaf in rows}
        except (ValueError, IndexError, Unreadable):
            raise Wrong("The list of the records cannot be read.") from None
        if not has_parts and len(self.leaves) != self.count:
            raise Wrong("The list of the records is not complete.")

    def follows(self, before):
        """Whether it is the next part of the same export."""
        return self.part == before.part + 1 and self._export() == before._export()

    def _export(self):
        return self.of, self.size, self.count, self.parts, self.time


def check_list(signed, rows, head, keys, tell):
    """Every record of a signed list against it and the root; names what differs.

    Gives back how many are as they were sealed, and how many have ended.
    """
    if signed.size != head.size:
        raise Wrong("The list of the records and the head of the tree are of different times.")
    seen, ended, good = set(), {}, 0
    for kind, row in rows:
        if kind == "ended":
            id_ = member(row, "id", str)
            no_more_than(row, {"id", "note"}, "The word that a record has ended")
            ended[id_] = row.get("note")
            continue
        fault = _fault_in(row, signed, head, seen)
        if fault:
            tell(fault)
        else:
            good += 1
    gone = 0
    for id_, (position, leaf) in signed.leaves.items():
        if id_ in seen:
            continue
        if _has_ended(ended.get(id_), id_, position, leaf, keys):
            gone += 1
        else:
            tell(f"Record {id_} was dropped: the signed list has it at position {position}.")
    return good, gone


def parts_of(lines, keys):
    """The signed lists of form 2, each with the rows behind it; no more than one is held."""
    signed, rows = None, []
    for line in lines:
        if not isinstance(line, dict) or set(line) not in ({"list"}, {"record"}, {"ended"}):
            raise Unreadable("A line is neither a list nor a record nor the ending of one.")
        if "list" not in line:
            if signed is None:
                raise Wrong("A record stands before the first list.")
            rows += line.items()
            continue
        following = SignedList(line["list"], keys, has_parts=True)
        if following.part != 1 if signed is None else not following.follows(signed):
            raise Wrong("A part of the export is missing, or is one of another export.")
        if signed is not None:
            yield signed, rows
        signed, rows = following, []
    if signed is None or signed.part != signed.parts:
        raise Wrong("The export is not complete: its last part is missing.")
    yield signed, rows


def _fault_in(row, signed, head, seen):
    try:
        body = member(row, "body", dict)
        no_more_than(row, ROW, name_of(body))
        id_ = id_of(body)
        if id_ in seen:
            return f"{name_of(body)} was added: it stands here twice."
        if id_ not in signed.leaves:
            return f"{name_of(body)} was added: the signed list does not have it."
        seen.add(id_)
        leaf = leaf_of(row)
        if (member(row, "position", int), leaf) != signed.leaves[id_]:
            return f"{name_of(body)} was changed: it is not what the signed list has."
        check_place(row, leaf, head)
    except (Wrong, Unreadable) as error:
        return str(error)
    return None


def _has_ended(note, id_, position, leaf, keys):
    if note is None:
        return False
    try:
        text = signed_text(note, keys, "The word that a record has ended")
    except Wrong:
        return False
    said = f"ended {id_}\nposition {position}\n{base64.b64encode(leaf).decode()}\n"
    return text.split("\n", 1)[1].startswith(said)


# --- Certificates of erasure ----------------------------------------------------------------------

CERTIFICATES = {
    "erasure-certificate": ("Erasure", "erasure", ("policy",)),
    "ending-certificate": ("The end of business", "ending", ()),
    "account-certificate": ("The end of account", "account", ()),
}
"""By type: what it is about, how its signature begins, and what stands beside it in the file."""
ERASURES = "/erasures"


def is_certificate(said):
    kind = said.get("type")
    return isinstance(kind, str) and kind in CERTIFICATES


def check_certificate(data, keys, say):
    """That we signed it, and that the rules beside it are those that it names by their hash."""
    said = data if is_certificate(data) else member(data, "certificate", dict)
    if not is_certificate(said):
        raise Unreadable("It is no certificate of erasure.")
    what, word, beside = CERTIFICATES[said["type"]]
    if "signature" not in data:
        raise Wrong("There is no signature in it: somebody took it away, or it is only a part.")
    if said.get("form") != 1 or isinstance(said["form"], bool):
        raise Unreadable("The certificate has a form that this script is too old for.")
    no_more_than(data, ("certificate", "signature", *beside), "The file")
    lines = signed_text(data["signature"], keys, "The certificate's signature").split("\n")
    if not lines[0].endswith(ERASURES):
        raise Wrong("The signature is ours, but on something else than a certificate.")
    digest = base64.b64encode(sha256(canonical(said))).decode()
    if lines[1:-1] != [f"{word} {said.get('code')}", digest]:
        raise Wrong("The certificate was changed: it is not what was signed.")
    for name in beside:
        if hashlib.sha256(canonical(data.get(name))).hexdigest() != said[f"{name}_sha256"]:
            raise Wrong("The rules beside the certificate are not those that it was signed with.")
    say(f"{what} {said['code']}, certified by {said['issuer']} ({lines[0]}):")
    for line in said_by_certificate(said):
        say(line)


def said_by_certificate(said):
    deleted_at = said.get("deleted_at") or said["ended_at"]
    yield f"  requested {said['requested_at']}, deleted {deleted_at}"
    if "people" in said:
        yield f"  people: {said['people']}"
    if "choice" in said:
        yield f"  choice: {said['choice']}"
    for model, count in sorted(said["deleted"].items()):
        yield f"  deleted: {count} of {model}"
    for each in said["kept"]:
        law = f"{each['ground']} ({each['law']})"
        yield f"  kept until {each['until']}: {each['count']} of {each['what']}, {law}"
    if "policy_sha256" in said:
        yield f"  under the rules with SHA-256 {said['policy_sha256']}"


# --- The command --------------------------------------------------------------------------------


def once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("It says one thing twice, in different words perhaps.")
    return found


def refused(word):
    raise ValueError(word)


def parsed(text):
    try:
        data = json.loads(text, object_pairs_hook=once, parse_constant=refused)
    except (ValueError, RecursionError):
        raise Unreadable("It is no JSON, or only a part of it.") from None
    level = [data]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in within(each)]
    if level:
        raise Unreadable("It is nested more deeply than anything of ours.")
    try:
        canonical(data)
    except UnicodeEncodeError:
        raise Unreadable("It holds letters that do not exist.") from None
    return data


def within(value):
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def opened(path):
    """The text in it; Windows' editors begin it with a mark of the byte order."""
    if path == "-":
        return io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig")
    return open(path, encoding="utf-8-sig")


def documents(file):
    """The file's first document, and the lines behind it where it has some (JSON Lines)."""
    first = file.readline()
    try:
        header = parsed(first)
    except Unreadable:
        return parsed(first + file.read()), iter(())
    return header, (parsed(line) for line in file if line.strip())


def check(data, lines, keys, say):
    """Check whatever it is. Gives back what was found."""
    if not isinstance(data, dict):
        raise Unreadable("It is no receipt, no proof, no export and no certificate.")
    form, found = data.get("format"), Found()
    if form == "chatbo-consent-export-1":
        check_all(data, lines, keys, found, say)
    elif form == "chatbo-consent-export-2":
        check_in_parts(data, lines, keys, found, say)
    else:
        following = next(lines, NOTHING)
        if following is not NOTHING:
            if not is_proof(data) or not is_proof(following):
                raise Unreadable("There is something behind the end of it.")
            check_many(itertools.chain((data, following), lines), check_proof, keys, found, say)
        elif form == "chatbo-consent-growth-1":
            check_growth(data, keys, found, say)
        elif "certificate" in data or is_certificate(data):
            check_certificate(data, keys, say)
        elif "@graph" in data:
            check_many(receipts_of(data), check_receipt, keys, found, say)
            found.gaps += [
                f"No receipt of {number}: it is named as changed after it was recorded."
                for number in data.get(NOT_AS_RECORDED, [])
            ]
        else:
            check_one(data, keys, found, say)
    return found


def check_all(data, lines, keys, found, say):
    known = ("format", "checkpoint", "list", "records", "ended")
    no_more_than(data, known, "The export")
    rows = [("record", row) for row in member({"records": [], **data}, "records", list)]
    rows += [("ended", row) for row in member({"ended": [], **data}, "ended", list)]
    for line in lines:
        if not isinstance(line, dict) or set(line) not in ({"record"}, {"ended"}):
            raise Unreadable("A line is neither a record nor the ending of one.")
        rows += line.items()
    head = Head(member(data, "checkpoint", str), keys)
    signed = SignedList(data.get("list"), keys)
    good, gone = check_list(signed, rows, head, keys, found.faults.append)
    told(signed, head, good, gone, say)


def check_in_parts(header, lines, keys, found, say):
    no_more_than(header, ("format", "checkpoint"), "The export")
    head, good, gone = Head(member(header, "checkpoint", str), keys), 0, 0
    for signed, rows in parts_of(lines, keys):
        ours = check_list(signed, rows, head, keys, found.faults.append)
        good, gone = good + ours[0], gone + ours[1]
    told(signed, head, good, gone, say)


def told(signed, head, good, gone, say):
    say(f"{good} of {signed.count} records of business {signed.of} are as they were sealed;")
    say(f"{gone} ended, signed by us, when their time had come.")
    say(f"Head: {head.origin}, {head.size} records, signed {head.time}.")


def is_proof(data):
    return isinstance(data, dict) and data.get("format") == "chatbo-consent-proof-1"


def receipts_of(graph):
    """Each receipt of a graph under the context of them all."""
    no_more_than(graph, ("@context", "@graph", NOT_AS_RECORDED), "The graph")
    receipts = member(graph, "@graph", list)
    changed = member({NOT_AS_RECORDED: [], **graph}, NOT_AS_RECORDED, list)
    if not all(isinstance(number, str) for number in changed):
        raise Unreadable(f"It is damaged: “{NOT_AS_RECORDED}” is of a wrong kind.")
    if not all(isinstance(each, dict) and "@context" not in each for each in receipts):
        raise Unreadable("It is damaged: what stands in it are no receipts.")
    return [{"@context": graph.get("@context"), **each} for each in receipts]


def check_many(several, check_each, keys, found, say):
    """Receipts or proofs of a selection: each by itself. Whether one is missing, none can tell."""
    count, good, known, ids = 0, 0, {}, set()
    for each in several:
        if check_each is check_receipt and each.get("proof") is None:
            count += 1
            try:
                check_unproved(each, keys, found)
            except (Wrong, Unreadable) as error:
                found.faults.append(str(error))
            continue
        before = len(found.faults)
        count += 1
        try:
            proof = each["proof"] if check_each is check_receipt else each
            if not is_proof(proof):
                raise Unreadable("A part of it is no proof.")
            check_each(each, keys, found, known)
        except (Wrong, Unreadable) as error:
            found.faults.append(str(error))
            continue
        if proof["body"]["id"] in ids:
            found.faults.append(f"{name_of(proof['body'])} stands here twice.")
        ids.add(proof["body"]["id"])
        good += len(found.faults) == before
    if not count:
        raise Unreadable("There is no record in it.")
    say(f"{good} of {count} records are as they were sealed.")
    for head in known.values():
        say(f"Head: {head.origin}, {head.size} records, signed {head.time}.")


def check_growth(data, keys, found, say):
    no_more_than(data, ("format", "before", "after", "path"), "The proof of growth")
    before = Head(data.get("before"), keys, "The earlier head")
    after = Head(data.get("after"), keys, "The later head")
    path = [decoded(step) for step in member(data, "path", list)]
    if not is_consistent(before.size, before.root, after.size, after.root, path):
        raise Wrong("The later tree does not begin with the earlier one: it was rewritten.")
    say(f"The tree of {after.size} records begins with the one of {before.size}.")


def check_one(data, keys, found, say):
    is_receipt = "proof" in data or "dpv:hasRecordOfActivity" in data
    if is_receipt and data.get("proof") is None:
        check_unproved(data, keys, found)
        return
    proof = data["proof"] if is_receipt else data
    head = (check_receipt if is_receipt else check_proof)(data, keys, found)
    say(f"{name_of(proof['body'])}, sealed at position {proof['position']}:")
    for line in facts_of(proof["body"]):
        say(line)
    if proof.get("identity"):
        say(f"  about {proof['identity']['identifier']}")
    say(f"Head: {head.origin}, {head.size} records, signed {head.time}.")
    if "signature" in data and not found.faults:
        say("The receipt as a whole is signed: what it says besides, we said when it was made.")


def printable(text):
    """Nothing that a terminal would obey, or that begins a line of its own."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def say_it(text):
    print(printable(text))


def keys_of(options):
    texts = list(options.key)
    for path in options.keys:
        with open(path, encoding="utf-8-sig") as file:
            texts += [line for line in file if line.strip() and not line.startswith("#")]
    if not texts:
        raise Unreadable("Give a public key, with --key or --keys. They stand at /keys/.")
    return [parse_key(text) for text in texts]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="chatbo-verify", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "file",
        help="a receipt, proof, export or certificate (JSON, JSON Lines); - is the standard input",
    )
    parser.add_argument(
        "--key", action="append", default=[], metavar="KEY", help="a public key: name+number+base64"
    )
    parser.add_argument(
        "--keys",
        action="append",
        default=[],
        metavar="FILE",
        help="a file with one public key a line",
    )
    options = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with opened(options.file) as file:
            found = check(*documents(file), keys_of(options), say_it)
    except Wrong as error:
        found = Found()
        found.faults.append(str(error))
    except Unreadable as error:
        say_it(f"Not checked: {error}")
        return UNREADABLE
    except (OSError, UnicodeDecodeError) as error:
        say_it(f"Not checked: the file cannot be read ({type(error).__name__}).")
        return UNREADABLE
    for fault in found.faults:
        say_it(f"WRONG: {fault}")
    for gap in found.gaps:
        say_it(f"NOT PROVED: {gap}")
    if found.faults:
        say_it("Not in order.")
        return WRONG
    if found.gaps:
        say_it("Not proved, or not all of it: do not rely on what is named above.")
        return UNPROVED
    say_it("Genuine, unchanged and sealed.")
    return OK


if __name__ == "__main__":
    sys.exit(main())
