"""A new key reaches everything, beside the running system, and loses nothing on the way."""

import io
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command

from chatbo.foundation.encryption import decrypt, encrypt, rotation
from chatbo.foundation.encryption.columns import EncryptedColumn, EncryptedJson, keyed_tables
from chatbo.foundation.encryption.rotation import rotate_table
from chatbo.foundation.isolation import directory, platform_scope
from chatbo.foundation.isolation.models import DirectoryEntry
from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.mail.outbox import mail_index
from consent.ledger.models import ConsentRecord
from tenants.accounts.models import Invitation
from tenants.bots.models import Bot, Channel, Message, Subscriber
from tests.foundation.keyed_rows import SECRET, damaged, held, met, new_key, plant

MESSAGES = "bots_message"


@pytest.fixture
def rows(cafe, dentist, queue):
    return {business.tenant.slug: (business, plant(business)) for business in (cafe, dentist)}


@pytest.fixture
def ring(rows, settings):
    """Everything was written under the old key; now there is a new one before it."""
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    return settings.FIELD_KEYS


def rotate() -> str:
    said = io.StringIO()
    call_command("rotate_keys", stdout=said, stderr=said)
    return said.getvalue()


def table(name: str):
    (found,) = [each for each in keyed_tables() if each.name == name]
    return found


def said_by(texts: dict[str, str]) -> dict[str, object]:
    """What the columns of one row say, opened with the ring as it is."""
    return {
        name: decrypt(text)
        if text and text.startswith("gAAAA")
        else {key: decrypt(text) for key, text in json.loads(text).items() if key != "used_mask"}
        if text and text.startswith("{")
        else None
        for name, text in texts.items()
        if not name.endswith("_index")
    }


def test_every_column_that_depends_on_the_keys_has_a_row_here(rows):
    """Or the tests below would prove nothing of it. A new one belongs into ``keyed_rows``."""
    lying = held()

    for each in keyed_tables():
        for column in each.columns:
            assert any(texts[column] for (name, _), texts in lying.items() if name == each.name), (
                f"{each.name}.{column}"
            )


def test_under_the_newest_key_alone_everything_says_what_it_said(ring, settings):
    before = {row: said_by(texts) for row, texts in held().items()}

    rotate()

    settings.FIELD_KEYS = ring[:1]
    assert {row: said_by(texts) for row, texts in held().items()} == before


def test_under_the_newest_key_alone_everything_is_found(rows, ring, settings):
    rotate()

    settings.FIELD_KEYS = ring[:1]
    for business, found in rows.values():
        for kind, value in found.listed:
            assert directory.find(kind, value).tenant_id == business.tenant.pk, kind
        with business.scope():
            assert Subscriber.objects.known_as(found.channel.pk, found.person)
            assert ConsentRecord.objects.about(found.person).exists()
            assert Invitation.objects.to(found.guest).exists()
        with platform_scope("test"):
            assert OutgoingMail.objects.filter(recipient_index=mail_index(found.guest)).exists()


def test_an_authenticator_app_and_recovery_codes_go_on_working(cafe, rows, ring, settings):
    codes = _recovery_codes(cafe.owner)

    rotate()

    settings.FIELD_KEYS = ring[:1]
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(SECRET, counter))
    app = Authenticator.objects.get(user=cafe.owner, type=Authenticator.Type.TOTP)
    assert TOTP(app).validate_code(code)
    assert _recovery_codes(cafe.owner) == codes


def _recovery_codes(user) -> list[str]:
    found = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return RecoveryCodes(found).generate_codes()


def test_a_second_run_touches_nothing(ring):
    rotate()
    once = held()

    said = rotate()

    assert held() == once
    assert " 0 renewed" in said
    assert not any(word in said for word in ("left", "open with no key"))


def test_with_one_key_there_is_nothing_to_do(rows):
    before = held()

    rotate()

    assert held() == before


def test_it_says_when_the_older_keys_may_go(ring):
    assert "30 days" in rotate().splitlines()[-1]


def test_the_links_in_mails_are_left_to_the_old_key(ring):
    """Nobody here knows their tokens: they end within a week, long before the key goes."""
    links = DirectoryEntry.objects.filter(kind="invitation").order_by("pk")
    before = list(links.values_list("digest", flat=True))

    rotate()

    assert before
    assert list(links.values_list("digest", flat=True)) == before


def test_a_change_between_reading_and_writing_survives(
    transactional_db, cafe, settings, owner_db, monkeypatch
):
    with cafe.scope():
        channel = _channel()
        subscriber = met(channel, "person")
        message = Message.objects.create(
            subscriber=subscriber, direction="in", text="before", at=subscriber.first_seen_at
        )
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    write = rotation._write
    changed = Message._meta.get_field("text").get_prep_value("changed meanwhile")

    def after_somebody_else(of, changes):
        if of.name == MESSAGES:
            owner_db.execute("UPDATE bots_message SET text = %s", [changed])
        return write(of, changes)

    monkeypatch.setattr(rotation, "_write", after_somebody_else)

    rotate_table(table(MESSAGES))

    assert owner_db.execute("SELECT text FROM bots_message").fetchone() == (changed,)
    with cafe.scope():
        assert Message.objects.get(pk=message.pk).text == "changed meanwhile"


def test_a_row_in_somebodys_hands_is_passed_over_and_comes_round_again(
    transactional_db, cafe, settings, owner_db, monkeypatch
):
    with cafe.scope():
        channel = _channel()
        people = [met(channel, name) for name in ("one", "two")]
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    locking = "SELECT 1 FROM bots_subscriber WHERE id = %s FOR KEY SHARE"

    with owner_db.transaction():  # As whoever just writes a message to that person.
        owner_db.execute(locking, [people[0].pk])
        monkeypatch.setattr(rotation, "PAUSES", (0.01,))
        tally = rotate_table(table("bots_subscriber"))
        assert (tally.renewed, tally.held) == (1, 1)

    tally = rotate_table(table("bots_subscriber"))
    assert (tally.renewed, tally.newest, tally.held) == (1, 1, 0)


def test_what_is_let_go_meanwhile_is_renewed_in_the_same_run(
    transactional_db, cafe, settings, owner_db, monkeypatch
):
    with cafe.scope():
        person = met(_channel(), "one")
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    owner_db.execute("BEGIN")
    owner_db.execute("SELECT 1 FROM bots_subscriber WHERE id = %s FOR UPDATE", [person.pk])
    monkeypatch.setattr(rotation.time, "sleep", lambda _: owner_db.execute("COMMIT"))

    tally = rotate_table(table("bots_subscriber"))

    assert (tally.renewed, tally.held) == (1, 0)


def test_a_row_that_no_key_opens_is_named_and_the_others_are_renewed(cafe, rows, ring, settings):
    business, _ = rows[cafe.tenant.slug]
    with business.scope():
        message = Message.objects.get()
        damaged(message, "text")

    said = io.StringIO()
    with pytest.raises(CommandError, match="keep them all"):
        call_command("rotate_keys", stdout=said, stderr=said)

    assert f"bots_message.text of row {message.pk} opens with no key" in said.getvalue()
    assert "damaged" not in said.getvalue()
    settings.FIELD_KEYS = ring[:1]
    for (name, key), texts in held().items():
        if (name, key) != (MESSAGES, str(message.pk)):
            said_by(texts)  # Opens.


def test_two_rows_of_one_value_stop_neither_the_others_nor_go_unsaid(cafe, rows, ring, settings):
    """Only processes that disagreed on the newest key can have made them."""
    _, found = rows[cafe.tenant.slug]
    with cafe.scope():
        first = Subscriber.objects.known_as(found.channel.pk, found.person)
        twin = met(found.channel, found.person)  # Under the new key; the first is under the old.

    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_keys", stdout=said, stderr=said)

    assert f"bots_subscriber: row {first.pk} has the same value as another" in said.getvalue()
    settings.FIELD_KEYS = ring[:1]
    with cafe.scope():
        assert Subscriber.objects.known_as(found.channel.pk, found.person) == twin
        assert Subscriber.objects.known_as(found.channel.pk, f"leaving-{cafe.tenant.slug}")


def test_an_index_whose_value_is_gone_goes_too(cafe, rows, ring):
    with platform_scope("test"):
        mail = OutgoingMail.objects.first()
        OutgoingMail.objects.filter(pk=mail.pk).update(recipient="")

    rotate()

    with platform_scope("test"):
        assert OutgoingMail.objects.get(pk=mail.pk).recipient_index == ""


def test_a_librarys_text_in_a_list_is_renewed_too(settings):
    lying = json.dumps({"codes": [encrypt("one"), encrypt("two")], "used_mask": 3})
    settings.FIELD_KEYS = [new_key(), *settings.FIELD_KEYS]
    renewed = EncryptedJson("data", frozenset({"codes"})).renewed(lying).after
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]

    assert [decrypt(text) for text in json.loads(renewed)["codes"]] == ["one", "two"]
    assert json.loads(renewed)["used_mask"] == 3


def test_a_column_under_the_newest_key_stays_byte_for_byte(settings):
    lying = encrypt("hello")

    assert EncryptedColumn("text").renewed(lying).after == lying


def _channel():
    return Channel.objects.create(
        bot=Bot.objects.create(name="Bot"), platform="messenger", external_id="1", name="Page"
    )
