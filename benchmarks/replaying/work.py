"""Run by ``benchmarks.replay`` as a process of its own: it replays, and prints a line of JSON."""

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import django
import psycopg

from benchmarks.running import seconds_of

BUSINESSES, PEOPLE = 20, 15_000
"""Of each business's people a third was erased, a third is the baseline's, a third stays."""
AFTER_THE_COPY = 10
"""To so many of the erased comes one who came after the copy was made."""
STARTS = 5

PERSON = """
    CREATE TEMP TABLE person (id uuid, tenant_id uuid, channel_id uuid, pseudonym uuid,
                              at timestamptz, identifier text, digest text, n int)
"""
SALT = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
BARE = (("bots_message", "subscriber_id"), ("ledger_consentidentity", "person_id"))


def main() -> None:
    from chatbo.foundation.isolation.starting import refuse_without_walls
    from consent.erasure.never_back import tombstones
    from consent.erasure.never_back.replaying import replay_erasures

    _approve_texts()
    with psycopg.connect(
        os.environ["SUPERUSER_URL"], autocommit=True, cursor_factory=psycopg.ClientCursor
    ) as database:
        _fill(database)
        people, entries = _put_up(database)
        bare = seconds_of(lambda: _bare_delete(database))
    found: list[object] = []
    ours = seconds_of(lambda: found.append(replay_erasures()))
    (replay,) = found
    if (replay.removed, replay.entries, tombstones.unknown()) != (people, entries, []):
        raise SystemExit(f"{replay.removed} people, {replay.entries} entries were carried out.")
    starts, walls = [], []
    for _ in range(STARTS):
        starts.append(seconds_of(replay_erasures))
        walls.append(seconds_of(refuse_without_walls))
    there = BUSINESSES * PEOPLE // 3
    print(
        json.dumps(
            {"ours": ours, "bare": bare, "people": people, "entries": entries, "there": there}
            | {"starts": starts, "walls": walls}
        )
    )


def _approve_texts() -> None:
    from consent.texts.models import Approval, TextVersion
    from consent.texts.shipping import submit_shipped_texts
    from consent.texts.versions import decide_on_text
    from tenants.accounts.models import PlatformRole, User

    submit_shipped_texts()
    lawyer = User.objects.create_user("l@replay.example", platform_role=PlatformRole.LAWYER)
    for version in TextVersion.objects.pending():
        decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)


def _fill(database: psycopg.Connection) -> None:
    """In bulk, past triggers and policies; each person with an identifier of their own."""
    from django.utils import timezone

    from chatbo.foundation.encryption import encrypt
    from chatbo.foundation.isolation import tenant_scope
    from chatbo.foundation.isolation.ids import new_id
    from tenants.accounts.models import User
    from tenants.accounts.registration import found_tenant
    from tenants.bots.models import Bot, Channel, Platform, subscriber_index

    database.execute("SET session_replication_role = replica")
    database.execute("SET synchronous_commit = off")
    database.execute(PERSON)
    for business in range(BUSINESSES):
        owner = User.objects.create_user(f"{business}@replay.example", name="Owner")
        tenant = found_tenant(owner, company=f"Betrieb {business}")
        with tenant_scope(tenant.pk):
            channel = Channel.objects.create(
                bot=Bot.objects.create(name="Bot"),
                platform=Platform.MESSENGER,
                external_id=uuid.uuid4().hex,
            )
        with (
            database.cursor() as cursor,
            cursor.copy("COPY person FROM STDIN") as copy,
        ):
            for number in range(PEOPLE):
                identifier = str(2_345_678_901_234_000 + number)
                since = timezone.now() - timedelta(minutes=number + 1)
                who = (new_id(), tenant.pk, channel.pk, uuid.uuid4(), since)
                digest = subscriber_index(channel.pk, identifier)
                copy.write_row((*who, encrypt(identifier), digest, number))
    _everything(database)
    database.execute("VACUUM (ANALYZE)")


def _everything(database: psycopg.Connection) -> None:
    """Four messages, the notice that was shown, and for every tenth a consent that holds."""
    from benchmarks.crowd.rows import insert, quoted
    from chatbo.foundation.encryption import encrypt
    from consent.ledger.models import ConsentIdentity, ConsentRecord
    from consent.texts.versions import text_in_force
    from tenants.bots.models import Message, Subscriber

    whose = {"tenant_id": "tenant_id"}
    insert(
        database,
        Subscriber,
        "person",
        id="id",
        channel_id="channel_id",
        external_id="identifier",
        external_index="digest",
        first_seen_at="at",
        last_seen_at="at",
        **whose,
    )
    insert(
        database,
        Message,
        "person, generate_series(1, 4)",
        id="gen_random_uuid()",
        subscriber_id="id",
        direction="'in'",
        text=quoted(encrypt("Haben Sie am Sonntag geöffnet?")),
        at="at",
        **whose,
    )
    insert(
        database,
        ConsentIdentity,
        "person",
        id="gen_random_uuid()",
        salt=SALT,
        subject_id="pseudonym",
        person_id="id",
        identifier="identifier",
        identifier_index="digest",
        **whose,
    )
    insert(
        database,
        ConsentRecord,
        "person, generate_series(1, CASE mod(n, 10) WHEN 0 THEN 2 ELSE 1 END) AS said",
        id="gen_random_uuid()",
        salt=SALT,
        subject_id="pseudonym",
        purpose="CASE said WHEN 1 THEN 'notice' ELSE 'chat' END",
        decision="CASE said WHEN 1 THEN 'shown' ELSE 'granted' END",
        source="'bot'",
        controller="'tenant'",
        place="'Bot'",
        text_version_id=quoted(str(text_in_force("bot-notice", "de").pk)),
        given_at="at",
        received_at="at",
        **whose,
    )


def _put_up(database: psycopg.Connection) -> tuple[int, int]:
    """Tombstones of which the database knows nothing: of how many people, how many entries."""
    from chatbo.foundation.isolation import tenant_scope
    from chatbo.foundation.isolation.ids import new_id
    from consent.erasure.never_back import tombstones
    from tenants.bots.models import Subscriber

    people = entries = 0
    rows = database.execute("SELECT tenant_id, id FROM person WHERE n % 3 = 0").fetchall()
    numbers: dict[uuid.UUID, list[uuid.UUID]] = {}
    for tenant_id, number in rows:
        numbers.setdefault(tenant_id, []).append(number)
    with _unhurried():
        for tenant_id, its in numbers.items():
            with tenant_scope(tenant_id):
                for each in Subscriber.objects.filter(pk__in=its):
                    people, entries = people + 1, entries + 1
                    tombstones.put_up(tombstones.name_of(new_id()), [each])
                    if people % AFTER_THE_COPY == 0:
                        entries += 1
                        stranger = Subscriber(channel_id=each.channel_id, external_id=str(entries))
                        tombstones.put_up(tombstones.name_of(new_id()), [stranger])
    return people, entries


@contextmanager
def _unhurried() -> Iterator[None]:
    """Without waiting for the disk twice an entry: that was paid when they were erased."""
    fsync = os.fsync
    os.fsync = lambda _descriptor: None
    try:
        yield
    finally:
        os.fsync = fsync


def _bare_delete(database: psycopg.Connection) -> None:
    database.execute("SET session_replication_role = origin")
    for table, column in (*BARE, ("bots_subscriber", "id")):
        database.execute(
            f"DELETE FROM {table} AS gone USING person"
            f" WHERE gone.tenant_id = person.tenant_id AND gone.{column} = person.id AND n % 3 = 1"
        )


if __name__ == "__main__":
    django.setup()
    main()
