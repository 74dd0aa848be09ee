"""The platform's signatures: by the newest key, readable under every key of the ring."""

import base64
from typing import Any

import pytest

from chatbo.foundation.signed_notes import NoteError, read
from chatbo.foundation.signing import note_keys, sign_note

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
