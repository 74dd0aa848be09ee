"""What is encrypted, can be found exactly, and can be read by nobody else."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from chatbo.foundation.encryption import (
    OLD_KEYS_STAY,
    InvalidTokenError,
    UnreadableError,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    open_token,
    seal_token,
    text_or,
)
from chatbo.foundation.encryption.holding import hold_value
from chatbo.foundation.isolation import tenant_scope
from tenants.bots.models import Bot, Channel, Message
from tests.foundation.keyed_rows import damaged, met, new_key

HOUR = timedelta(hours=1)


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


def test_a_token_may_not_outlive_an_old_key():
    with pytest.raises(ValueError, match="30 days"):
        open_token(seal_token({}, purpose="x"), purpose="x", max_age=OLD_KEYS_STAY * 2)


@pytest.fixture
def messages(cafe) -> list[Message]:
    """Three messages, of which no key opens the second."""
    with cafe.scope():
        channel = Channel.objects.create(
            bot=Bot.objects.create(name="Bot"), platform="messenger", external_id="1", name="Page"
        )
        person = met(channel, "person")
        made = [
            Message.objects.create(subscriber=person, direction="in", text=text, at=timezone.now())
            for text in ("one", "two", "three")
        ]
        damaged(made[1], "text")
    return made


def test_a_row_that_no_key_opens_leaves_the_other_rows_readable(cafe, messages):
    with cafe.scope():
        first, second, third = Message.objects.order_by("at")
        assert (first.text, third.text) == ("one", "three")
        with pytest.raises(UnreadableError):
            _ = second.text
        assert text_or(second, "text", "unreadable") == "unreadable"


def test_the_error_and_the_log_name_table_and_row_and_not_what_lies_there(cafe, messages, caplog):
    with cafe.scope(), pytest.raises(UnreadableError) as error:
        _ = Message.objects.get(pk=messages[1].pk).text

    assert str(error.value) == (
        f"bots_message.text of row {messages[1].pk} opens with no key of FIELD_KEYS."
    )
    logged = str([record.msg for record in caplog.records])
    assert "row_unreadable" in logged
    assert str(messages[1].pk) in logged
    assert "damaged" not in logged + str(error.value)


def test_a_row_that_no_key_opens_survives_being_saved(cafe, messages):
    """Its key may come back: what lies there must not be written over."""
    with cafe.scope():
        message = Message.objects.get(pk=messages[1].pk)
        message.problem = "seen"
        message.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT text, problem FROM bots_message WHERE id = %s", [message.pk])
            assert cursor.fetchone() == ("gAAAAAdamaged", "seen")


def test_no_representation_of_a_row_shows_what_is_encrypted(cafe, messages):
    with cafe.scope():
        channel = Channel.objects.get()
        channel.token = "page-token-1001"
        shown = [repr(channel), str(channel), f"{Message.objects.all()!r}", repr(messages[0])]
        sealed = Message.objects.values_list("text", flat=True).get(pk=messages[1].pk)

    assert not any(word in str(shown) for word in ("page-token", "one", "damaged"))
    assert "damaged" not in f"{sealed!r} {sealed!s}"


def test_an_index_follows_its_value_whoever_saves_the_row(cafe, messages, settings):
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    with cafe.scope():
        person = messages[0].subscriber
        before = person.external_index
        person.refresh_from_db()
        person.save()
        assert person.external_index != before
        assert person.external_index == blind_index(
            f"{person.channel_id}:person", purpose="subscriber"
        )


def test_processes_that_disagree_on_the_newest_key_hold_the_same_value(cafe, settings):
    ring = [new_key(), new_key()]

    def held() -> int:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        return cursor.fetchone()[0]

    with tenant_scope(cafe.tenant.pk), connection.cursor() as cursor:
        before = held()
        for order in (ring, ring[::-1]):
            settings.FIELD_KEYS = order
            hold_value(blind_indexes("value", purpose="x"))
        assert held() == before + 1
