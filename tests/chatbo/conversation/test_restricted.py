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
from consent.embeds.tools import create_tool
from consent.erasure.models import Erasure
from consent.ledger.models import ConsentRecord
from consent.rights.models import Restriction
from consent.rights.restricting import lift, restrict
from tenants.bots.models import Message, Subscriber
from tests.chatbo.conversation.conftest import Phone
from tests.chatbo.conversation.test_my_data import link_in, taken
from tests.consent.embeds.conftest import live_bot

SECRET = "MARKER-written-while-restricted"
RESTRICTED = "zurzeit eingeschränkt"
ENDS = "hebt diese Einschränkung nun auf"
Ground, State = Restriction.Ground, Restriction.State


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


def test_the_web_chat_says_so_beside_what_was_said_before(
    cafe: Any, client: Client, work: Any, commit: Any
) -> None:
    bot = live_bot(cafe)
    with cafe.scope():
        tool = create_tool(bot, label="Chat")
    url = reverse("webchat:chat", args=[tool.pk])

    def say(nonce: int, text: str) -> str:
        with commit():
            answer = client.post(url, {"nonce": nonce, "text": text}, headers={"X-Chat": "1"})
        return answer.content.decode()

    say(1, "hallo")
    restricted(cafe)
    page = say(2, SECRET)

    assert RESTRICTED in page
    assert "hallo" in page
    assert SECRET not in client.get(url).content.decode()
    assert not is_stored_anywhere(cafe, SECRET)
    with commit(), cafe.scope():
        lift(Restriction.objects.get(), by=cafe.owner)
    work()
    assert ENDS in client.get(url).content.decode()
    assert now(cafe).state == State.LIFTED


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


def test_a_message_that_the_platform_refuses_for_good_is_recorded_and_it_ends(
    cafe: Any, known: Phone
) -> None:
    known.standins.control.page("1001", token_state="expired")
    lifted(cafe, known)

    later(known)

    restriction = now(cafe)
    assert restriction.state == State.LIFTED
    assert (restriction.told_at, restriction.untold) == (None, "190/463")
    with cafe.scope():
        entry = AuditEntry.objects.get(action="restriction.lifted")
    assert entry.details == {"told": False}


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

    def broken(*arguments: Any) -> None:
        raise ZeroDivisionError

    with cafe.scope():
        before = Message.objects.count()
    with monkeypatch.context() as failing:
        failing.setattr(restrictions, "end_restriction", broken)
        failing.setattr(Message, "is_waiting", False)
        with pytest.raises(ZeroDivisionError):
            lifted(cafe, known)

    with cafe.scope():
        assert Message.objects.count() == before
    restriction = now(cafe)
    assert (restriction.state, restriction.last_error) == (State.LIFTING, "ZeroDivisionError")
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
