"""``chatbo-verify``, as somebody runs it who has the file, the script and a public key."""

import base64
import copy
import importlib.util
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.signed_notes import key_of, sign
from chatbo.foundation.signing import note_keys, sign_note
from consent.ledger.checking import Genuine, check_document
from consent.ledger.ending import _note
from consent.ledger.errors import NotGenuineError
from consent.ledger.exporting import export_records
from consent.ledger.heads import origin
from consent.ledger.json_ld import receipt_as_json_ld
from consent.ledger.models import ConsentRecord, Leaf, TreeHead
from consent.ledger.proofs import prove_consistency, prove_record
from consent.ledger.sealing import seal
from tests.conftest import Business
from tests.foundation.test_signed_notes import KEY, NOTE, TEXT

SCRIPT = Path(__file__).parents[3] / "static" / "verify" / "chatbo-verify.py"
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(32))

Said = tuple[int, str]
Verify = Callable[..., Said]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """Run the script in a process of its own, with nothing of the product around it."""

    def verifying(*documents: Any, key: str = "", lines: bool = False) -> Said:
        place = tmp_path / "shown.json"
        texts = [each if isinstance(each, str) else json.dumps(each) for each in documents]
        place.write_text("\n".join(texts) + "\n" * lines, encoding="utf-8")
        command = [sys.executable, "-I", str(SCRIPT), "--key", key or ours(), str(place)]
        done = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return verifying


def ours() -> str:
    return str(note_keys(origin())[0])


@pytest.fixture
def sealed(cafe: Business, dentist: Business, record: Callable[..., ConsentRecord]) -> Any:
    """Five records of two businesses, all but the first on persons; the café's third."""
    for number in range(5):
        with (cafe if number % 2 == 0 else dentist).scope():
            person = {"person_id": new_id(), "identifier": f"guest{number}@example.org"}
            found = record(
                place=f"form {number}", form="<b>Yes</b>, please", **(person if number else {})
            )
    seal()
    return found


@pytest.fixture
def proof(sealed: Any, cafe: Business) -> dict[str, Any]:
    with cafe.scope():
        found = prove_record(sealed, with_identity=True)
        assert found is not None
        return found.as_json()


@pytest.fixture
def receipt(sealed: Any, cafe: Business) -> dict[str, Any]:
    with cafe.scope():
        found = prove_record(sealed, with_identity=True)
        return receipt_as_json_ld(sealed, found, cafe.tenant, at=timezone.now())


def is_confirmed_by_us(document: Any) -> bool:
    """What the page ``/verify/`` thinks of it."""
    try:
        return isinstance(check_document(json.dumps(document).encode()), Genuine)
    except NotGenuineError:
        return False


def reason_of(document: Any) -> str:
    """Why the page does not confirm it."""
    with pytest.raises(NotGenuineError) as raised:
        check_document(json.dumps(document).encode())
    return raised.value.reason


# --- What is genuine ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("indent", [None, 1])
def test_a_genuine_proof_is_called_so(proof: Any, verify: Verify, indent: int | None) -> None:
    code, said = verify(json.dumps(proof, indent=indent))

    assert code == 0
    assert "Genuine, unchanged and sealed." in said
    assert proof["body"]["id"] in said
    assert "guest4@example.org" in said
    assert is_confirmed_by_us(proof)


@pytest.mark.django_db(transaction=True)
def test_a_proof_without_the_person_is_as_good(proof: Any, verify: Verify) -> None:
    code, said = verify(proof | {"identity": None})

    assert (code, "guest" in said) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_a_genuine_receipt_is_called_so(receipt: Any, verify: Verify) -> None:
    assert verify(receipt)[0] == 0
    assert is_confirmed_by_us(receipt)


@pytest.mark.django_db(transaction=True)
def test_every_record_of_a_tree_is_proved_at_every_size(
    cafe: Business, record: Callable[..., ConsentRecord], verify: Verify
) -> None:
    made = []
    for number in range(7):
        with cafe.scope():
            made.append(record(place=f"form {number}"))
        seal()
        with cafe.scope():
            for each in made:
                found = prove_record(each)
                assert found is not None
                assert found.size == number + 1
                assert verify(found.as_json())[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_tree_that_grew_begins_with_the_earlier_one(
    sealed: Any, cafe: Business, record: Callable[..., ConsentRecord], verify: Verify
) -> None:
    before = TreeHead.objects.latest()
    with cafe.scope():
        record(place="later")
    seal()
    after = TreeHead.objects.latest()
    steps = [base64.b64encode(step).decode() for step in prove_consistency(before.size, after.size)]
    grown = {
        "format": "chatbo-consent-growth-1",
        "before": before.note,
        "after": after.note,
        "path": steps,
    }

    assert verify(grown)[0] == 0
    assert verify(grown | {"path": steps[::-1]})[0] == 1
    assert verify(grown | {"before": after.note, "after": before.note})[0] == 1


# --- Each kind of forgery ---


def other(text: str) -> str:
    """Another base64 of the same length."""
    return base64.b64encode(
        bytes([base64.b64decode(text)[0] ^ 1]) + base64.b64decode(text)[1:]
    ).decode()


def with_head(proof: Any, change: Callable[[str], str], *, signed_by: Any = None) -> Any:
    text, _, _ = proof["checkpoint"].rpartition("\n\n")
    text = change(text + "\n")
    signature = proof["checkpoint"].rpartition("\n\n")[2]
    note = sign(origin(), signed_by, text) if signed_by else f"{text}\n{signature}"
    return proof | {"checkpoint": note}


FORGERIES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a decision": (lambda p: p | {"body": p["body"] | {"decision": "refused"}}, "was changed"),
    "a time": (lambda p: p | {"body": p["body"] | {"given_at": "2020-01-01"}}, "was changed"),
    "a field more": (lambda p: p | {"body": p["body"] | {"more": "x"}}, "was changed"),
    "a field of another kind": (lambda p: p | {"body": p["body"] | {"form": 1}}, "was changed"),
    "a salt": (lambda p: p | {"body_salt": other(p["body_salt"])}, "was changed"),
    "a person": (
        lambda p: p | {"identity": p["identity"] | {"identifier": "else@example.org"}},
        "not about this person",
    ),
    "a person's salt": (
        lambda p: p | {"identity": p["identity"] | {"salt": other(p["identity"]["salt"])}},
        "not about this person",
    ),
    "a person's hash": (
        lambda p: p | {"identity": None, "identity_hash": other(p["identity_hash"])},
        "was changed",
    ),
    "a step": (lambda p: p | {"path": [other(p["path"][0]), *p["path"][1:]]}, "was changed"),
    "no steps": (lambda p: p | {"path": []}, "was changed"),
    "a step more": (lambda p: p | {"path": [*p["path"], p["path"][0]]}, "was changed"),
    "a position": (lambda p: p | {"position": p["position"] - 1}, "was changed"),
    "a position outside": (lambda p: p | {"position": 5}, "was changed"),
    "a position below": (lambda p: p | {"position": -1}, "was changed"),
    "a size": (lambda p: p | {"size": 6}, "another size"),
    "a head's size": (
        lambda p: with_head(p, lambda text: text.replace("\n5\n", "\n6\n")),
        "signature is wrong",
    ),
    "a root": (
        lambda p: with_head(p, lambda text: text.replace(text.split("\n")[2], "A" * 43 + "=")),
        "signature is wrong",
    ),
    "a head's time": (lambda p: with_head(p, lambda text: text.replace("20", "19")), "wrong"),
    "another's signature": (lambda p: with_head(p, str, signed_by=STRANGER), "not signed by any"),
    "a broken signature": (
        lambda p: p | {"checkpoint": p["checkpoint"].replace("\u2014", "-")},
        "damaged",
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_is_found(proof: Any, receipt: Any, verify: Verify, what: str) -> None:
    forge, words = FORGERIES[what]
    forged = forge(copy.deepcopy(proof))

    code, said = verify(forged)

    assert code == 1, said
    assert words in said
    assert "Not in order." in said
    assert not is_confirmed_by_us(forged)
    assert verify(receipt | {"proof": forged})[0] == 1
    assert not is_confirmed_by_us(receipt | {"proof": forged})


@pytest.mark.django_db(transaction=True)
def test_a_whole_tree_of_somebody_else_is_found_by_the_key(proof: Any, verify: Verify) -> None:
    theirs = with_head(proof, str, signed_by=STRANGER)

    assert verify(theirs)[0] == 1
    assert verify(theirs, key=str(key_of(origin(), STRANGER)))[0] == 0, "their key, their word"
    assert verify(proof, key=str(key_of(origin(), STRANGER)))[0] == 1


@pytest.mark.django_db(transaction=True)
def test_a_head_of_another_ledger_is_not_taken_for_ours(proof: Any, verify: Verify) -> None:
    """Whoever runs a ledger of their own under one key in two names."""
    elsewhere = with_head(
        proof, lambda text: text.replace(origin(), "else.example/ledger"), signed_by=STRANGER
    )

    code, said = verify(elsewhere, key=str(key_of(origin(), STRANGER)))

    assert (code, "another ledger" in said) == (1, True)


def changed_at(receipt: Any, *places: str, to: Any) -> Any:
    changed = copy.deepcopy(receipt)
    inner = changed
    for place in places[:-1]:
        inner = inner[place]
    inner[places[-1]] = to
    return changed


RECORD = "dpv:hasRecordOfActivity"
NOTICE = (RECORD, "dpv:hasNotice")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("places", "to"),
    [
        (("dct:identifier",), "x"),
        (("@type",), "dpv:ConsentRecord"),
        (("@context", "dpv"), "https://else.example/"),
        (("dpv:hasConsentStatus",), {"@type": "dpv:ConsentRefused"}),
        ((RECORD, "dct:identifier"), "x"),
        ((RECORD, "dpv:hasConsentStatus", "@type"), "dpv:ConsentRefused"),
        ((RECORD, "dpv:hasConsentStatus", "dpv:isIndicatedAtTime"), "2020-01-01"),
        ((RECORD, "dpv:hasDataSubject", "@id"), "urn:uuid:x"),
        ((RECORD, "dpv:hasProcess", "dpv:hasPurpose", "@id"), "chatbo:terms"),
        ((RECORD, "dpv:hasExpiryTime"), "2020-01-01"),
        ((RECORD, "chatbo:place"), "elsewhere"),
        ((*NOTICE, "chatbo:textSha256"), "0" * 64),
        ((*NOTICE, "chatbo:text", "body"), "I agree to everything."),
        ((*NOTICE, "chatbo:text"), None),
        ((*NOTICE, "chatbo:shown"), "I agree to everything."),
    ],
)
def test_a_receipt_that_says_something_else_than_its_proof_is_found(
    receipt: Any, verify: Verify, places: tuple[str, ...], to: Any
) -> None:
    forged = changed_at(receipt, *places, to=to)

    assert verify(forged)[0] == 1
    assert not is_confirmed_by_us(forged)


# --- A whole export ---


@pytest.fixture
def export(sealed: Any, cafe: Business) -> list[Any]:
    """A header and the café's three records."""
    with cafe.scope():
        return lines_of_export()


def lines_of_export(**so_many: int) -> list[Any]:
    return [line for part in export_records(**so_many) for line in part]


def in_form_1(export: list[Any]) -> Any:
    """As it was given out before: one list of all, signed, and one document."""
    _header, (name, of, size, count, _part, *rest) = export[0], lines_in(export[1]["list"])
    note = sign_note(origin(), "\n".join([name, of, size, count, *rest]) + "\n")
    records = [line["record"] for line in export[2:]]
    return {
        "format": "chatbo-consent-export-1",
        "checkpoint": export[0]["checkpoint"],
        "list": note,
        "records": records,
    }


def lines_in(note: str) -> list[str]:
    return note.rpartition("\n\n")[0].split("\n")


def said_of(verify: Verify, export: list[Any]) -> Said:
    return verify(*export, lines=True)


@pytest.mark.django_db(transaction=True)
def test_a_whole_export_is_called_genuine(export: Any, verify: Verify) -> None:
    code, said = said_of(verify, export)

    assert code == 0
    assert "3 of 3 records" in said


@pytest.mark.django_db(transaction=True)
def test_an_export_of_the_earlier_form_is_still_checked(export: Any, verify: Verify) -> None:
    whole = in_form_1(export)

    code, said = verify(json.dumps(whole, indent=1))

    assert (code, "3 of 3 records" in said) == (0, True)
    dropped = whole["records"].pop()["body"]["id"]
    assert f"Record {dropped} was dropped" in verify(json.dumps(whole))[1]


@pytest.mark.django_db(transaction=True)
def test_an_export_in_parts_is_whole_or_said_not_to_be(
    sealed: Any, cafe: Business, verify: Verify
) -> None:
    with cafe.scope():
        export = lines_of_export(part=1)
        other = lines_of_export(part=2)
    lists = [place for place, line in enumerate(export) if "list" in line]

    assert len(lists) == 3
    assert verify(*export, lines=True)[0] == 0
    for shortened in (
        export[: lists[2]],
        export[: lists[1]] + export[lists[2] :],
        [export[0], *export[lists[1] :]],
        export[: lists[1]] + export[1:],
        [export[0], *other[1:3], *export[lists[1] :]],
        export[:1],
    ):
        code, said = verify(*shortened, lines=True)
        assert (code, "Genuine" in said) == (1, False), said


@pytest.mark.django_db(transaction=True)
def test_an_export_names_nobody(export: Any) -> None:
    assert "example.org" not in json.dumps(export)


@pytest.mark.django_db(transaction=True)
def test_a_record_that_was_dropped_is_named(export: Any, verify: Verify) -> None:
    dropped = export.pop(3)["record"]["body"]["id"]

    code, said = said_of(verify, export)

    assert code == 1
    assert f"Record {dropped} was dropped" in said
    assert said.count("WRONG") == 1


@pytest.mark.django_db(transaction=True)
def test_a_record_that_was_changed_is_named(export: Any, verify: Verify) -> None:
    export[3]["record"]["body"]["decision"] = "refused"

    code, said = said_of(verify, export)

    assert code == 1
    assert f"Record {export[3]['record']['body']['id']} was changed" in said
    assert said.count("WRONG") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_record_that_was_added_is_named(export: Any, verify: Verify, is_new: bool) -> None:
    added = copy.deepcopy(export[3])
    if is_new:
        added["record"]["body"]["id"] = str(new_id())
    export.append(added)

    code, said = said_of(verify, export)

    assert code == 1
    assert f"Record {added['record']['body']['id']} was added" in said
    assert said.count("WRONG") == 1


@pytest.mark.django_db(transaction=True)
def test_the_neighbour_s_genuine_record_does_not_belong_in_it(
    export: Any, dentist: Business, verify: Verify
) -> None:
    with dentist.scope():
        theirs = lines_of_export()[2]

    code, said = said_of(verify, [*export, theirs])

    assert code == 1
    assert f"Record {theirs['record']['body']['id']} was added" in said


@pytest.mark.django_db(transaction=True)
def test_a_record_that_was_dropped_from_the_list_as_well_is_found(
    export: Any, verify: Verify
) -> None:
    dropped = export.pop(3)["record"]["body"]["id"]
    lines = export[1]["list"].split("\n")
    export[1]["list"] = "\n".join(line for line in lines if dropped not in line)

    code, said = said_of(verify, export)

    assert (code, "signature is wrong" in said) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_a_list_of_another_time_is_found(
    export: Any, cafe: Business, record: Callable[..., ConsentRecord], verify: Verify
) -> None:
    """An older export's list would hide what was recorded since."""
    with cafe.scope():
        record(place="later")
    seal()
    with cafe.scope():
        later = lines_of_export()
    later[1]["list"] = export[1]["list"]

    code, said = said_of(verify, later)

    assert (code, "different times" in said) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_a_way_up_the_tree_that_was_changed_is_named(export: Any, verify: Verify) -> None:
    export[3]["record"]["path"].reverse()

    code, said = said_of(verify, export)

    assert (code, said.count("WRONG")) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_record_whose_time_had_come_is_not_missed(
    export: Any, cafe: Business, verify: Verify
) -> None:
    ended = export.pop(3)["record"]["body"]["id"]
    with cafe.scope():
        leaf = Leaf.objects.get(pk=ended)
        note = _note(leaf)
        others = _note(Leaf.objects.exclude(pk=ended)[0])

    assert said_of(verify, [*export, {"ended": {"id": ended, "note": note}}])[0] == 0
    assert said_of(verify, [*export, {"ended": {"id": ended, "note": others}}])[0] == 1
    forged = sign(origin(), STRANGER, note.rpartition("\n\n")[0] + "\n")
    assert said_of(verify, [*export, {"ended": {"id": ended, "note": forged}}])[0] == 1


# --- What cannot be checked ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[: len(text) // 2], "no JSON"),
        (lambda _text: "", "no JSON"),
        (lambda _text: "[]", "no receipt"),
        (lambda _text: "{}", "does not know"),
        (lambda _text: '{"a": ' * 100_000, "no JSON"),
        (lambda text: text + "\n{}", "behind the end"),
        (lambda text: text.replace('"size": 5', '"size": true'), "wrong kind"),
        (lambda text: text.replace('"size": 5', '"size": 5, "size": 5'), "twice"),
        (lambda text: text.replace('"v": 1', '"v": 2'), "too old"),
        (lambda text: json.dumps({**json.loads(text), "body_salt": None}), "wrong kind"),
        (lambda text: re.sub(r'"body_salt": "[^"]*", ', "", text), "missing"),
    ],
)
def test_what_cannot_be_checked_is_not_called_anything(
    proof: Any, verify: Verify, change: Callable[[str], str], words: str
) -> None:
    code, said = verify(change(json.dumps(proof)))

    assert code == 2, said
    assert words in said
    assert "Genuine" not in said


@pytest.mark.django_db(transaction=True)
def test_a_receipt_from_before_the_sealing_says_so(
    cafe: Business, record: Callable[..., ConsentRecord], verify: Verify
) -> None:
    with cafe.scope():
        waiting = receipt_as_json_ld(record(), None, cafe.tenant, at=timezone.now())

    code, said = verify(waiting)

    assert (code, "not sealed yet" in said) == (3, True)
    assert said.splitlines()[-1].startswith("Not proved")
    assert reason_of(waiting) == "not_sealed"


@pytest.mark.parametrize("key", [KEY.replace("c74f20a3", "c74f20a4"), "x", KEY[:-4]])
@pytest.mark.django_db
def test_a_key_with_a_typing_error_is_none(verify: Verify, key: str) -> None:
    assert verify("{}", key=key)[0] == 2


def test_without_a_key_or_a_file_nothing_is_checked(tmp_path: Path) -> None:
    def run(*arguments: str) -> Said:
        command = [sys.executable, "-I", str(SCRIPT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={})
        return done.returncode, done.stdout

    (shown := tmp_path / "shown.json").write_text("{}")
    (keys := tmp_path / "keys.txt").write_text(f"# from /keys/\n\n{KEY}\n")

    assert "Give a public key" in run(str(shown))[1]
    assert run(str(tmp_path / "none.json"), "--keys", str(keys))[0] == 2
    assert "does not know" in run(str(shown), "--keys", str(keys))[1]
    code, said = run("--help")
    assert code == 0
    assert "RFC 8032" in said


# --- Against vectors that others made ---


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("chatbo_verify", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_note_that_another_program_signed_is_read(script: Any) -> None:
    key = script.parse_key(KEY)
    named = script.signed_text  # It demands that the text begins with the key's name: ours do.

    with pytest.raises(script.Wrong, match="another ledger"):
        named(NOTE, [key], "It")
    with pytest.raises(script.Wrong, match="signature is wrong"):
        named(NOTE.replace("answer", "question"), [key], "It")
    signature = base64.b64decode(NOTE.rstrip().rpartition(" ")[2])[4:]
    assert script.is_signed(key[2], TEXT.encode(), signature)


# RFC 8032, section 7.1: secret key left out; public key, message, signature.
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_signatures_of_the_standard_are_right(
    script: Any, public: str, message: str, signature: str
) -> None:
    key, text, signed = (bytes.fromhex(each) for each in (public, message, signature))

    assert script.is_signed(key, text, signed)
    assert not script.is_signed(key, text + b"x", signed)
    for place in (0, 31, 32, 63):
        wrong = signed[:place] + bytes([signed[place] ^ 1]) + signed[place + 1 :]
        assert not script.is_signed(key, text, wrong)
    assert not script.is_signed(key[:-1] + bytes([key[-1] ^ 1]), text, signed)


def test_a_signature_is_right_in_one_way_only(script: Any) -> None:
    """S + L would pass where nobody looks (RFC 8032, section 5.1.7, step 1)."""
    public, message, signature = (bytes.fromhex(each) for each in RFC_8032[1])
    number = int.from_bytes(signature[32:], "little") + script.ORDER

    assert not script.is_signed(public, message, signature[:32] + number.to_bytes(32, "little"))
    assert not script.is_signed(bytes(31) + b"\xff", message, signature)
    assert not script.is_signed(public, message, signature[:-1])


def test_it_agrees_with_a_library_on_signatures_of_all_lengths(script: Any) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = private.public_key().public_bytes_raw()
    for length in (0, 1, 31, 64, 127, 1000):
        text = bytes(length)
        assert script.is_signed(public, text, private.sign(text))


# RFC 6962's test tree, as Google's certificate-transparency has it: eight leaves.
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_tree_is_the_one_that_others_compute(script: Any) -> None:
    hashes = [script.sha256(b"\x00", bytes.fromhex(leaf)) for leaf in LEAVES]
    pairs = [script.node(*hashes[at : at + 2]) for at in (0, 2, 4, 6)]
    halves = [script.node(*pairs[:2]), script.node(*pairs[2:])]
    root = bytes.fromhex(ROOT)

    assert script.node(*halves) == root
    assert script.is_included(hashes[5], 5, 8, [hashes[4], pairs[3], halves[0]], root)
    assert not script.is_included(hashes[5], 4, 8, [hashes[4], pairs[3], halves[0]], root)
    assert script.is_consistent(4, halves[0], 8, root, [halves[1]])
    assert not script.is_consistent(4, halves[1], 8, root, [halves[0]])
