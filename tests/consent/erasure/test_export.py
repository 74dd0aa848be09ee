"""Whoever asks gets all that is declared to be held on them, and nothing of anybody else."""

import json
from datetime import timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from chatbo.conversation.models import Delivery, IncomingEvent
from chatbo.foundation.isolation import user_scope
from chatbo.foundation.personal_data import declarations_about
from chatbo.foundation.personal_data.export import export_of
from chatbo.foundation.personal_data.fields import held
from consent.erasure.holds.holding import set_hold
from consent.erasure.leaving.exporting import ask_for_export
from consent.erasure.models import Erasure, Hold
from consent.erasure.person_exports.asking import ask_for_own_data
from consent.erasure.recipients.notices import write_notices
from consent.erasure.recipients.registering import add_recipient
from consent.erasure.requests import request_erasure
from consent.rights.by_hand.entering import enter_request
from consent.rights.models import Restriction, RightsRequest
from consent.rights.rectifying import add_statement
from consent.rights.restricting import restrict
from tenants.accounts.invitations import invite_member
from tenants.accounts.models import User
from tenants.bots.models import Message, Subscriber
from tests.consent.conftest import MARKER


def plant(person: Any, by: User) -> None:
    """Something of the person's in each table that has nothing yet."""
    Delivery.objects.create(subscriber=person.subscriber)
    IncomingEvent.objects.create(
        channel_id=person.channel.pk,
        digest="1",
        payload=json.dumps({"sender": person.address, "text": MARKER}),
        happened_at=timezone.now(),
    )
    ask_for_own_data(person.subscriber)
    ask_for_export(language="de")
    set_hold(
        person.subscriber.pk,
        ground=Hold.Ground.DEFENDING,
        reason="Klage",
        ends_on=timezone.localdate() + timedelta(days=30),
        set_by_id=person.subscriber.pk,
    )
    enter_request(
        kind=RightsRequest.Kind.ACCESS,
        way=RightsRequest.Way.LETTER,
        received_on=timezone.localdate(),
        subscriber_id=person.subscriber.pk,
        asked="Auskunft",
        contact="Weg 1",
    )
    restrict(person.subscriber, ground=Restriction.Ground.ACCURACY, note="Alter", by=by)
    add_statement(person.subscriber, "So war es.", by=by)
    erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    add_recipient(name="Kasse", country="DE", url="https://kasse.example/")
    write_notices(erasure, [person.subscriber])


def test_every_held_field_of_every_table_is_given_out(cafe: Any, person: Any) -> None:
    with cafe.scope():
        plant(person, cafe.owner)
        found = export_of(person.subscriber)

    for model, declaration in declarations_about("bots.Subscriber"):
        (row,) = found[declaration.export]
        wanted = held(model, declaration).keys() - declaration.withheld.keys()
        assert row.keys() == wanted, model
    assert found["messages"][0]["text"] == MARKER
    assert found["person"][0]["external_id"] == person.address
    assert found["erasures"][0]["address"] == person.address
    assert MARKER in found["events_under_way"][0]["payload"]


def test_consents_are_found_through_the_link_to_them(cafe: Any, person: Any) -> None:
    with cafe.scope():
        found = export_of(person.subscriber)

    (consent,) = found["consents"]
    assert (consent["purpose"], consent["decision"]) == ("notice", "shown")


def test_keyed_digests_stay_here(cafe: Any, person: Any) -> None:
    with cafe.scope():
        plant(person, cafe.owner)
        told = json.dumps(export_of(person.subscriber), cls=DjangoJSONEncoder)

    assert person.address in told
    assert person.subscriber.external_index not in told


def test_nobody_elses_rows_are_given_out(cafe: Any, person: Any) -> None:
    with cafe.scope():
        other = Subscriber.objects.create(
            channel=person.channel, external_id="9", external_index="9"
        )
        Message.objects.create(subscriber=other, direction="in", text="Theirs", at=timezone.now())

        assert [row["text"] for row in export_of(person.subscriber)["messages"]] == [MARKER]
        assert [row["text"] for row in export_of(other)["messages"]] == ["Theirs"]
        assert export_of(other).get("consents", []) == []


def test_a_users_account_is_given_out_without_what_would_open_it(cafe: Any) -> None:
    guest = User.objects.create_user("guest@x.example", password="correct-horse", name="Gast")
    with user_scope(cafe.owner.pk), cafe.scope():
        invite_member(cafe.tenant, address=guest.email, role="viewer", invited_by=cafe.owner)
        of_guest, of_owner = export_of(guest), export_of(cafe.owner)

    assert of_guest["account"][0]["email"] == guest.email
    assert of_guest["invitations"][0]["email"] == guest.email
    assert of_guest["mails"][0]["recipient"] == guest.email
    assert of_guest["invitations_sent"] == of_guest["memberships"] == []
    assert len(of_owner["invitations_sent"]) == 1
    assert guest.email not in json.dumps(of_owner, cls=DjangoJSONEncoder)
    assert of_owner["memberships"][0]["role"] == "owner"
    assert guest.password not in json.dumps(of_guest, cls=DjangoJSONEncoder)
