"""What is encrypted, can be found exactly, and can be read by nobody else."""

import base64
import secrets
from datetime import timedelta

import pytest
import time_machine

from chatbo.foundation.encryption import (
    InvalidTokenError,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    open_token,
    seal_token,
)
from tenants.bots.models import Bot, Channel

HOUR = timedelta(hours=1)


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_the_database_holds_no_readable_token(cafe, owner_db, django_db_blocker):
    with cafe.scope():
        channel = Channel(bot=Bot(name="bot"), token="page-token-1001")
        stored = Channel._meta.get_field("token").get_prep_value(channel.token)

    assert "page-token-1001" not in stored
    assert decrypt(stored) == "page-token-1001"


def test_the_same_text_never_looks_the_same_twice():
    assert encrypt("hello") != encrypt("hello")


def test_a_blind_index_finds_the_same_value_and_no_other_purpose():
    assert blind_index("psid-1", purpose="subscriber") == blind_index(
        "psid-1", purpose="subscriber"
    )
    assert blind_index("psid-1", purpose="subscriber") != blind_index("psid-1", purpose="mail")
    assert blind_index("psid-1", purpose="subscriber") != blind_index(
        "psid-2", purpose="subscriber"
    )


def test_after_a_new_key_the_old_texts_are_read_and_found(settings):
    old = encrypt("hello"), blind_index("psid-1", purpose="subscriber")
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]

    assert decrypt(old[0]) == "hello"
    assert old[1] in blind_indexes("psid-1", purpose="subscriber")
    assert old[1] != blind_index("psid-1", purpose="subscriber")


def test_a_token_gives_back_what_was_sealed_and_shows_nothing():
    token = seal_token({"address": "guest@example.org"}, purpose="signup")

    assert open_token(token, purpose="signup", max_age=HOUR) == {"address": "guest@example.org"}
    assert "guest" not in base64.urlsafe_b64decode(token).decode("latin-1")


@pytest.mark.parametrize("forged", ["", "nonsense", "Ä", "gAAAAA=="])
def test_a_forged_token_is_refused(forged):
    with pytest.raises(InvalidTokenError):
        open_token(forged, purpose="signup", max_age=HOUR)


def test_a_token_serves_its_own_purpose_only():
    token = seal_token({}, purpose="signup")

    with pytest.raises(InvalidTokenError):
        open_token(token, purpose="invitation", max_age=HOUR)


def test_a_token_dies_of_age():
    token = seal_token({}, purpose="signup")

    with time_machine.travel(HOUR + timedelta(minutes=1)), pytest.raises(InvalidTokenError):
        open_token(token, purpose="signup", max_age=HOUR)
