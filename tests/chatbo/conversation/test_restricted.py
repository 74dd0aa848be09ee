"""Whose data are restricted gets that said, can go at any time, and is told before it ends."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatbo.conversation.models import IncomingEvent
from chatbo.conversation.restrictions import tell_and_lift
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.jobs.sweep import sweep
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from consent.erasure.models import Erasure
from consent.ledger.models import ConsentRecord
from consent.rights.models import Restriction, RightsRequest
from consent.rights.restricting import lift, lift_told_otherwise, restrict
from tenants.bots.channels import disconnect_channel
from tenants.bots.models import Channel, Message, Platform, Subscriber
from tests.chatbo.conversation.conftest import Phone
from tests.chatbo.conversation.test_my_data import link_in, taken
from tests.consent.embeds.conftest import live_bot

SECRET = "MARKER-written-while-restricted"
RESTRICTED = "zurzeit eingeschränkt"
ENDS = "hebt diese Einschränkung nun auf"
Ground, State, Way = Restriction.Ground, Restriction.State, RightsRequest.Way


@pytest.fixture
def known(cafe: Any, phone: Phone) -> Phone:
    """Somebody who has written, and whose data are restricted since."""
    phone.write("Hallo")
    restricted(cafe)
    return phone


def restricted(cafe: Any, ground: str = Ground.ACCURACY) -> Restriction:
    with cafe.scope():
        return restrict(Subscriber.objects.get(), ground=Ground(ground), by=cafe.owner)


def lifted(cafe: Any, phone: Phone) -> Restriction:
    """Asked for by the owner, and whatever the workers do then."""
    with phone.commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    phone.work()
    return now(cafe)


def now(cafe: Any) -> Restriction:
    with cafe.scope():
        return Restriction.objects.select_related("subscriber").get()


def later(phone: Phone, minutes: int = 3) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)), phone.commit():
        sweep()
        phone.work()


def days_later(commit: Any, work: Any, days: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days)), commit():
        sweep()
        work()


def is_stored_anywhere(cafe: Any, words: str) -> bool:
    with cafe.scope():
        said = [message.text for message in Message.objects.all()]
        events = [event.payload for event in IncomingEvent.objects.all()]
    return words in json.dumps([said, events])


def test_what_is_written_is_answered_by_one_sentence_and_stored_nowhere(
    cafe: Any, known: Phone
) -> None:
    with cafe.scope():
        before = Message.objects.count()
        seen = Subscriber.objects.get().last_seen_at

    known.write(f"wann? {SECRET}")
    known.start()

    for said in known.received()[-2:]:
        assert RESTRICTED in said
        assert "https://cafe-morgenrot.example/impressum" in said
    with cafe.scope():
        assert Message.objects.count() == before
        assert Subscriber.objects.get().last_seen_at == seen
        assert ConsentRecord.objects.count() == 1, "the notice of before"
        assert not IncomingEvent.objects.unfinished().exists()
    assert not is_stored_anywhere(cafe, SECRET)


def test_what_the_platform_refuses_is_tried_again_and_still_stored_nowhere_afterwards(
    cafe: Any, known: Phone
) -> None:
    known.standins.control.fail("graph", "/messages", code=2)
    known.write(SECRET)
    assert RESTRICTED not in known.received()[-1]

    later(known)

    assert RESTRICTED in known.received()[-1]
    assert not is_stored_anywhere(cafe, SECRET)


def test_imprint_and_privacy_are_answered_without_storing_the_question(
    cafe: Any, known: Phone
) -> None:
    known.write("Impressum")
    known.tap("chatbo:privacy")

    assert known.received()[-2:] == [
        "Impressum: https://cafe-morgenrot.example/impressum",
        "Datenschutz: https://cafe-morgenrot.example/datenschutz",
    ]
    with cafe.scope():
        assert Message.objects.filter(direction=Message.Direction.IN).count() == 1


def test_meine_daten_gives_the_copy_with_the_restriction_in_it(cafe: Any, known: Phone) -> None:
    known.write("meine daten")

    data = taken(Client(), link_in(known))

    (row,) = data["sections"]["restrictions"]
    assert (row["ground"], row["state"]) == ("accuracy", "in_force")
    assert data["sections"]["person"][0]["restricted_at"] is not None
    assert "set_by_id" not in row


@pytest.mark.parametrize("ground", Ground.values)
def test_whoever_restricts_the_persons_own_tap_erases_everything(
    cafe: Any, phone: Phone, ground: str
) -> None:
    phone.write("Hallo")
    restricted(cafe, ground)

    phone.tap("chatbo:unsubscribe")
    assert phone.buttons() == ["chatbo:erase", "chatbo:keep"]
    phone.tap("chatbo:erase")

    with cafe.scope():
        assert Erasure.objects.get().state == Erasure.State.TOLD
        assert not Subscriber.objects.exists()
        assert not Restriction.objects.exists()


def test_words_do_it_too_and_who_keeps_everything_stays_restricted(cafe: Any, known: Phone) -> None:
    known.write("stop")
    known.write("nein")
    known.write("ja")
    assert RESTRICTED in known.received()[-1], "the question was answered already"

    known.write("stop")
    known.write("ja")
    with cafe.scope():
        assert not Subscriber.objects.exists()


@pytest.fixture
def chat(cafe: Any, client: Client, commit: Any) -> Any:
    """Somebody on the web chat, who has said hallo and is restricted since."""
    with cafe.scope():
        tool = create_tool(live_bot(cafe), label="Chat")
    url = reverse("webchat:chat", args=[tool.pk])

    def load(text: str = "", part: str = "") -> str:
        """The page as their browser loads it, or what it gets for something said."""
        with commit():
            if not text:
                return client.get(f"{url}{part}").content.decode()
            saying = {"nonce": text, "text": text}
            return client.post(url, saying, headers={"X-Chat": "1"}).content.decode()

    load("hallo")
    restricted(cafe)
    return load


def test_the_web_chat_says_so_beside_what_was_said_before(cafe: Any, chat: Any) -> None:
    page = chat(SECRET)

    assert RESTRICTED in page
    assert "hallo" in page
    assert SECRET not in chat()
    assert not is_stored_anywhere(cafe, SECRET)


@pytest.mark.parametrize("loaded_by", ["page", "what it looks for", "saying something"])
def test_on_the_web_chat_it_ends_when_the_persons_chat_has_loaded_the_message(
    cafe: Any, chat: Any, work: Any, commit: Any, loaded_by: str
) -> None:
    with commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    work()
    days_later(commit, work, 1)
    days_later(commit, work, 40)
    assert now(cafe).state == State.LIFTING, "nobody has opened the chat"
    assert now(cafe).subscriber.restricted_at is not None

    match loaded_by:
        case "page":
            page = chat()
        case "what it looks for":
            page = chat(part="messages/")
        case _:
            page = chat("wann?")
    work()

    assert ENDS in page
    restriction = now(cafe)
    assert restriction.state == State.LIFTED
    assert restriction.told_at <= restriction.lifted_at
    assert restriction.subscriber.restricted_at is None
    days_later(commit, work, 50)
    assert chat().count(ENDS) == 1


def test_who_has_another_chat_open_has_not_loaded_their_message(
    cafe: Any, chat: Any, work: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
        tool = Tool.objects.get()
    work()

    stranger = Client()
    stranger.get(reverse("webchat:chat", args=[tool.pk]))
    work()

    assert now(cafe).state == State.LIFTING


def test_what_was_not_loaded_is_called_off_when_the_person_stays_restricted(
    cafe: Any, chat: Any, work: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    work()

    restricted(cafe, Ground.CLAIMS)

    assert ENDS not in chat()
    work()
    assert now(cafe).state == State.IN_FORCE


def test_what_was_not_loaded_is_called_off_when_the_business_told_them_otherwise(
    cafe: Any, chat: Any, work: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    work()
    with commit(), cafe.scope():
        lift_told_otherwise(
            Restriction.objects.get(), way=Way.LETTER, on=timezone.localdate(), by=cafe.owner
        )
    work()

    assert ENDS not in chat()
    assert now(cafe).state == State.LIFTED
    assert now(cafe).told_at is None


def test_the_person_is_told_first_and_then_it_ends(cafe: Any, known: Phone) -> None:
    restriction = lifted(cafe, known)
    assert ENDS in known.received()[-1]
    assert "Café Morgenrot" in known.received()[-1]
    assert restriction.state == State.LIFTING, "it looks again after the message went out"

    later(known)

    restriction = now(cafe)
    assert restriction.state == State.LIFTED
    assert restriction.told_at is not None
    assert restriction.told_at <= restriction.lifted_at
    assert restriction.subscriber.restricted_at is None
    with cafe.scope():
        entry = AuditEntry.objects.get(action="restriction.lifted")
    assert entry.details == {"told": True}
    known.write("wann?")
    assert known.received()[-1] == "Täglich von 8 bis 18 Uhr."
    assert sum(ENDS in said for said in known.received()) == 1


def begun_anew(cafe: Any, told: Restriction) -> None:
    """The one of which the person was told is over as told, and another one holds."""
    restricted(cafe, Ground.CLAIMS)
    with cafe.scope():
        over, holding = Restriction.objects.all()
        person = Subscriber.objects.get()
    assert (over.pk, over.state, over.ground) == (told.pk, State.LIFTED, told.ground)
    assert told.lift_asked_at < over.told_at <= over.lifted_at <= holding.created_at
    assert (holding.state, holding.ground) == (State.IN_FORCE, Ground.CLAIMS)
    assert holding.lift_asked_at is holding.told_at is holding.message_id is None
    assert person.restricted_at >= over.lifted_at


def test_whom_the_platform_has_told_that_it_ends_is_restricted_by_another_one(
    cafe: Any, known: Phone
) -> None:
    told = lifted(cafe, known)
    assert (told.state, ENDS in known.received()[-1]) == (State.LIFTING, True)

    begun_anew(cafe, told)

    later(known)
    known.write(SECRET)
    assert RESTRICTED in known.received()[-1]
    assert not is_stored_anywhere(cafe, SECRET)
    with cafe.scope():
        assert [each.state for each in Restriction.objects.all()] == [State.LIFTED, State.IN_FORCE]


def test_whose_web_chat_has_loaded_that_it_ends_is_restricted_by_another_one(
    cafe: Any, chat: Any, work: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    work()
    told = now(cafe)
    assert ENDS in chat()

    begun_anew(cafe, told)

    work()
    assert ENDS in chat(), "what they have read stays"
    with cafe.scope():
        assert [each.state for each in Restriction.objects.all()] == [State.LIFTED, State.IN_FORCE]


def test_as_long_as_the_message_waits_the_restriction_holds(cafe: Any, known: Phone) -> None:
    known.standins.control.fail("graph", "/messages", code=613, retry_after=1200)
    lifted(cafe, known)

    later(known, minutes=10)
    known.write(SECRET)

    assert now(cafe).subscriber.restricted_at is not None
    assert not is_stored_anywhere(cafe, SECRET)

    later(known, minutes=21)
    later(known, minutes=25)
    assert ENDS in known.received()[-1]
    assert now(cafe).state == State.LIFTED


def still_restricted(cafe: Any, known: Phone, why: str) -> None:
    """The person could not be told: nothing has ended, nothing is used, and the log says why."""
    restriction = now(cafe)
    assert (restriction.state, restriction.untold) == (State.UNTOLD, why)
    assert restriction.untold_at is not None
    assert (restriction.told_at, restriction.lifted_at) == (None, None)
    assert restriction.subscriber.restricted_at is not None
    with cafe.scope():
        assert not AuditEntry.objects.filter(action="restriction.lifted").exists()
        entry = AuditEntry.objects.get(action="restriction.untold")
    assert entry.details == {"reason": why}
    assert not any(ENDS in said for said in known.received())


def test_whom_the_platform_refuses_to_tell_stays_restricted(cafe: Any, known: Phone) -> None:
    known.standins.control.page("1001", token_state="expired")
    lifted(cafe, known)

    later(known)
    later(known, minutes=600)

    still_restricted(cafe, known, "190/463")


def test_an_outage_of_half_an_hour_lifts_nothing_and_it_can_be_tried_again(
    cafe: Any, known: Phone
) -> None:
    known.standins.control.fail("graph", "/messages", count=100, code=2)
    lifted(cafe, known)
    for minutes in range(3, 60, 3):
        later(known, minutes=minutes)
    known.standins.control.stop_failing()

    still_restricted(cafe, known, "2")

    lifted(cafe, known)
    later(known)
    assert sum(ENDS in said for said in known.received()) == 1
    assert now(cafe).state == State.LIFTED
    assert now(cafe).told_at is not None


@pytest.mark.parametrize("when", ["before", "while the message waits"])
def test_who_wrote_on_a_channel_that_was_disconnected_stays_restricted(
    cafe: Any, known: Phone, queue: list[Any], when: str
) -> None:
    if when != "before":
        known.standins.control.fail("graph", "/messages", code=613, retry_after=600)
        lifted(cafe, known)
    with known.commit(), cafe.scope():
        disconnect_channel(Channel.objects.get(platform=Platform.MESSENGER))
    if when == "before":
        lifted(cafe, known)

    later(known, minutes=5)

    still_restricted(cafe, known, "channel_gone")


def test_a_lost_queue_and_a_worker_that_died_after_queueing_tell_once(
    cafe: Any, known: Phone, queue: list[Any]
) -> None:
    with known.commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    queue.clear()
    restriction = now(cafe)
    tell_and_lift(str(restriction.tenant_id), str(restriction.pk))
    queue.clear()  # The delivery's call is lost as well.

    later(known)
    later(known, minutes=6)

    assert sum(ENDS in said for said in known.received()) == 1
    assert now(cafe).state == State.LIFTED


def test_a_worker_that_fails_leaves_all_as_it_was_for_the_next(
    cafe: Any, known: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatbo.conversation import restrictions

    with cafe.scope():
        before = Message.objects.count()
    with monkeypatch.context() as failing:
        failing.setattr(restrictions, "LONGEST_PAUSE", None)
        with pytest.raises(TypeError):
            lifted(cafe, known)

    with cafe.scope():
        assert Message.objects.count() == before
    restriction = now(cafe)
    assert (restriction.state, restriction.last_error) == (State.LIFTING, "TypeError")
    assert restriction.message_id is None
    later(known)
    later(known, minutes=6)
    assert now(cafe).state == State.LIFTED


def test_who_is_erased_while_being_told_is_gone_and_the_job_ends(cafe: Any, known: Phone) -> None:
    restriction = lifted(cafe, known)
    known.tap("chatbo:unsubscribe")
    known.tap("chatbo:erase")

    tell_and_lift(str(restriction.tenant_id), str(restriction.pk))
    later(known)

    with cafe.scope():
        assert not Restriction.objects.exists()
        assert not Subscriber.objects.exists()


def test_who_is_restricted_anew_meanwhile_stays_so_and_is_not_told(cafe: Any, known: Phone) -> None:
    known.standins.control.fail("graph", "/messages", code=613, retry_after=600)
    lifted(cafe, known)

    again = restricted(cafe, Ground.CLAIMS)
    later(known, minutes=15)

    assert again.pk == now(cafe).pk
    assert (now(cafe).state, now(cafe).ground) == (State.IN_FORCE, "claims")
    assert not any(ENDS in said for said in known.received())
    known.write("wann?")
    assert RESTRICTED in known.received()[-1]


def test_one_in_force_is_nobodys_job(cafe: Any, known: Phone, queue: list[Any]) -> None:
    restriction = now(cafe)

    sweep()
    tell_and_lift(str(restriction.tenant_id), str(restriction.pk))

    assert not queue
    assert now(cafe).state == State.IN_FORCE
    assert not any(ENDS in said for said in known.received())
