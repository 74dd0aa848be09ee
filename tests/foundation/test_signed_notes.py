"""Signed notes: what others made is read, what we make is theirs to read, nothing else passes."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatbo.foundation.signed_notes import NoteError, NoteKey, key_of, parse_key, read, sign

# Made by golang.org/x/mod/sumdb/note, whose documentation publishes them.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
OURS = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "chatbo.example/ledger"


def test_a_note_that_another_program_signed_is_read() -> None:
    assert read(NOTE, [parse_key(KEY)]) == TEXT


def test_a_key_is_handed_on_as_others_write_it() -> None:
    assert str(parse_key(KEY)) == KEY


def test_what_we_sign_is_read_with_our_key_alone() -> None:
    note = sign(NAME, OURS, "256\nroot\n")

    assert read(note, [parse_key(KEY), key_of(NAME, OURS)]) == "256\nroot\n"
    with pytest.raises(NoteError, match="nobody known"):
        read(note, [parse_key(KEY)])


def test_an_older_key_s_note_stays_readable_after_a_rotation() -> None:
    newer = Ed25519PrivateKey.from_private_bytes(bytes(32))
    keys = [key_of(NAME, newer), key_of(NAME, OURS)]

    assert read(sign(NAME, OURS, "old\n"), keys) == "old\n"
    assert read(sign(NAME, newer, "new\n"), keys) == "new\n"


def test_a_text_may_have_empty_lines() -> None:
    text = "one\n\ntwo\n"

    assert read(sign(NAME, OURS, text), [key_of(NAME, OURS)]) == text


@pytest.mark.parametrize(
    "changed",
    [
        NOTE.replace("answer", "question"),
        NOTE.replace("PeterNeumann x08g", "PeterNeumann x08h"),
        NOTE.replace("KvqfqdngotpR", "KvqfqdngotpS"),
        NOTE.replace("\u2014", "-"),
        NOTE.replace("\n\n", "\n"),
        NOTE.rstrip("\n"),
        NOTE + "\n",
        NOTE + "\u2014 PeterNeumann x08go/" + "A" * 90 + "=\n",
        NOTE + "\u2014 nameless\n",
        "",
        "\n\n\n",
    ],
)
def test_what_was_changed_by_a_letter_is_no_note(changed: str) -> None:
    with pytest.raises(NoteError):
        read(changed, [parse_key(KEY)])


def test_a_stranger_s_signature_beside_ours_is_passed_over() -> None:
    both = sign(NAME, OURS, TEXT) + NOTE.removeprefix(f"{TEXT}\n")

    assert read(both, [key_of(NAME, OURS)]) == TEXT
    assert read(both, [parse_key(KEY)]) == TEXT


@pytest.mark.parametrize(
    "text",
    ["", "name", KEY.replace("c74f20a3", "c74f20a4"), KEY.replace("+AR", "+BR"), KEY[:-4], "a+b+c"],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_key(text)


def test_a_text_without_an_end_is_not_signed() -> None:
    with pytest.raises(NoteError):
        sign(NAME, OURS, "no end")


def test_the_number_depends_on_name_and_key() -> None:
    one = NoteKey("a", bytes(32))

    assert one.number != NoteKey("b", bytes(32)).number != NoteKey("a", bytes([1] * 32)).number
