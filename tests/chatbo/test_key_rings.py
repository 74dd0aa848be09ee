"""A ring of keys that is no good is refused at the start, in one sentence without a key in it."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatbo.key_rings import key_ring
from tests.chatbo.test_settings import COMPLETE, load

ONE, OTHER = (base64.urlsafe_b64encode(bytes([byte]) * 32).decode() for byte in (1, 254))
SHORT = base64.urlsafe_b64encode(b"16 bytes are few").decode()


def test_a_ring_is_read_newest_first_and_spaces_do_not_matter():
    assert key_ring("FIELD_KEYS", f" {ONE},\n{OTHER}\n") == [ONE, OTHER]


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        ("", "key 1 of 1 is empty"),
        (" , ", "key 1 of 2 is empty"),
        (f"{ONE},", "key 2 of 2 is empty"),
        (f"{ONE},{SHORT}", "key 2 of 2 has 16 bytes; it must have 32"),
        (ONE[:-1], "key 1 of 1 is not URL-safe base64"),
        (f"{ONE};{OTHER}", "key 1 of 1 is not URL-safe base64"),
        (f"{ONE[:-2]}!=", "key 1 of 1 is not URL-safe base64"),
        ("Schlüssel" * 5, "key 1 of 1 is not URL-safe base64"),
        (f"{ONE},{OTHER},{ONE}", "keys 1 and 3 are the same"),
        (f"{OTHER},{OTHER.translate(str.maketrans('-_', '+/'))}", "keys 1 and 2 are the same"),
    ],
)
def test_a_ring_that_is_no_good_is_refused(ring, said):
    with pytest.raises(ImproperlyConfigured, match=f"FIELD_KEYS: {said}") as error:
        key_ring("FIELD_KEYS", ring)

    assert not any(key and key in str(error.value) for key in ring.split(",") if len(key) > 1)


def test_the_start_fails_with_that_sentence():
    outcome = load(**COMPLETE | {"FIELD_KEYS": f"{ONE},{SHORT}"})

    assert outcome.returncode != 0
    assert "FIELD_KEYS: key 2 of 2 has 16 bytes" in outcome.stderr.splitlines()[-1]
    assert SHORT not in outcome.stderr
