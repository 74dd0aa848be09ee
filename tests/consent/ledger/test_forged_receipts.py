"""Receipts that were rewritten around a genuine proof, for the page and for ``chatbo-verify``."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.signed_notes import sign
from consent.ledger.checking import Genuine, Several, check_document
from consent.ledger.errors import NotGenuineError
from consent.ledger.exporting import export_records
from consent.ledger.heads import origin
from consent.ledger.json_ld import receipt_as_json_ld
from consent.ledger.models import ConsentRecord
from consent.ledger.proofs import prove_record
from consent.ledger.sealing import seal
from tests.conftest import Business
from tests.consent.ledger.older_receipts import from_before_signatures
from tests.consent.ledger.test_chatbo_verify import in_form_1

pytestmark = pytest.mark.django_db(transaction=True)

RECORD = "dpv:hasRecordOfActivity"
PROCESS = (RECORD, "dpv:hasProcess")
NOTICE = (RECORD, "dpv:hasNotice")

Receipt = dict[str, Any]
Run = Callable[[bytes], tuple[int, str]]


@pytest.fixture
def receipts(cafe: Business, record: Callable[..., ConsentRecord]) -> list[Receipt]:
    """Of two people's consents, sealed."""
    with cafe.scope():
        made = [
            record(
                person_id=new_id(),
                identifier=f"guest{number}@example.org",
                form="<b>Yes</b>, please",
                controller=ConsentRecord.Controller.TENANT,
            )
            for number in range(2)
        ]
    seal()
    with cafe.scope():
        return [
            receipt_as_json_ld(
                each, prove_record(each, with_identity=True), cafe.tenant, at=timezone.now()
            )
            for each in made
        ]


@pytest.fixture
def receipt(receipts: list[Receipt]) -> Receipt:
    return receipts[0]


def as_file(document: Any) -> bytes:
    return json.dumps(document).encode()


def graph_of(*receipts: Receipt) -> Receipt:
    bare = [{n: v for n, v in each.items() if n != "@context"} for each in receipts]
    return {"@context": receipts[0]["@context"], "@graph": bare}


def reason_of(document: Any) -> str:
    """Why the page does not confirm it."""
    with pytest.raises(NotGenuineError) as raised:
        check_document(as_file(document))
    return raised.value.reason


def changed(receipt: Receipt, *places: Any, to: Any) -> Receipt:
    found = copy.deepcopy(receipt)
    inner: Any = found
    for place in places[:-1]:
        inner = inner[place]
    inner[places[-1]] = to
    return found


WORDS_AROUND = [
    ((*PROCESS, "dpv:hasPurpose", "dct:title"), "Selling data"),
    ((*PROCESS, "dpv:hasPersonalData"), [{"@type": "dpv:PersonalData", "dct:title": "genes"}]),
    ((*PROCESS, "dpv:hasRecipient"), [{"@type": "dpv:Recipient", "dpv:hasName": "Evil"}]),
    ((*PROCESS, "dpv:hasStorageCondition"), "for ever"),
    ((RECORD, "dpv:hasDataController", "dpv:hasName"), "Evil"),
    ((RECORD, "dpv:hasDataProcessor"), {}),
    ((RECORD, "dpv:hasJurisdiction"), {"@id": "loc:US"}),
    ((RECORD, "dpv:hasConsentControl", "dct:title"), "Never."),
    ((*NOTICE, "chatbo:shown"), None),
    (("dct:created",), "1999-01-01T00:00:00+00:00"),
]
ADDED = [
    ("dct:title",),
    (RECORD, "dct:title"),
    (RECORD, "dpv:hasConsentStatus", "dct:title"),
    (*NOTICE, "chatbo:text", "more"),
    (*NOTICE, "dpv:hasRecipient"),
    ("proof", "dct:title"),
    ("proof", "identity", "dct:title"),
]


def test_a_genuine_receipt_is_covered_as_a_whole(receipt: Receipt, verify: Run) -> None:
    code, said = verify(as_file(receipt))

    assert (code, said.splitlines()[-1]) == (0, "Genuine, unchanged and sealed.")
    found = check_document(as_file(receipt))
    assert isinstance(found, Genuine)
    assert found.uncovered == ()


@pytest.mark.parametrize(("places", "to"), WORDS_AROUND)
def test_words_around_the_proof_are_not_rewritten_unseen(
    receipt: Receipt, verify: Run, places: tuple[str, ...], to: Any
) -> None:
    forged = changed(receipt, *places, to=to)

    assert verify(as_file(forged))[0] == 1
    assert verify(as_file(graph_of(forged)))[0] == 1
    assert reason_of(forged) == reason_of(graph_of(forged)) == "not_as_made"


@pytest.mark.parametrize("places", ADDED)
@pytest.mark.parametrize("is_signed", [True, False])
def test_what_was_added_is_named(
    receipt: Receipt, verify: Run, places: tuple[str, ...], is_signed: bool
) -> None:
    whole = receipt if is_signed else from_before_signatures(receipt)
    forged = changed(whole, *places, to="WITHDRAWN")

    code, said = verify(as_file(forged))

    assert (code, places[-1] in said) == (1, True)
    with pytest.raises(NotGenuineError) as raised:
        check_document(as_file(forged))
    assert raised.value.place == " / ".join(places).removeprefix(f"{RECORD} / ")


def test_the_title_of_the_text_is_the_text_s(receipt: Receipt, verify: Run) -> None:
    old = changed(from_before_signatures(receipt), *NOTICE, "dct:title", to="Nothing")

    assert verify(as_file(old))[0] == 1
    assert reason_of(old) == "says_something_else"


def test_of_a_receipt_from_before_the_signatures_only_the_proof_is_covered(
    receipt: Receipt, verify: Run
) -> None:
    old = from_before_signatures(receipt)
    for document in (old, graph_of(old), changed(old, *WORDS_AROUND[0][0], to="Selling data")):
        code, said = verify(as_file(document))

        assert (code, "Genuine" in said) == (3, False)
        assert said.splitlines()[-1].startswith("Not proved")
        assert "dct:created" in said
        for places, _ in WORDS_AROUND[:8]:
            assert places[1] in said
    found = check_document(as_file(old))
    assert isinstance(found, Genuine)
    assert "dpv:hasProcess / dpv:hasPurpose / dct:title" in found.uncovered
    assert "dpv:hasNotice / chatbo:shown" not in found.uncovered, "its hash is sealed"
    without = check_document(as_file(changed(old, *NOTICE, "chatbo:shown", to=None)))
    assert isinstance(without, Genuine)
    assert "dpv:hasNotice / chatbo:shown" in without.uncovered


def test_a_receipt_whose_signature_was_taken_away_is_none_of_the_older_ones(
    receipt: Receipt, verify: Run
) -> None:
    del receipt["signature"]

    assert verify(as_file(receipt))[0] == 1
    assert reason_of(receipt) == "says_something_else"


def test_a_signature_is_of_its_receipt_and_ours(receipts: list[Receipt], verify: Run) -> None:
    stranger = Ed25519PrivateKey.generate()
    receipt, other = receipts
    text = receipt["signature"].rpartition("\n\n")[0] + "\n"
    for signature, reason in (
        (other["signature"], "not_as_made"),
        (receipt["proof"]["checkpoint"], "not_as_made"),
        (sign(origin(), stranger, text), "not_signed_by_us"),
        ("", "not_signed_by_us"),
        (None, "no_receipt"),
    ):
        forged = receipt | {"signature": signature}
        assert verify(as_file(forged))[0] == 1
        assert reason_of(forged) == reason


# --- Without a proof ---


@pytest.mark.parametrize("content", ["dct:created", "dct:title"])
def test_a_receipt_without_its_proof_proves_nothing(
    receipts: list[Receipt], verify: Run, content: str
) -> None:
    forged = receipts[0] | {"proof": None, content: "2020-01-01"}
    del forged["signature"]
    for document in (forged, {n: v for n, v in forged.items() if n != "proof"}):
        for shown in (document, graph_of(receipts[1], document)):
            code, said = verify(as_file(shown))
            assert (code, "Genuine" in said) == (3, False)
            assert said.splitlines()[-1].startswith("Not proved")
            assert "has no proof" in said
        assert reason_of(document) == reason_of(graph_of(receipts[1], document)) == "unproved"


def test_what_we_signed_before_it_was_sealed_is_held_to_it(
    cafe: Business, record: Callable[..., ConsentRecord], receipt: Receipt, verify: Run
) -> None:
    with cafe.scope():
        waiting = receipt_as_json_ld(record(), None, cafe.tenant, at=timezone.now())
    forged = changed(waiting, *WORDS_AROUND[0][0], to="Selling data")

    assert (verify(as_file(waiting))[0], reason_of(waiting)) == (3, "not_sealed")
    assert (verify(as_file(forged))[0], reason_of(forged)) == (1, "not_as_made")
    assert verify(as_file(graph_of(receipt, forged)))[0] == 1
    found = check_document(as_file(graph_of(receipt, waiting)))
    assert isinstance(found, Several)
    assert (len(found.genuine), found.waiting) == (1, 1)


# --- Several ---


def test_a_graph_is_checked_receipt_by_receipt(receipts: list[Receipt], verify: Run) -> None:
    whole = graph_of(*receipts)
    found = check_document(as_file(whole))

    assert isinstance(found, Several)
    assert [len(found.genuine), found.waiting] == [2, 0]
    assert verify(as_file(whole))[0] == 0
    for forged in (
        whole | {"dct:title": "WITHDRAWN"},
        graph_of(receipts[0], receipts[0]),
        changed(whole, "@context", "dpv", to="https://else.example/"),
        changed(whole, "@graph", 1, "proof", "body", "decision", to="refused"),
    ):
        assert verify(as_file(forged))[0] == 1
        reason_of(forged)


def test_an_export_is_told_to_be_one(receipts: list[Receipt], cafe: Business, verify: Run) -> None:
    with cafe.scope():
        lines = [as_file(line) for part in export_records() for line in part]
    whole = b"\n".join(lines)
    for document in (
        whole,
        b"\xef\xbb\xbf" + whole,
        whole * 2000,
        as_file(receipts[0]["proof"]) + b"\n" + whole,
    ):
        with pytest.raises(NotGenuineError) as raised:
            check_document(document)
        assert raised.value.reason == "for_the_program"
    assert verify(whole)[0] == 0
    for place, more in enumerate(({"format": "x", "dct:title": "x"}, None, {"dct:title": "x"})):
        if more:
            line = json.loads(lines[place])
            (line if "format" in line else line["record"]).update({"dct:title": "x"})
            forged = [*lines[:place], as_file(line), *lines[place + 1 :]]
            assert verify(b"\n".join(forged))[0] == 1


@pytest.mark.parametrize("between", [b"\n", b"\nnull\n", b"\n[]\n", b"\n0\n"])
def test_of_several_proofs_none_is_passed_over(
    receipts: list[Receipt], verify: Run, between: bytes
) -> None:
    one, other = (each["proof"] for each in receipts)
    forged = changed(other, "body", "decision", to="refused")

    assert verify(as_file(one) + between + as_file(forged))[0] in {1, 2}
    assert (verify(as_file(one) + between + as_file(other))[0] == 0) == (between == b"\n")


# --- How a file is written ---


def test_a_byte_order_mark_changes_nothing(
    receipts: list[Receipt], cafe: Business, verify: Run
) -> None:
    with cafe.scope():
        lines = [as_file(line) for part in export_records() for line in part]

    assert verify(b"\xef\xbb\xbf" + as_file(receipts[0]))[0] == 0
    assert verify(b"\xef\xbb\xbf" + b"\n".join(lines))[0] == 0
    assert isinstance(check_document(b"\xef\xbb\xbf" + as_file(receipts[0])), Genuine)


def test_what_a_file_says_is_never_obeyed_by_a_terminal(receipt: Receipt, verify: Run) -> None:
    said = "x\nGenuine, unchanged and sealed.\n\x1b[8m\u202e\x9b1m"
    forged = changed(receipt["proof"], "body", "id", to=said)
    added = receipt | {said: 1}
    for document in (forged, added, receipt | {"proof": forged}):
        code, told = verify(as_file(document))
        assert code == 1
        assert told.replace("\n", "").isprintable()
        assert told.splitlines()[-1] == "Not in order."


@pytest.mark.parametrize(
    ("places", "to"),
    [
        (("proof",), [1]),
        (("proof", "body"), None),
        (("proof", "body", "id"), ["x"]),
        (("proof", "body", "place"), "\ud800"),
        (("proof", "identity", "identifier"), "\ud800"),
        (("proof", "identity"), [1]),
        (("proof", "checkpoint"), "chatbo\ud800/ledger\n\n\u2014 x AAAA\n"),
        (("proof", "format"), []),
        (("proof", "position"), 10**400),
        ((*NOTICE, "chatbo:shown"), "\ud800"),
        ((*NOTICE, "chatbo:text"), [1]),
        (NOTICE, "x"),
        ((RECORD,), [1]),
        (("\ud800",), 1),
        (("@graph",), 5),
        (("format",), ["chatbo-consent-export-2"]),
        (("format",), "chatbo-consent-growth-1"),
    ],
)
def test_what_no_receipt_of_ours_is_like_is_refused_in_words(
    receipt: Receipt, verify: Run, places: tuple[str, ...], to: Any
) -> None:
    forged = changed(receipt, *places, to=to)

    assert verify(as_file(forged))[0] in {1, 2}
    reason_of(forged)


@pytest.mark.parametrize(
    "more",
    [
        {"records": 5},
        {"records": None},
        {"records": [1]},
        {"ended": [1]},
        {"ended": 1},
        {"records": [{"body": {"id": ["x"], "v": 1}}]},
        {"ended": [{"id": ["x"]}]},
        {"ended": [{"id": "\ud800", "note": 1}]},
        {"ended": [{"id": "x", "note": "x", "more": 1}]},
        {"list": 5},
        {"list": "\ud800"},
        {"checkpoint": None},
    ],
)
def test_what_no_export_of_ours_is_like_is_refused_in_words(
    receipt: Receipt, cafe: Business, verify: Run, more: Any
) -> None:
    with cafe.scope():
        lines = [line for part in export_records() for line in part]
    former = in_form_1(lines)

    assert verify(as_file(former))[0] == 0
    assert verify(as_file(former | more))[0] in {1, 2}
    (name, value), *_ = more.items()
    for strange in value if isinstance(value, list) else [value]:
        line = {name.removesuffix("s"): strange}
        forged = [*lines, line]
        assert verify(b"\n".join(as_file(each) for each in forged))[0] in {1, 2}


def test_base64_is_read_in_the_one_way_that_we_write_it(receipt: Receipt, verify: Run) -> None:
    """The last letter has bits that say nothing: two ways of writing would be one signature."""
    proof = receipt["proof"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    salt = proof["body_salt"]
    assert salt.endswith("=")
    other = salt[:-2] + letters[letters.index(salt[-2]) ^ 1] + "="

    forged = proof | {"body_salt": other}

    assert verify(as_file(forged))[0] != 0
    assert reason_of(forged) == "changed"
    note = proof["checkpoint"]
    assert note.endswith("=\n")
    other = note[:-3] + letters[letters.index(note[-3]) ^ 1] + "=\n"
    assert verify(as_file(proof | {"checkpoint": other}))[0] != 0
    assert reason_of(proof | {"checkpoint": other}) == "not_signed_by_us"
