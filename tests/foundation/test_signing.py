"""The platform's signatures: by the newest key, readable under every key of the ring."""

import base64
from pathlib import Path
from typing import Any

import pytest

from chatbo.foundation import outside, signing
from chatbo.foundation.signed_notes import NoteError, NoteKey, read
from chatbo.foundation.signing import (
    believed_keys,
    is_believed,
    keep_keys,
    note_keys,
    sign_note,
    unreadable_keys,
)

OLD, NEW = (base64.urlsafe_b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


def test_what_was_signed_before_a_rotation_is_read_after_it(settings: Any) -> None:
    settings.LEDGER_KEY = [OLD]
    before = sign_note("chatbo.example/texts", "approved\n")
    settings.LEDGER_KEY = [NEW, OLD]
    after = sign_note("chatbo.example/texts", "approved\n")

    keys = note_keys("chatbo.example/texts")
    assert read(before, keys) == read(after, keys) == "approved\n"
    with pytest.raises(NoteError):
        read(after, keys[1:])


def test_a_note_for_one_purpose_is_none_for_another(settings: Any) -> None:
    settings.LEDGER_KEY = [NEW]
    note = sign_note("chatbo.example/texts", "approved\n")

    with pytest.raises(NoteError):
        read(note, note_keys("chatbo.example/ledger"))


def left_the_ring(settings: Any) -> NoteKey:
    """The key that was in the ring, and is there no more; whether it was kept is the caller's."""
    (old,) = note_keys("chatbo")
    settings.LEDGER_KEY = [NEW]
    return old


def keep_elsewhere(key: NoteKey) -> None:
    """As another process does it, of which this one knows nothing."""
    outside.put(f"keys/{key.number.hex()}", str(key))


def test_a_key_that_was_kept_is_believed_after_it_has_left_the_ring(settings: Any) -> None:
    settings.LEDGER_KEY = [OLD]
    keep_keys()
    keep_keys()

    old = left_the_ring(settings)

    assert is_believed(old.public)
    assert believed_keys() == {old.public, note_keys("")[0].public}


def test_a_key_that_was_not_kept_is_not_believed(settings: Any) -> None:
    settings.LEDGER_KEY = [OLD]
    old = left_the_ring(settings)

    assert not is_believed(old.public)
    assert old.public not in believed_keys()


def test_what_a_process_knows_stays_believed_with_the_outside_store_away(
    settings: Any, outside_store: Path
) -> None:
    settings.LEDGER_KEY = [OLD]
    keep_elsewhere(note_keys("chatbo")[0])
    old = left_the_ring(settings)
    assert is_believed(old.public)

    outside_store.rename(outside_store.with_name("away"))

    assert is_believed(old.public)
    assert is_believed(note_keys("")[0].public)


def test_a_key_that_another_process_signs_with_is_believed_within_seconds(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LEDGER_KEY = [OLD]
    old = left_the_ring(settings)
    assert not is_believed(old.public)
    keep_elsewhere(old)

    assert not is_believed(old.public), "the store was looked at a moment ago"
    monkeypatch.setattr(signing, "LOOK_AGAIN_AFTER", 0.0)
    assert is_believed(old.public)


def test_what_is_no_key_among_those_outside_is_an_alarm_and_hides_none(
    settings: Any, outside_store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LEDGER_KEY = [OLD]
    old = left_the_ring(settings)
    keep_elsewhere(old)
    outside.put("keys/00000000", "no key")
    (outside_store / "keys" / "00000001").write_bytes(b"\xff\xfe")

    assert is_believed(old.public)
    assert "outside_key_unreadable" in caplog.text
    assert unreadable_keys() == ["keys/00000000", "keys/00000001"]
    assert is_believed(note_keys("")[0].public)
