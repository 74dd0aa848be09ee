"""What an erasure leaves in the hand: a certificate that names nobody and anybody can check."""

import base64
import copy
import hashlib
import json
import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader

from chatbo.foundation import signing
from chatbo.foundation.documents.errors import SealError
from chatbo.foundation.documents.verify import verify_pdf
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.limits import CERTIFICATES, LIMITS, MINUTE, Limit, Per
from chatbo.foundation.signing import keep_keys, sign_note
from consent.erasure.certificates import files
from consent.erasure.certificates.checking import check_certificate, examine
from consent.erasure.certificates.issuing import FILE, TOMBSTONES, as_file, erasure_keys, origin
from consent.erasure.certificates.kinds import Standing
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of
from consent.ledger.errors import NotGenuineError
from consent.ledger.heads import origin as ledger
from consent.ledger.models import PublishedKey
from tenants.bots.models import Subscriber, subscriber_index
from tests.consent.conftest import MARKER
from tests.consent.erasure.carrying_out import carried_out, certificate_of, change, choose, fresh
from tests.foundation.documents.readers import is_pdf_a_3b, page_texts

SCRIPT = Path(__file__).parents[4] / "static" / "verify" / "chatbo-verify.py"
OTHER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()


@pytest.fixture
def erasure(cafe, person) -> Erasure:
    with cafe.scope():
        return request_erasure(person.subscriber, origin=Erasure.Origin.BOT)


@pytest.fixture
def done(erasure) -> Erasure:
    return carried_out(erasure)


@pytest.fixture
def shown(done) -> dict[str, Any]:
    """The certificate as a file, to be changed."""
    return copy.deepcopy(as_file(done))


@pytest.fixture
def of_many(cafe, person) -> Erasure:
    with cafe.scope():
        for number in range(3):
            address = f"guest-{number}"
            Subscriber.objects.create(
                channel=person.channel,
                external_id=address,
                external_index=subscriber_index(person.channel.pk, address),
            )
        return request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )


def standing_of(erasure: Erasure) -> Standing:
    found = fresh(erasure)
    with tenant_scope(erasure.tenant_id):
        return examine(found).standing


def why_not(shown: Any) -> str:
    with pytest.raises(NotGenuineError) as error:
        check_certificate(shown if isinstance(shown, bytes) else json.dumps(shown).encode())
    return error.value.reason


def verify(folder: Path, content: bytes, keys: list[str]) -> tuple[int, str]:
    """As whoever has nothing of ours but the script, the keys and the file."""
    (folder / "shown.json").write_bytes(content)
    (folder / "keys.txt").write_text("".join(f"{key}\n" for key in keys))
    command = [sys.executable, "-I", str(SCRIPT), "--keys", "keys.txt", "shown.json"]
    ran = subprocess.run(
        command, cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page_texts(pdf)).split())


def inside(pdf: bytes) -> dict[str, bytes]:
    names = PdfFileReader(BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    return {str(names[n]): names[n + 1]["/EF"]["/F"].data for n in range(0, len(names), 2)}


# --- What it says ---


def test_it_says_when_how_many_rows_went_and_what_stays_until_when_and_why(client, done, settings):
    said = certificate_of(client, done).json()["certificate"]

    assert said["code"] == done.code
    assert said["people"] == 1
    assert said["deleted"] == done.counts
    assert said["deleted"]["bots.Message"] == 1
    consents, stones = said["kept"]
    assert (consents["what"], consents["count"]) == ("ledger.ConsentRecord", 1)
    assert consents["until"] == f"{timezone.localdate().year + 3}-12-31"
    assert "17(3)(e)" in consents["law"]
    last_backup = timezone.localdate(done.deleted_at + timedelta(days=settings.BACKUP_DAYS))
    assert (stones["what"], stones["until"]) == (TOMBSTONES, last_backup.isoformat())


def test_the_policy_in_it_is_the_one_whose_hash_was_signed(client, done):
    file = certificate_of(client, done).json()

    canonical = json.dumps(
        file["policy"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    assert hashlib.sha256(canonical.encode()).hexdigest() == file["certificate"]["policy_sha256"]


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_it_names_nobody(client, cafe, person, done, ending):
    content = certificate_of(client, done, ending).content
    parts = [content, *(inside(content).values() if ending == "pdf" else ())]
    parts += [words_of(content).encode()] if ending == "pdf" else []

    for personal in (MARKER, person.address, str(person.subscriber.pk), cafe.tenant.company):
        assert all(personal.encode() not in part for part in parts), personal


def test_of_many_people_it_says_how_many_they_were(client, of_many):
    done = carried_out(of_many)

    said = certificate_of(client, done).json()["certificate"]

    assert done.state == Erasure.State.DONE
    assert (said["people"], said["deleted"]["bots.Subscriber"]) == (4, 4)
    assert "die 4 Personen" in words_of(certificate_of(client, done, "pdf").content)


# --- On paper ---


@pytest.mark.parametrize(
    ("language", "title", "kept"),
    [
        ("de", "Löschbescheinigung", "1 Einwilligungsnachweis"),
        ("en", "Certificate of erasure", "1 record of consent"),
    ],
)
def test_the_letter_is_in_the_readers_language(client, done, language, title, kept):
    choose(client, language)

    text = words_of(certificate_of(client, done, "pdf").content)

    assert title in text
    assert kept in text
    assert done.code in text
    assert str(timezone.localdate().year + 3) in text


def test_without_a_choice_it_is_in_the_persons_language(client, done):
    change(done, language="en")

    assert "Certificate of erasure" in words_of(certificate_of(client, done, "pdf").content)


def test_the_letter_is_sealed_kept_for_long_and_bears_the_certificate(client, done):
    answer = certificate_of(client, done, "pdf")

    report = verify_pdf(answer.content)
    assert report.complete
    assert [signature.ours for signature in report.signatures] == [True]
    assert is_pdf_a_3b(answer.content)
    assert inside(answer.content) == {FILE: certificate_of(client, done).content}
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="erasure-{done.code}.pdf"'


def test_the_letter_leads_to_the_check_the_keys_and_the_page(client, done, settings):
    text = words_of(certificate_of(client, done, "pdf").content).replace(" ", "")

    for place in ("/verify/", "/keys/", f"/erasure/{done.code}/"):
        assert f"{settings.BASE_URL}{place}" in text


def test_a_seal_that_cannot_be_set_is_asked_for_again_later(client, done, monkeypatch):
    def fail(*arguments: object, **named: object) -> bytes:
        raise SealError("no time stamp")

    monkeypatch.setattr(files, "sealed_letter", fail)

    answer = certificate_of(client, done, "pdf")

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert certificate_of(client, done).status_code == 200


def test_one_address_has_only_so_many_letters_made(client, done, monkeypatch):
    monkeypatch.setitem(LIMITS, CERTIFICATES, (Limit(1, MINUTE, Per.ADDRESS),))

    codes = [certificate_of(client, done, "pdf").status_code for _ in range(2)]

    assert codes == [200, 429]
    assert certificate_of(client, done).status_code == 200


# --- To whom it is given ---


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_before_the_deletion_is_done_there_is_none(client, erasure, ending):
    answer = certificate_of(client, erasure, ending)

    assert answer.status_code == 404
    assert "Es gibt noch keine Bescheinigung" in answer.text
    assert f"/erasure/{erasure.code}/" in answer.text


def test_of_a_deletion_from_before_certificates_it_says_so(client, done):
    change(done, certificate=None)

    answer = certificate_of(client, done)

    assert answer.status_code == 404
    assert "gibt es keine Bescheinigung" in answer.text


@pytest.mark.parametrize("ending", ["json", "pdf"])
@pytest.mark.parametrize("code", ["unknown", "x" * 300])
def test_nobody_gets_one_without_the_code(client, done, ending, code):
    assert client.get(f"/erasure/{code}/certificate.{ending}").status_code == 404


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_it_is_kept_nowhere_on_its_way(client, done, ending):
    answer = certificate_of(client, done, ending)

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "sandbox" in answer["Content-Security-Policy"]


# --- What was changed past the product ---


def swapped(certificate: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(certificate)
    changed["said"]["deleted"]["bots.Message"] = 987_654
    return changed


@pytest.mark.parametrize(
    "columns",
    [
        lambda done: {"counts": {**done.counts, "bots.Message": 987_654}},
        lambda done: {"kept": {}},
        lambda done: {"done": 2},
        lambda done: {"deleted_at": done.deleted_at - timedelta(days=1)},
        lambda done: {"created_at": done.created_at + timedelta(seconds=1)},
        lambda done: {"certificate": swapped(done.certificate)},
        lambda done: {
            "certificate": swapped(done.certificate),
            "counts": {**done.counts, "bots.Message": 987_654},
        },
        lambda done: {"certificate": {**done.certificate, "signature": ""}},
        lambda done: {"certificate": {}},
        lambda done: {"certificate": []},
        lambda done: {"certificate": "none"},
        lambda done: {"deleted_at": None},
    ],
)
def test_what_was_changed_past_the_product_is_not_given_out(client, done, columns):
    change(done, **columns(done))

    page = client.get(f"/erasure/{done.code}/")

    assert standing_of(done) == Standing.CHANGED
    for ending in ("json", "pdf"):
        answer = certificate_of(client, done, ending)
        assert (answer.status_code, "nicht herausgegeben" in answer.text) == (409, True)
    assert "Das ist nicht, was wir signiert haben" in page.text
    assert "certificate.pdf" not in page.text
    assert "987.654" not in page.text
    assert "987654" not in page.text


def test_the_certificate_of_another_deletion_is_not_this_ones(client, cafe, done, person):
    with cafe.scope():
        newcomer = Subscriber.objects.create(
            channel=person.channel, external_id="x", external_index="x"
        )
        other = request_erasure(newcomer, origin=Erasure.Origin.BOT)
    other = carried_out(other)

    change(done, certificate=other.certificate)

    assert standing_of(done) == Standing.CHANGED


def test_an_alarm_is_raised_that_names_the_row(done, caplog):
    change(done, kept={})

    assert standing_of(done) == Standing.CHANGED
    assert "certificate_not_as_signed" in caplog.text
    assert str(done.pk) in caplog.text


def test_with_the_keys_outside_away_nothing_is_called_changed(client, done, settings, monkeypatch):
    """A key that left the ring lies outside alone."""
    settings.LEDGER_KEY = [OTHER_KEY]

    def away(*arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(signing.outside, "entries", away)

    assert standing_of(done) == Standing.UNKNOWN
    answer = certificate_of(client, done)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert client.get(f"/erasure/{done.code}/").status_code == 200


def test_what_a_former_key_signed_stays_genuine(client, done, settings):
    keep_keys()
    settings.LEDGER_KEY = [OTHER_KEY]

    assert standing_of(done) == Standing.GENUINE
    assert check_certificate(certificate_of(client, done).content).code == done.code


# --- Shown to us ---


def test_a_genuine_one_is_read_as_it_was_signed(done, shown):
    found = check_certificate(json.dumps(shown, indent=4).encode())

    assert (found.code, found.people, found.deleted) == (done.code, 1, done.counts)
    assert found.deleted_at == done.deleted_at.replace(microsecond=0)
    assert [each["what"] for each in found.kept] == ["ledger.ConsentRecord", TOMBSTONES]
    assert found.signed_in == origin()


def test_every_single_change_is_found(shown):
    for name, value in shown["certificate"].items():
        forged = copy.deepcopy(shown)
        forged["certificate"][name] = 7 if value != 7 else 8
        assert why_not(forged) in {"changed", "newer_form", "no_certificate"}, name
        del forged["certificate"][name]
        assert why_not(forged) in {"changed", "newer_form", "no_certificate"}, name


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        (lambda s: s["certificate"].update(more=1), "changed"),
        (lambda s: s["certificate"].update(people=1.0), "changed"),
        (lambda s: s["certificate"].update(people=True), "changed"),
        (lambda s: s["certificate"]["kept"].pop(), "changed"),
        (lambda s: s["certificate"].update(form=2), "newer_form"),
        (lambda s: s["certificate"].update(form=True), "newer_form"),
        (lambda s: s["certificate"].pop("form"), "newer_form"),
        (lambda s: s["certificate"].update(type="receipt"), "no_certificate"),
        (lambda s: s.update(certificate=[]), "no_certificate"),
        (lambda s: s["policy"]["ends"].pop(), "policy_changed"),
        (lambda s: s.update(policy=None), "policy_changed"),
        (lambda s: s.pop("policy"), "policy_changed"),
        (lambda s: s.pop("signature"), "no_signature"),
        (lambda s: s.update(signature=None), "not_signed_by_us"),
        (lambda s: s.update(signature=s["signature"][:-9] + "AAAAAAA=\n"), "not_signed_by_us"),
        (lambda s: s.update(comment="paid"), "says_something_else"),
    ],
)
def test_a_forged_one_is_told_why(shown, forge, reason):
    forge(shown)

    assert why_not(shown) == reason


def test_what_we_signed_for_something_else_signs_no_certificate(shown):
    """A note of the ledger over the very same lines."""
    about = shown["signature"].partition("\n")[2].partition("\n\n")[0]
    shown["signature"] = sign_note(ledger(), f"{ledger()}\n{about}\n")

    assert why_not(shown) == "not_signed_by_us"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no_certificate"),
        (b"[]", "no_certificate"),
        (b'{"certificate": 1', "no_certificate"),
        (b'{"certificate": {}, "certificate": {}}', "no_certificate"),
        (b'{"certificate": ' + b'{"a": ' * 50 + b"1" + b"}" * 51, "no_certificate"),
        (b'{"certificate": NaN}', "no_certificate"),
        (b" " * 1_000_001, "too_large"),
    ],
)
def test_what_is_none_is_not_called_anything(content, reason, db):
    assert why_not(content) == reason


# --- Without us ---


def test_the_script_confirms_it_with_the_keys_of_the_page(client, done, tmp_path):
    keys = client.get(reverse("site:ledger_keys")).text.splitlines()

    code, said = verify(tmp_path, certificate_of(client, done).content, keys)

    assert (code, said.splitlines()[-1]) == (0, "Genuine, unchanged and sealed.")
    assert f"Erasure {done.code}" in said
    assert re.search(r"kept until \d{4}-12-31: 1 of ledger.ConsentRecord", said)


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (lambda s: s["certificate"].update(people=2), "it is not what was signed"),
        (lambda s: s["certificate"]["deleted"].clear(), "it is not what was signed"),
        (lambda s: s["policy"]["ends"].pop(), "rules beside the certificate"),
        (lambda s: s.pop("policy"), "rules beside the certificate"),
        (lambda s: s.pop("signature"), "no signature in it"),
        (lambda s: s.update(comment="paid"), "something that ours never says: comment"),
    ],
)
def test_the_script_finds_what_was_changed(shown, tmp_path, forge, words):
    forge(shown)

    code, said = verify(tmp_path, json.dumps(shown).encode(), erasure_keys())

    assert (code, words in said, "Genuine" in said) == (1, True, False), said


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (lambda s: s["certificate"].update(form=2), "too old"),
        (lambda s: s["certificate"].update(type="x"), "no certificate of erasure"),
        (lambda s: s.update(certificate=[]), "wrong kind"),
    ],
)
def test_what_the_script_cannot_check_it_calls_nothing(shown, tmp_path, forge, words):
    forge(shown)

    code, said = verify(tmp_path, json.dumps(shown).encode(), erasure_keys())

    assert (code, words in said, "Genuine" in said) == (2, True, False), said


def test_the_part_that_was_signed_alone_proves_nothing(shown, tmp_path):
    alone = json.dumps(shown["certificate"]).encode()

    assert why_not(alone) == "no_signature"
    assert verify(tmp_path, alone, erasure_keys())[0] == 1


def test_the_script_believes_no_other_key(shown, tmp_path, settings):
    settings.LEDGER_KEY = [OTHER_KEY]
    stranger = [key for key in erasure_keys() if key.startswith(origin())][:1]

    code, said = verify(tmp_path, json.dumps(shown).encode(), stranger)

    assert (code, "not signed by any of the keys" in said) == (1, True)


def test_the_script_takes_no_note_of_the_ledger_for_one(shown, tmp_path):
    about = shown["signature"].partition("\n")[2].partition("\n\n")[0]
    shown["signature"] = sign_note(ledger(), f"{ledger()}\n{about}\n")
    keys = [str(key) for key in signing.note_keys(ledger())]

    code, said = verify(tmp_path, json.dumps(shown).encode(), keys)

    assert (code, "something else than a certificate" in said) == (1, True)


def test_the_keys_of_a_former_domain_are_published_as_well(client, done, settings):
    """Wherever the ledger was signed, certificates were."""
    PublishedKey.objects.create(key=str(signing.note_keys("former.example/ledger")[0]))

    names = {key.partition("+")[0] for key in erasure_keys()}

    assert names == {origin(), "former.example/erasures"}
    page = client.get("/keys/").text
    assert all(f"{name}+" in page for name in names)
