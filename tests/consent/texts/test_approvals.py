"""A lawyer's word is a signed record. What no key of ours has signed puts nothing in force."""

import base64
import os
import secrets
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import Error, transaction
from django.utils import timezone

from chatbo.foundation import outside
from chatbo.foundation.signed_notes import key_of, parse_key, read, sign
from chatbo.foundation.signing import note_keys, sign_note
from consent.texts import signers
from consent.texts.approvals import (
    decide_on_text,
    end_validity,
    is_genuine,
    record_of,
    record_of_old,
)
from consent.texts.errors import NotALawyerError, NotApprovedError, NotInUseError
from consent.texts.models import Approval, TextVersion
from consent.texts.signers import signing_name
from consent.texts.tasks import keep_signers_known
from consent.texts.versions import Effect, submit_text, text_in_force
from tenants.accounts.models import PlatformRole, User
from tests.conftest import address_of

APPROVED, REJECTED = Approval.Verdict.APPROVED, Approval.Verdict.REJECTED


def submit(body: str = "Be kind", **more: Any) -> TextVersion:
    facts = {"key": "house-rules", "language": "de", "title": "Rules", "change": "For the test"}
    return submit_text(**facts | more, body=body)


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_the_record_tells_who_said_what_on_which_words(lawyer: User) -> None:
    version = submit(
        effect=Effect.INFORM,
        valid_from=timezone.now(),
        reason="Because\nof it",
        author=lawyer,
        release="1.2",
    )
    approval = decide_on_text(version, lawyer=lawyer, verdict=APPROVED, remark="Fine.\n\nReally.")

    text = read(approval.note, [parse_key(approval.signer)])

    assert text.startswith("127.0.0.1:8000/texts\napproval of a text, 2\n")
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
        'change: "For the test"',
        r'reason: "Because\nof it"',
        f"author: {lawyer.pk}",
        "release: 1.2",
        f"submitted: {version.submitted_at.isoformat(timespec='microseconds')}",
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
        {"change": "Something else"},
        {"reason": "Nobody asked for it"},
        {"author_id": uuid.uuid4()},
        {"release": "0.1"},
        {"submitted_at": timezone.now() - timedelta(days=900)},
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


def test_an_approval_of_the_form_before_is_believed_as_it_is(lawyer: User) -> None:
    """It says nothing on change and author, and is no door: the rest of it counts as ever."""
    version = submit()
    approval = Approval(version=version, sha256=version.sha256, verdict=APPROVED, lawyer=lawyer)
    name = signing_name()
    text = record_of_old(approval, name=name)
    assert text.splitlines()[1] == "approval of a text, 1"
    assert len(text.splitlines()) == 13
    approval.note, approval.signer = sign_note(name, text), str(note_keys(name)[0])
    approval.save()

    assert text_in_force("house-rules", "de") == version
    approval.remark = "Otherwise"
    assert not is_genuine(approval)


def test_a_second_lawyer_s_same_word_is_a_word_of_its_own(lawyer: User) -> None:
    second = User.objects.create_user(
        "second@chatbo.example", name="Second", platform_role=PlatformRole.LAWYER
    )
    version = submit()
    for each in (lawyer, second, second):
        decide_on_text(version, lawyer=each, verdict=APPROVED)

    assert [said.lawyer for said in version.approvals.order_by("at")] == [lawyer, second]


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
        lambda: ("", ""),
        lambda: (genuine.note, genuine.signer),
        lambda: (sign(key.name, own, record_of(forged, name=key.name)), str(key)),
        lambda: (sign(key.name, own, record_of(forged, name=key.name)), genuine.signer),
    ]
    # The only table of keys, which shows those that were published, makes none believed.
    ledger = key_of("127.0.0.1:8000/ledger", own)
    owner_db.execute(
        "INSERT INTO ledger_publishedkey (key, since) VALUES (%s, now()), (%s, now())",
        [str(key), str(ledger)],
    )

    for signature in signatures:
        note, signer = signature()
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


def test_an_approval_outlives_the_key_that_signed_it(
    lawyer: User, settings: Any, outside_store: Path
) -> None:
    """By two rotations. Each key is kept outside the database while it is in the ring."""
    first, second, third = new_key(), new_key(), new_key()
    settings.LEDGER_KEY = [first]
    version = submit()
    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    settings.LEDGER_KEY = [second, first]
    keep_signers_known()
    keep_signers_known()
    assert len(list(outside.entries("keys"))) == 2
    settings.LEDGER_KEY = [second]
    assert text_in_force("house-rules", "de") == version

    settings.LEDGER_KEY = [third, second]
    keep_signers_known()
    settings.LEDGER_KEY = [third]
    assert text_in_force("house-rules", "de") == version

    outside_store.rename(outside_store.with_name("lost"))
    settings.OUTSIDE_STORE_URL = outside_store.with_name("nothing").as_uri()
    with pytest.raises(NotApprovedError):
        text_in_force("house-rules", "de")


def test_a_key_that_was_never_in_the_ring_with_its_successor_is_kept_all_the_same(
    lawyer: User, settings: Any
) -> None:
    """Each approval sees to it that its own key is known when the key has gone."""
    version = submit()
    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    settings.LEDGER_KEY = [new_key()]

    assert text_in_force("house-rules", "de") == version


def test_with_the_outside_store_away_texts_are_approved_and_used_and_the_alarm_is_raised(
    lawyer: User, settings: Any, outside_store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    version = submit()
    outside_store.write_text("a file where the folder should be")

    decide_on_text(version, lawyer=lawyer, verdict=APPROVED)

    assert "keys_not_kept" in caplog.text
    assert text_in_force("house-rules", "de") == version
    outside_store.unlink()
    keep_signers_known()
    settings.LEDGER_KEY = [new_key()]
    outside_store.rename(outside_store.with_name("away"))
    assert text_in_force("house-rules", "de") == version, "this process knows the key"


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


def test_the_database_refuses_to_alter_a_word(lawyer: User) -> None:
    decide_on_text(submit(), lawyer=lawyer, verdict=APPROVED)

    with pytest.raises(Error), transaction.atomic():
        Approval.objects.update(note="")
    with pytest.raises(Error), transaction.atomic():
        Approval.objects.all().delete()
