"""Rows in everything that depends on the keys, made by the product's use cases."""

import base64
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection, transaction
from django.utils import timezone

from chatbo.conversation.intake import store_events
from chatbo.conversation.legal import fixed_menu
from chatbo.conversation.metas_requests import take_in_callback
from chatbo.conversation.signatures import SignedRequest
from chatbo.foundation.encryption.columns import keyed_tables
from chatbo.foundation.isolation import directory, platform_scope
from chatbo.foundation.mail.outbox import queue_mail
from consent.embeds.tools import create_tool
from consent.erasure.holds.holding import set_hold
from consent.erasure.leaving.models import TenantExport
from consent.erasure.models import AccountEnding, Erasure, ErasureRequest, Hold, PersonExport
from consent.erasure.person_exports.asking import ask_for_own_data
from consent.erasure.person_exports.models import new_secret
from consent.erasure.policy import policy_for
from consent.erasure.recipients.notices import write_notices
from consent.erasure.recipients.registering import add_recipient, renew_secret
from consent.erasure.requests import request_erasure
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.recording import record_consent
from consent.rights.by_hand.entering import enter_request
from consent.rights.models import Particulars, Restriction, RightsRequest
from consent.rights.rectifying import add_statement
from consent.rights.restricting import restrict
from consent.texts.versions import text_in_force
from dpa.passage.addresses import open_address
from tenants.accounts.invitations import invite_member
from tenants.accounts.models import Membership, User
from tenants.bots.bots import create_bot
from tenants.bots.channels import switch_on_web_chat
from tenants.bots.models import Channel, Message, Platform, Subscriber, subscriber_index
from tenants.bots.platforms.wire import Incoming, Kind

SECRET = "JBSWY3DPEHPK3PXP"


def new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


@dataclass
class Found:
    """What must be found again after a rotation, each by what a person or a platform says."""

    channel: Channel
    person: str
    guest: str
    listed: list[tuple[str, str]] = field(default_factory=list)
    """Kinds and values of the directory."""


def plant(business: Any) -> Found:
    """A row in each table with an encrypted column, for one business and its owner."""
    mark = business.tenant.slug
    person, guest, page = f"person-{mark}", f"guest@{mark}.example", f"page-{mark}"
    with business.scope():
        bot = create_bot(name="Bot")
        channel = Channel.objects.create(
            bot=bot,
            platform=Platform.TELEGRAM,
            external_id=page,
            name="Page",
            token=f"token-{mark}",
            webhook_secret=f"secret-{mark}",
        )
        directory.register("channel", str(channel.pk), channel.pk)
        directory.register("telegram-channel", page, channel.pk)
        switch_on_web_chat(bot, menu=fixed_menu(bot))
        subscriber = met(channel, person)
        Message.objects.create(
            subscriber=subscriber, direction="in", text=f"Hallo von {mark}", at=timezone.now()
        )
        consent = record_consent(
            text_in_force("bot-notice", "de"),
            purpose=ConsentRecord.Purpose.NOTICE,
            decision=ConsentRecord.Decision.SHOWN,
            source=ConsentRecord.Source.BOT,
            controller=ConsentRecord.Controller.TENANT,
            person_id=subscriber.pk,
            identifier=person,
        )
        receipt_address(consent)
        store_events(channel.tenant_id, channel.pk, [wrote(page, person)])
        copy = ask_for_own_data(subscriber)
        PersonExport.objects.filter(pk=copy.pk).update(secret=new_secret())
        erasure = request_erasure(met(channel, f"leaving-{mark}"), origin=Erasure.Origin.BOT)
        told = add_recipient(name="Kasse", country="DE", url=f"https://{mark}.example/erased")
        renew_secret(told)
        TenantExport.objects.create(language="de")
        write_notices(erasure, [subscriber])
        hold = set_hold(
            subscriber.pk,
            ground=Hold.Ground.DEFENDING,
            reason=f"claim of {mark}",
            ends_on=timezone.localdate() + timedelta(days=30),
            set_by_id=business.owner.pk,
        )
        Hold.objects.filter(pk=hold.pk).update(snapshot=f'{{"identifier": "{person}"}}')
        wish = enter_request(
            kind=RightsRequest.Kind.ACCESS,
            way=RightsRequest.Way.LETTER,
            received_on=timezone.localdate(),
            subscriber_id=subscriber.pk,
            asked=f"asked of {mark}",
            contact=f"contact of {mark}",
        )
        Particulars.objects.filter(request=wish).update(
            identity_note=mark, extension_reason=mark, refusal_reason=mark, how=mark
        )
        ground = Restriction.Ground.CLAIMS
        restricted = restrict(subscriber, ground=ground, note=f"note of {mark}", by=business.owner)
        Restriction.objects.filter(pk=restricted.pk).update(told_note=f"told {mark}")
        add_statement(subscriber, f"statement of {mark}", by=business.owner)
        tool = create_tool(bot, label="Chat")
        address = open_address(business.tenant)
        invite_member(
            business.tenant,
            address=guest,
            role=Membership.Role.VIEWER,
            invited_by=business.owner,
        )
    take_in_callback(
        SignedRequest(user_id=str(business.tenant.pk.int), words=f"words-{mark}"),
        origin=ErasureRequest.Origin.DELETION,
    )
    # Only the row: the owner is needed here.
    AccountEnding.objects.create(
        address=guest,
        language="de",
        policy=policy_for(User._meta.label),
        due_at=timezone.now(),
    )
    queue_mail(to=guest, template="consent/signup/mail/known", context={}, language="de")
    TOTP.activate(business.owner, SECRET)
    RecoveryCodes.activate(business.owner)
    return Found(
        channel,
        person,
        guest,
        [
            ("slug", mark),
            ("channel", str(channel.pk)),
            ("telegram-channel", page),
            ("erasure", erasure.code),
            ("tool", str(tool.pk)),
            ("passage", address.code),
        ],
    )


def met(channel: Channel, name: str) -> Subscriber:
    return Subscriber.objects.create(
        channel=channel, external_id=name, external_index=subscriber_index(channel.pk, name)
    )


def wrote(page: str, person: str, event_id: str = "event-1") -> Incoming:
    return Incoming(event_id, page, person, Kind.TEXT, timezone.now(), text="Hallo")


def held() -> dict[tuple[str, str], dict[str, str]]:
    """What lies in the database: by table and key of the row, each keyed column's raw text."""
    found = {}
    for table in keyed_tables():
        columns = ", ".join(f'"{name}"::text' for name in table.columns)
        with everything(), connection.cursor() as cursor:
            cursor.execute(f'SELECT "{table.key}"::text, {columns} FROM "{table.name}"')
            for key, *values in cursor.fetchall():
                found[table.name, key] = dict(zip(table.columns, values, strict=True))
    return found


@contextmanager
def everything() -> Iterator[None]:
    """Every table's rows. A person's log-in belongs to no scope, and is seen in any."""
    with platform_scope("a test looks at every keyed column"):
        yield


def damaged(row: Any, column: str, text: str = "gAAAAAdamaged") -> None:
    """Let a column hold what no key opens."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{row._meta.db_table}" SET "{column}" = %s WHERE id = %s', [text, row.pk]
        )


Press = Callable[[], None]
