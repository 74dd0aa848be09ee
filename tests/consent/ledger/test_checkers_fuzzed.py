"""Genuine documents with one change at random: neither checker fails, or calls them genuine."""

import contextlib
import copy
import importlib.util
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chatbo.dashboard.certificate_findings import certificate_not_genuine, finding_of_certificate
from chatbo.dashboard.findings import finding_of_receipt, finding_of_several, not_genuine
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.signing import note_keys
from consent.erasure.certificates.checking import check_certificate, looks_like_a_certificate
from consent.erasure.certificates.issuing import as_file, erasure_keys
from consent.ledger.checking import Several, check_document
from consent.ledger.errors import NotGenuineError
from consent.ledger.exporting import export_records
from consent.ledger.heads import origin
from consent.ledger.json_ld import receipt_as_json_ld
from consent.ledger.models import ConsentRecord
from consent.ledger.proofs import prove_record
from consent.ledger.sealing import seal
from tests.conftest import Business
from tests.ended import ended_account, ended_business
from tests.erased import erased_at

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = Path(__file__).parents[3] / "static" / "verify" / "chatbo-verify.py"
Documents = dict[str, list[Any]]
"""Each as its lines; one line is a document of its own."""

LETTERS = st.text(st.characters())  # Lone surrogates and controls as well.
ODD = st.sampled_from(
    [None, True, False, 0, 1, -1, 1.0, 10**400, "", "\ud800", "x\n\x1b[8m", "granted", [], {}]
)
VALUES = ODD | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=5,
)
FUZZED = settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def documents(
    cafe: Business,
    dentist: Business,
    record: Callable[..., ConsentRecord],
    database_name: str,
    queue: Any,
) -> Documents:
    with cafe.scope():
        made = [
            record(person_id=new_id(), identifier=f"guest{n}@example.org", form="<b>Yes</b>")
            for n in range(3)
        ]
    seal()
    with cafe.scope():
        proofs = [prove_record(each, with_identity=True) for each in made]
        receipts = [
            receipt_as_json_ld(each, proof, cafe.tenant, at=timezone.now())
            for each, proof in zip(made, proofs, strict=True)
        ]
        export = [line for part in export_records() for line in part]
    certificate = as_file(erased_at(cafe))
    bare = [{n: v for n, v in each.items() if n != "@context"} for each in receipts]
    return {
        "receipt": [receipts[0]],
        "proof": [receipts[0]["proof"]],
        "graph": [{"@context": receipts[0]["@context"], "@graph": bare[:2]}],
        "export": export,
        "proofs": [each["proof"] for each in receipts],
        "certificate": [certificate],
        "of a business": [ended_business(dentist, database_name).certificate],
        "of an account": [ended_account().certificate],
    }


@pytest.fixture
def run(tmp_path: Path) -> Callable[[bytes], tuple[int, str]]:
    """``chatbo-verify`` in this process, for it is asked a thousand times."""
    spec = importlib.util.spec_from_file_location("chatbo_verify", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    keys, place = [str(note_keys(origin())[0]), *erasure_keys()], tmp_path / "shown"
    given = [word for key in keys for word in ("--key", key)]

    def running(content: bytes) -> tuple[int, str]:
        place.write_bytes(content)
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as said:
            code = script.main([*given, str(place)])
            said.seek(0)
            return code, said.read()

    return running


def places_in(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in it but the whole."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for name, inner in pairs:
        yield (*before, name)
        yield from places_in(inner, (*before, name))


def mutated(lines: list[Any], kind: str, data: Any) -> tuple[list[Any], bool]:
    """With one value replaced, dropped or added; and whether it only says less than before.

    A proof may keep the person to itself, and one of several receipts or proofs may be left out.
    """
    found = copy.deepcopy(lines)
    places = list(places_in(found))
    place = places[data.draw(st.integers(0, len(places) - 1))]
    inner: Any = found
    for name in place[:-1]:
        inner = inner[name]
    deed = data.draw(st.sampled_from(["replace", "replace", "drop", "add"]))
    if deed == "add" and isinstance(inner, dict):
        inner[data.draw(LETTERS)] = data.draw(VALUES)
    elif deed == "drop":
        del inner[place[-1]]
        is_one_of_many = {"graph": (0, "@graph"), "proofs": ()}.get(kind) == place[:-1]
        return found, is_one_of_many or (kind.startswith("proof") and place[-1] == "identity")
    else:
        inner[place[-1]] = data.draw(VALUES)
    nobody = place[-1] == "identity" and inner[place[-1]] is None
    return found, kind.startswith("proof") and nobody


def joined(lines: list[Any]) -> bytes:
    return b"\n".join(json.dumps(line).encode() for line in lines)


def on_the_page(content: bytes) -> bool:
    """Whether ``/verify/`` calls it genuine in all that it says."""
    if looks_like_a_certificate(content):
        try:
            return finding_of_certificate(check_certificate(content)).tone == "good"
        except NotGenuineError as error:
            return certificate_not_genuine(error).tone == "good"
    try:
        found = check_document(content)
    except NotGenuineError as error:
        return not_genuine(error).tone == "good"
    if isinstance(found, Several):
        return finding_of_several(found).tone == "good"
    return finding_of_receipt(found).tone == "good"


@FUZZED
@given(data=st.data())
@pytest.mark.parametrize(
    "kind",
    [
        *("receipt", "proof", "graph", "export", "proofs", "certificate"),
        *("of a business", "of an account"),
    ],
)
def test_one_change_anywhere_is_never_called_genuine(
    documents: Documents, run: Callable[[bytes], tuple[int, str]], kind: str, data: Any
) -> None:
    before = documents[kind]
    after, says_less = mutated(before, kind, data)
    if says_less or joined(after) == joined(before):
        return

    code, said = run(joined(after))

    assert code in {1, 2, 3}, said
    assert "Genuine" not in said.splitlines()[-1]
    assert said.replace("\n", "").isprintable()
    assert not on_the_page(joined(after))


@FUZZED
@given(data=st.data())
@pytest.mark.parametrize(
    "kind", ["receipt", "export", "certificate", "of a business", "of an account"]
)
def test_bytes_changed_anywhere_are_never_called_genuine(
    documents: Documents, run: Callable[[bytes], tuple[int, str]], kind: str, data: Any
) -> None:
    content = joined(documents[kind])
    at = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(1, 3))
    instead = data.draw(st.binary(max_size=3))
    forged = content[:at] + instead + content[at + length :]

    code, said = run(forged)

    is_same = _meaning(forged) == _meaning(content)
    assert (code == 0) <= is_same, said
    assert on_the_page(forged) <= is_same


def _meaning(content: bytes) -> Any:
    """What it says, however it is written; nothing where it is no JSON."""
    text = content.decode("utf-8-sig", errors="surrogateescape")
    for whole in (text, f"[{','.join(text.splitlines())}]"):
        with contextlib.suppress(ValueError):
            return json.loads(whole)
    return None
