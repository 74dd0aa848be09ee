"""The certificates of a business's and of an account's end: checked before each is shown."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from chatbo.foundation import signing
from chatbo.foundation.signing import sign_note
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.telling import last_mail
from consent.erasure.certificates.checking import check_certificate
from consent.erasure.certificates.issuing import about_in_note, erasure_keys, origin
from consent.erasure.certificates.kinds import Kind, Standing
from consent.ledger.errors import NotGenuineError
from tests.conftest import Business
from tests.ended import ended_account

from .conftest import End
from .test_certificates import OTHER_KEY, verify

pytestmark = pytest.mark.django_db(transaction=True)


def more_deleted(certificate: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(certificate)
    changed["certificate"]["deleted"]["accounts.User"] = 987_654
    return changed


# --- On its page ---


def test_what_is_as_we_signed_it_is_shown_and_given_out(end: End, client: Client) -> None:
    page = client.get(end.page)
    file = client.get(f"{end.page}certificate.json")

    assert (page.status_code, file.status_code) == (200, 200)
    assert f"{end.page}certificate.json" in page.text
    assert check_certificate(file.content).code == end.row.code
    assert end.standing() == Standing.GENUINE


@pytest.mark.parametrize(
    "columns",
    [
        lambda row: {"counts": {**row.counts, "accounts.User": 987_654}},
        lambda row: {"kept": {**row.kept, "accounts.User": 1}},
        lambda row: {"created_at": row.created_at - timedelta(days=1)},
        lambda row: {"code": "0" * 31 + "1"},
        lambda row: {"certificate": more_deleted(row.certificate)},
        lambda row: {
            "certificate": more_deleted(row.certificate),
            "counts": {**row.counts, "accounts.User": 987_654},
        },
        lambda row: {"certificate": {**row.certificate, "signature": ""}},
        lambda row: {"certificate": {"certificate": row.certificate["certificate"]}},
        lambda row: {"certificate": {}},
        lambda row: {"certificate": []},
        lambda row: {"certificate": "none"},
    ],
)
def test_what_was_changed_past_the_product_is_neither_shown_nor_given_out(
    end: End, client: Client, columns: Any, caplog: Any
) -> None:
    changed = columns(end.row)
    end.change(**changed)
    end.row.code = changed.get("code", end.row.code)

    page = client.get(end.page)
    file = client.get(f"{end.page}certificate.json")

    assert end.standing() == Standing.CHANGED
    if "code" in changed and end.kind == Kind.ENDING:
        assert (page.status_code, file.status_code) == (404, 404)
        return
    assert (file.status_code, "nicht herausgegeben" in file.text) == (409, True)
    refused = "Das ist nicht, was wir signiert haben"
    assert (refused if end.kind == Kind.ACCOUNT else "nicht herausgegeben") in page.text
    assert "certificate.json" not in page.text
    for number in ("987.654", "987654"):
        assert number not in page.text + file.text
    assert "certificate_not_as_signed" in caplog.text, "an alarm"
    assert str(end.row.pk) in caplog.text


def test_the_certificate_of_another_kind_is_not_this_ones(end: End) -> None:
    said = {**end.row.certificate["certificate"], "type": Kind.ERASURE.type}
    other = next(kind for kind in Kind if kind not in {end.kind, Kind.ERASURE})
    for kind in (Kind.ERASURE, other):
        said["type"] = kind.type
        about = "\n".join(about_in_note(said, kind))
        note = sign_note(origin(), f"{origin()}\n{about}\n")
        end.change(certificate={"certificate": said, "signature": note})

        assert end.standing() == Standing.CHANGED, kind


def test_with_the_keys_outside_away_nothing_is_called_changed(
    end: End, client: Client, settings: Any, monkeypatch: Any
) -> None:
    """A key that left the ring lies outside alone."""
    settings.LEDGER_KEY = [OTHER_KEY]

    def away(*arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(signing.outside, "entries", away)

    assert end.standing() == Standing.UNKNOWN
    answer = client.get(f"{end.page}certificate.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    page = client.get(end.page)
    assert "certificate.json" not in page.text
    assert "signiert haben" not in page.text


def test_the_last_mail_to_an_account_gives_out_no_number_that_was_changed(
    cafe: Business, queue: Any
) -> None:
    end = End(Kind.ACCOUNT, ended_account())
    assert "Gelöscht:" in mail.outbox[-1].body
    end.change(certificate=more_deleted(end.row.certificate))

    changed = last_mail(AccountEnding.objects.get(), "x@x.example").body

    assert "987" not in str(changed)
    assert "Gelöscht:" not in str(changed)
    assert end.page in str(changed)


# --- Shown to us, and without us ---


@pytest.mark.parametrize(
    ("forge", "reason", "code"),
    [
        (lambda s: s["certificate"].update(more=1), "changed", 1),
        (lambda s: s["certificate"]["deleted"].update({"accounts.User": 9}), "changed", 1),
        (lambda s: s["certificate"]["kept"].append({}), "changed", 1),
        (lambda s: s["certificate"].update(code="0" * 32), "changed", 1),
        (lambda s: s["certificate"].update(form=2), "newer_form", 2),
        (lambda s: s["certificate"].update(form=True), "newer_form", 2),
        (lambda s: s["certificate"].update(type="receipt"), "no_certificate", 2),
        (lambda s: s["certificate"].update(type=["erasure-certificate"]), "no_certificate", 2),
        (lambda s: s.update(certificate=[]), "no_certificate", 2),
        (lambda s: s.pop("signature"), "no_signature", 1),
        (lambda s: s.update(signature=None), "not_signed_by_us", 1),
        (lambda s: s.update(policy={"ends": []}), "says_something_else", 1),
        (lambda s: s.update(comment="paid"), "says_something_else", 1),
    ],
)
def test_a_forged_one_is_told_why_by_us_and_by_the_script(
    end: End, tmp_path: Any, forge: Any, reason: str, code: int
) -> None:
    shown = end.shown
    forge(shown)
    content = json.dumps(shown).encode()

    with pytest.raises(NotGenuineError) as error:
        check_certificate(content)
    ended, said = verify(tmp_path, content, erasure_keys())

    assert error.value.reason == reason
    assert (ended, "Genuine" in said) == (code, False), said


def test_one_that_calls_itself_another_kind_is_called_genuine_by_nobody(
    end: End, tmp_path: Any
) -> None:
    for kind in Kind:
        if kind == end.kind:
            continue
        shown = end.shown
        shown["certificate"]["type"] = kind.type
        content = json.dumps(shown).encode()

        with pytest.raises(NotGenuineError, match="changed"):
            check_certificate(content)
        code, said = verify(tmp_path, content, erasure_keys())

        assert (code, "Genuine" in said) == (1, False), said


def test_the_signature_on_another_kind_of_end_signs_none(end: End, tmp_path: Any) -> None:
    """The very same words, signed by us for another kind."""
    shown = end.shown
    for kind in Kind:
        if kind == end.kind:
            continue
        about = "\n".join(about_in_note(shown["certificate"], kind))
        shown["signature"] = sign_note(origin(), f"{origin()}\n{about}\n")
        content = json.dumps(shown).encode()

        with pytest.raises(NotGenuineError, match="changed"):
            check_certificate(content)
        code, said = verify(tmp_path, content, erasure_keys())
        assert (code, "it is not what was signed" in said) == (1, True), said


def test_the_script_confirms_a_genuine_one_and_says_what_it_is(end: End, tmp_path: Any) -> None:
    code, said = verify(tmp_path, json.dumps(end.shown).encode(), erasure_keys())

    assert (code, said.splitlines()[-1]) == (0, "Genuine, unchanged and sealed.")
    what = "business" if end.kind == Kind.ENDING else "account"
    assert f"The end of {what} {end.row.code}, certified by" in said
    assert "deleted: 1 of " in said


def test_the_signed_part_alone_proves_nothing(end: End, tmp_path: Any) -> None:
    alone = json.dumps(end.shown["certificate"]).encode()

    with pytest.raises(NotGenuineError, match="no_signature"):
        check_certificate(alone)
    assert verify(tmp_path, alone, erasure_keys())[0] == 1
