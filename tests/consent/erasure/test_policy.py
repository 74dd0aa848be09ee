"""What was promised on the day of the request is what is done, and no more is left behind."""

import dataclasses
import json

import pytest
from django.utils import timezone, translation

from chatbo.conversation.models import IncomingEvent
from chatbo.foundation.personal_data import Blanked, Deleted, Kept, declarations_about
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure, ErasurePolicy
from consent.erasure.policy import endings_under, kept_under, policy_for
from consent.erasure.requests import request_erasure
from tenants.bots.models import Message

PERSON = "bots.Subscriber"


def promise(**ends: str) -> ErasurePolicy:
    """A policy that says something else of some models than is declared today."""
    content = {**policy_for(PERSON).content}
    content["ends"] = [
        {**said, "end": ends.get(said["model"].replace(".", "_"), said["end"])}
        for said in content["ends"]
    ]
    return ErasurePolicy.objects.create(sha256="0" * 64, content=content)


def ends(policy: ErasurePolicy) -> dict[str, str]:
    return {ending.model._meta.label: ending.end for ending in endings_under(policy)}


def test_each_request_keeps_the_policy_of_its_day(cafe, person):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)

        assert erasure.policy == policy_for(PERSON)
        assert policy_for(PERSON).sha256 == erasure.policy.sha256
        assert ErasurePolicy.objects.filter(sha256=erasure.policy.sha256).count() == 1


@pytest.mark.django_db
def test_the_policy_says_of_every_declared_model_how_it_ends():
    said = {end["model"]: end for end in policy_for(PERSON).content["ends"] if "by" in end}

    for model, declaration in declarations_about(PERSON):
        word = {Deleted: "deleted", Blanked: "blanked", Kept: "kept"}[type(declaration.end)]
        assert said[model._meta.label]["end"] == word
    kept = [end for end in policy_for(PERSON).content["ends"] if "ground" in end]
    assert kept
    assert all(end["ground"] and end["law"] and end["until"] for end in kept)


@pytest.mark.django_db
def test_the_policy_is_the_same_whoever_asks_in_whichever_language():
    with translation.override("de"):
        german = policy_for(PERSON)
    with translation.override("en"):
        assert policy_for(PERSON) == german


@pytest.mark.django_db
def test_what_was_promised_to_be_deleted_is_deleted_also_when_less_is_declared_today():
    policy = promise(conversation_IncomingEvent="deleted")

    assert ends(policy_for(PERSON))["conversation.IncomingEvent"] == "blanked"
    assert ends(policy)["conversation.IncomingEvent"] == "deleted"


@pytest.mark.django_db
def test_what_is_deleted_today_is_deleted_also_when_more_was_kept_at_the_request():
    assert ends(promise(bots_Message="kept"))["bots.Message"] == "deleted"


@pytest.mark.django_db
def test_a_model_that_the_policy_does_not_know_ends_as_it_declares_today():
    policy = ErasurePolicy.objects.create(
        sha256="1" * 64, content={"form": 1, "subject": PERSON, "ends": []}
    )

    assert ends(policy) == ends(policy_for(PERSON))


@pytest.mark.django_db
def test_of_two_people_in_one_table_each_ends_as_is_declared_of_them():
    """Who is invited goes with the invitation; of who invites, only the name goes."""
    policy = policy_for("accounts.User")
    policy.content["ends"].reverse()  # The order tells nothing.

    found = {
        tuple(ending.declaration.match): ending.end
        for ending in endings_under(policy)
        if ending.model._meta.label == "accounts.Invitation"
    }
    assert found == {("email_index",): "deleted", ("invited_by_id",): "blanked"}


@pytest.mark.django_db
def test_the_person_s_own_row_is_the_last_to_go():
    assert [ending.model._meta.label for ending in endings_under(policy_for(PERSON))][-1] == PERSON


@pytest.mark.django_db
def test_what_stays_is_named_also_where_it_hangs_on_what_stands_for_the_person():
    assert [model._meta.label for model, _kept in kept_under(policy_for(PERSON))] == [
        "ledger.ConsentRecord",
        "erasure.Hold",
        "rights.RightsRequest",
    ]


def test_the_erasure_is_carried_out_under_the_policy_of_its_request(cafe, person):
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        erasure.policy = promise(bots_Message="kept")
        erasure.save()

        delete_subject(erasure)

        assert not Message.objects.exists()
        assert erasure.kept == {"ledger.ConsentRecord": 1}


def test_what_was_promised_to_be_emptied_is_emptied_also_when_all_is_kept_today(
    cafe, person, monkeypatch
):
    kept = next(
        declaration.end
        for _model, declaration in declarations_about("ledger.ConsentIdentity")
        if isinstance(declaration.end, Kept)
    )
    with cafe.scope():
        event = IncomingEvent.objects.create(
            channel_id=person.channel.pk,
            digest="d",
            payload=json.dumps({"sender": person.address}),
            happened_at=timezone.now(),
        )
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        today = dataclasses.replace(IncomingEvent.personal_data, end=kept)
        monkeypatch.setattr(IncomingEvent, "personal_data", today)

        delete_subject(erasure)

        event.refresh_from_db()
        assert (event.payload, event.sender_index) == ("", "")
