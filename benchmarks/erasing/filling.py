"""A business with very many people on whom much is stored, made in bulk; again for each round."""

import uuid
from datetime import timedelta

import psycopg
from django.utils import timezone

from benchmarks.crowd.rows import insert, quoted
from chatbo.conversation.models import IncomingEvent
from chatbo.foundation.encryption import encrypt
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.texts.models import Approval, TextVersion
from consent.texts.shipping import submit_shipped_texts
from consent.texts.versions import decide_on_text, text_in_force
from tenants.accounts.models import PlatformRole, Tenant, User
from tenants.accounts.registration import found_tenant
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber, subscriber_index

MESSAGES, CONSENTS, EVENTS = 50, 3, 2
ROWS = 1 + MESSAGES + 1 + EVENTS
"""A person's rows that an erasure touches: the person, what was said and the link to the consents
go, the deliveries are emptied. The consents stay: as the chat records them, merely shown, so that
there is nothing to withdraw."""

PERSON = """
    CREATE TEMP TABLE person (id uuid, tenant_id uuid, channel_id uuid, pseudonym uuid,
                              at timestamptz, identifier text, digest text)
"""
SALT = "uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"


def approve_texts() -> None:
    submit_shipped_texts()
    lawyer = User.objects.create_user("l@erase.example", platform_role=PlatformRole.LAWYER)
    for version in TextVersion.objects.pending():
        decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)


def business(database: psycopg.Connection, people: int) -> Tenant:
    """With so many people, each with all that ``ROWS`` counts and ``CONSENTS`` beside it."""
    owner = User.objects.create_user(f"{uuid.uuid4().hex}@erase.example", name="Owner")
    tenant = found_tenant(owner, company=f"Betrieb {uuid.uuid4().hex[:6]}")
    with tenant_scope(tenant.pk):
        bot = Bot.objects.create(name="Bot")
        channel = Channel.objects.create(
            bot=bot, platform=Platform.MESSENGER, external_id=uuid.uuid4().hex, name="Page"
        )
    database.execute("SET session_replication_role = replica")
    database.execute(PERSON)
    with (
        database.cursor() as cursor,
        cursor.copy("COPY person FROM STDIN") as copy,
    ):
        for number in range(people):
            identifier = str(2_345_678_901_234_000 + number)
            copy.write_row(
                (
                    new_id(),
                    tenant.pk,
                    channel.pk,
                    uuid.uuid4(),
                    timezone.now() - timedelta(minutes=number),
                    encrypt(identifier),
                    subscriber_index(channel.pk, identifier),
                )
            )
    _everything(database)
    database.execute("DROP TABLE person")
    database.execute("VACUUM (ANALYZE)")
    database.execute("SET session_replication_role = origin")
    return tenant


def _everything(database: psycopg.Connection) -> None:
    insert(
        database,
        Subscriber,
        "person",
        id="id",
        tenant_id="tenant_id",
        channel_id="channel_id",
        external_id="identifier",
        external_index="digest",
        first_seen_at="at",
        last_seen_at="at",
    )
    insert(
        database,
        Message,
        f"person, generate_series(1, {MESSAGES})",
        id="uuidv7()",
        tenant_id="tenant_id",
        subscriber_id="id",
        direction="'in'",
        text=quoted(encrypt("Haben Sie am Sonntag geöffnet?")),
        at="at",
    )
    insert(
        database,
        IncomingEvent,
        f"person, generate_series(1, {EVENTS}) AS number",
        id="uuidv7()",
        tenant_id="tenant_id",
        channel_id="channel_id",
        digest="encode(sha256((id::text || number)::bytea), 'hex')",
        sender_index="digest",
        payload=quoted(encrypt('{"sender": "2345678901234567"}')),
        happened_at="at",
    )
    insert(
        database,
        ConsentIdentity,
        "person",
        id="uuidv7()",
        tenant_id="tenant_id",
        salt=SALT,
        subject_id="pseudonym",
        person_id="id",
        identifier="identifier",
        identifier_index="digest",
    )
    insert(
        database,
        ConsentRecord,
        f"person, generate_series(1, {CONSENTS}) AS number",
        id="uuidv7()",
        tenant_id="tenant_id",
        salt=SALT,
        subject_id="pseudonym",
        purpose="'notice'",
        decision="'shown'",
        source="'bot'",
        controller="'tenant'",
        place="'Bot'",
        text_version_id=quoted(str(text_in_force("bot-notice", "de").pk)),
        given_at="at",
        received_at="at",
    )
