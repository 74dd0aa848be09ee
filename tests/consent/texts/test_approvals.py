"""A lawyer's word is a signed record. What no key of ours has signed puts nothing in force."""

import base64
import os
import secrets
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import Error, transaction
from django.utils import timezone

from chatbo.foundation.signed_notes import key_of, parse_key, read, sign
from consent.texts import signers
from consent.texts.approvals import decide_on_text, end_validity, is_genuine, record_of
from consent.texts.errors import NotALawyerError, NotApprovedError, NotInUseError
from consent.texts.models import Approval, SignerKey, TextVersion
from consent.texts.tasks import keep_signers_known
from consent.texts.versions import Effect, submit_text, text_in_force
from tenants.accounts.models import User
from tests.conftest import address_of

APPROVED, REJECTED = Approval.Verdict.APPROVED, Approval.Verdict.REJECTED


def submit(body: str = "Be kind", **more: Any) -> TextVersion:
    facts = {"key": "house-rules", "language": "de", "title": "Rules", "change": "For the test"}
    return submit_text(**facts | more, body=body)


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_the_record_tells_who_said_what_on_which_words(lawyer: User) -> None:
    version = submit(effect=Effect.INFORM, valid_from=timezone.now())
    approval = decide_on_text(version, lawyer=lawyer, verdict=APPROVED, remark="Fine.\n\nReally.")

    text = read(approval.note, [parse_key(approval.signer)])

    assert text.startswith("127.0.0.1:8000/texts\napproval of a text, 1\n")
    for fact in (
        f"version: {version.pk}",
        "text: house-rules de 1",
        f"sha256: {version.sha256}",
        "effect: inform",
        f"valid from: {version.valid_from.isoformat(timespec='microseconds')}",
        "valid until: -",
        "verdict: approved",
        r'remark: "Fine.\n\nReally."',
        f"lawyer: {lawyer.pk}",
    ):
        assert f"{fact}\n" in text
    approval.refresh_from_db()
    assert is_genuine(approval)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": REJECTED},
        {"remark": "Otherwise"},
        {"sha256": "0" * 64},
        {"lawyer_id": uuid.uuid4()},
        {"at": timezone.now() + timedelta(days=1)},
        {"ends_at": timezone.now()},
        {"note": ""},
        {"signer": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_word_that_was_altered_is_not_genuine(lawyer: User, change: dict[str, Any]) -> None:
    approval = decide_on_text(submit(), lawyer=lawyer, verdict=APPROVED)
    assert is_genuine(approval)

    for name, value in change.items():
        setattr(approval, name, value)

    assert not is_genuine(approval)


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Be rude"},
        {"placeholders": {"x": "line"}},
        {"effect": Effect.EDITORIAL},
        {"valid_until": timezone.now() + timedelta(days=900)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_version_that_was_altered_is_not_what_was_approved(
    lawyer: User, change: dict[str, Any]
) -> None:
    version = submit()
    approval = decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    for name, value in change.items():
        setattr(approval.version, name, value)

    assert not is_genuine(approval)


def test_what_the_database_s_owner_approves_himself_is_refused(
    lawyer: User,
    owner_db: psycopg.Connection[Any],
    transactional_db: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With each of: no signature, another approval's, and one of a key of his own."""
    genuine = decide_on_text(submit(), lawyer=lawyer, verdict=APPROVED)
    trap = submit("A trap")
    forged = Approval(version=trap, sha256=trap.sha256, verdict=APPROVED, lawyer=lawyer)
    own = Ed25519PrivateKey.generate()
    key = key_of("127.0.0.1:8000/texts", own)
    signatures = [
        ("", ""),
        (genuine.note, genuine.signer),
        (sign(key.name, own, record_of(forged, name=key.name)), str(key)),
        (sign(key.name, own, record_of(forged, name=key.name)), genuine.signer),
    ]
    # The key that he vouches for himself is believed no more.
    voucher = f"{key.name}\nkey of before, 1\n{key}\n"
    owner_db.execute(
        "INSERT INTO texts_signerkey (id, key, note, signer) VALUES (%s, %s, %s, %s)",
        [uuid.uuid4(), str(key), sign(key.name, own, voucher), str(key)],
    )

    for note, signer in signatures:
        owner_db.execute(
            "INSERT INTO texts_approval"
            " (id, version_id, sha256, verdict, remark, lawyer_id, at, note, signer)"
            " VALUES (%s, %s, %s, 'approved', '', %s, %s, %s, %s)",
            [uuid.uuid4(), trap.pk, trap.sha256, lawyer.pk, forged.at, note, signer],
        )
        forged.at += timedelta(seconds=1)

        assert text_in_force("house-rules", "de") == genuine.version
    assert "approval_not_genuine" in caplog.text
    assert trap.approvals.count() == len(signatures)


def test_words_altered_past_the_database_are_in_force_no_more(
    lawyer: User, database_name: str, transactional_db: None
) -> None:
    decide_on_text(submit(), lawyer=lawyer, verdict=APPROVED)
    with psycopg.connect(address_of(database_name, os.environ["TESTS_SUPERUSER_URL"])) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE texts_textversion SET body = 'Foul' WHERE key = 'house-rules'")

    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "de")


def test_an_approval_outlives_the_key_that_signed_it(lawyer: User, settings: Any) -> None:
    """Each new key vouches for the one before, as long as both are in the ring."""
    first, second, third = new_key(), new_key(), new_key()
    settings.LEDGER_KEY = [first]
    version = submit()
    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    settings.LEDGER_KEY = [second, first]
    keep_signers_known()
    keep_signers_known()
    assert SignerKey.objects.count() == 1
    settings.LEDGER_KEY = [second]
    assert text_in_force("house-rules", "de") == version

    settings.LEDGER_KEY = [third, second]
    keep_signers_known()
    settings.LEDGER_KEY = [third]
    assert text_in_force("house-rules", "de") == version

    settings.LEDGER_KEY = [new_key()]
    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "de")


def test_an_approval_outlives_the_installation_s_name(lawyer: User, settings: Any) -> None:
    version = submit()
    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    settings.BASE_URL = "https://moved.example"

    assert text_in_force("house-rules", "de") == version


def test_a_signature_is_checked_once_a_process(
    lawyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []
    monkeypatch.setattr(
        signers, "read", lambda note, keys: checked.append(note) or read(note, keys)
    )
    decide_on_text(submit(), lawyer=lawyer, verdict=APPROVED)

    for _ in range(3):
        text_in_force("house-rules", "de")

    assert len(checked) == 1


def test_a_validity_ends_by_a_word_of_its_own(lawyer: User, admin: User) -> None:
    version = submit()
    tomorrow = timezone.now() + timedelta(days=1)
    with pytest.raises(NotInUseError):
        end_validity(version, lawyer=lawyer, at=tomorrow, remark="Nobody asked.")
    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)
    with pytest.raises(NotALawyerError):
        end_validity(version, lawyer=admin, at=tomorrow, remark="The law changes.")

    end_validity(version, lawyer=lawyer, at=tomorrow, remark="The law changes.")

    assert text_in_force("house-rules", "de") == version
    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "de", at=tomorrow)
    assert [a.verdict for a in version.approvals.order_by("at")] == ["approved", "ended"]


@pytest.mark.parametrize("rows", [Approval, SignerKey])
def test_the_database_refuses_to_alter_a_word_or_a_key(
    lawyer: User, settings: Any, rows: Any
) -> None:
    settings.LEDGER_KEY = [new_key(), *settings.LEDGER_KEY]
    decide_on_text(submit(), lawyer=lawyer, verdict=APPROVED)
    assert rows.objects.exists()

    with pytest.raises(Error), transaction.atomic():
        rows.objects.update(note="")
    with pytest.raises(Error), transaction.atomic():
        rows.objects.all().delete()
