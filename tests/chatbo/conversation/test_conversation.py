"""A person talks to a bot, from the platform's webhook to the platform's Send API."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.conversation.models import Delivery, IncomingEvent
from chatbo.conversation.tasks import handle_event
from consent.erasure.models import Erasure
from consent.ledger.models import ConsentRecord
from consent.texts.versions import Effect
from tenants.bots.models import Bot, Channel, Message, Subscriber
from tests.chatbo.conversation.conftest import Phone
from tests.next_versions import approve, submit_next


def test_the_first_message_brings_the_notice_and_the_answer(cafe: Any, phone: Phone) -> None:
    phone.write("Wann habt ihr auf?")

    notice, answer = phone.received()
    assert "Chatbot" in notice
    assert "https://cafe-morgenrot.example/impressum" in notice
    assert answer == "Täglich von 8 bis 18 Uhr."


def test_the_notice_is_recorded_with_the_very_text(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")

    with cafe.scope():
        record = ConsentRecord.objects.get()
    assert (record.purpose, record.decision) == ("notice", "shown")
    assert record.text_version.key == "bot-notice"
    assert record.place == "Morgenrot"


def test_the_notice_comes_once_and_again_after_a_long_pause(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    phone.write("wann?")
    assert len(phone.received()) == 3

    with cafe.scope():
        Subscriber.objects.update(last_seen_at=timezone.now() - timedelta(days=31))
    phone.write("wann?")

    assert "Chatbot" in phone.received()[3]
    with cafe.scope():
        assert ConsentRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("effect", "comes_again"), [("editorial", False), ("inform", True), ("ask", True)]
)
def test_a_changed_notice_is_told_again_if_its_change_is_to_be_told(
    cafe: Any, phone: Phone, effect: str, comes_again: bool
) -> None:
    phone.write("wann?")
    new = submit_next("bot-notice", Effect(effect), words="\nNeu.")
    phone.write("wann?")
    assert len(phone.received()) == 3, "not before a lawyer has approved it"

    approve(new)
    for _ in range(2):
        phone.write("wann?")

    told = [text for text in phone.received()[3:] if text.endswith("Neu.")]
    assert len(told) == comes_again
    with cafe.scope():
        shown = ConsentRecord.objects.filter(text_version=new)
        assert shown.count() == comes_again


def test_get_started_brings_notice_and_greeting(phone: Phone) -> None:
    phone.start()

    assert phone.received()[1] == "Willkommen im Café!"


def test_what_no_rule_knows_gets_the_fallback(cafe: Any, phone: Phone) -> None:
    phone.write("Etwas ganz anderes")
    assert "https://cafe-morgenrot.example/impressum" in phone.received()[1]

    with cafe.scope():
        Bot.objects.update(fallback="Das weiß ich leider nicht.")
    phone.write("Etwas ganz anderes")
    assert phone.received()[2] == "Das weiß ich leider nicht."


def test_the_same_delivery_twice_has_one_effect(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    phone.deliver(phone.last_body())
    phone.deliver(phone.last_body())
    phone.work()

    assert len(phone.received()) == 2
    with cafe.scope():
        assert Message.objects.filter(direction="in").count() == 1


def test_what_was_said_is_kept_encrypted_and_the_event_forgets_it(cafe: Any, phone: Phone) -> None:
    from django.db import connection

    phone.write("MARKER-4711")

    with cafe.scope():
        assert Message.objects.filter(direction="in").get().text == "MARKER-4711"
        event = IncomingEvent.objects.get()
        assert (event.payload, event.sender_index) == ("", "")
        assert event.finished_at is not None
        with connection.cursor() as cursor:
            cursor.execute("SELECT m::text FROM bots_message m")
            assert not any("MARKER-4711" in row for (row,) in cursor.fetchall())


def test_imprint_and_privacy_answer_to_words(phone: Phone) -> None:
    phone.write("Hallo")
    phone.write("Impressum!")
    phone.write("datenschutz")

    assert phone.received()[2:] == [
        "Impressum: https://cafe-morgenrot.example/impressum",
        "Datenschutz: https://cafe-morgenrot.example/datenschutz",
    ]


def test_unsubscribing_asks_first_and_then_erases_and_tells(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")

    phone.tap("chatbo:unsubscribe")
    assert phone.buttons() == ["chatbo:erase", "chatbo:keep"]
    with cafe.scope():
        assert not Erasure.objects.exists()

    phone.tap("chatbo:erase")
    with cafe.scope():
        erasure = Erasure.objects.get()
        assert erasure.state == Erasure.State.TOLD
        assert not Subscriber.objects.exists()
        assert not Message.objects.exists()
    assert erasure.code in phone.received()[-1]


def test_words_do_all_that_taps_do(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    phone.write("STOP!")
    assert phone.buttons() == ["chatbo:erase", "chatbo:keep"]

    phone.write("Ja, alles löschen")

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_who_changes_their_mind_keeps_everything(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    phone.tap("chatbo:unsubscribe")

    phone.tap("chatbo:keep")

    assert "nichts gelöscht" in phone.received()[-1]
    with cafe.scope():
        assert Subscriber.objects.exists()
        assert not Erasure.objects.exists()


def test_yes_alone_erases_nobody(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    phone.write("ja")

    with cafe.scope():
        assert not Erasure.objects.exists()


def test_a_late_message_brings_nobody_back(cafe: Any, phone: Phone, queue: list[Any]) -> None:
    phone.write("Hallo")
    phone.tap("chatbo:unsubscribe")
    phone.standins.control.write(phone.chat, "Noch etwas")
    late = phone.last_body()
    phone.standins.control.tap(phone.chat, "chatbo:erase")
    phone.deliver(phone.last_body())
    phone.deliver(late)

    # The confirmation is worked on, the erasure waits, and the late message comes in between.
    confirmation, late_event = queue[0], queue[1]
    queue.clear()
    for call in (confirmation, late_event):
        run(call, phone)
    assert [name for name, *_ in queue] == ["erasure.carry_out"]
    phone.work()

    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not IncomingEvent.objects.exclude(payload="").exists()


def test_what_waited_while_somebody_was_erased_is_gone_with_them(
    cafe: Any, phone: Phone, queue: list[Any]
) -> None:
    phone.write("Hallo")
    phone.tap("chatbo:unsubscribe")
    phone.standins.control.write(phone.chat, "Noch etwas")
    phone.deliver(phone.last_body())
    waiting = queue.pop()

    phone.tap("chatbo:erase")
    run(waiting, phone)
    phone.work()

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_who_writes_after_the_erasure_starts_anew(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    phone.tap("chatbo:unsubscribe")
    phone.tap("chatbo:erase")
    before = len(phone.received())

    phone.write("wann?")

    assert "Chatbot" in phone.received()[before]
    with cafe.scope():
        assert Subscriber.objects.count() == 1


def test_of_whom_nothing_is_stored_nothing_is_stored(cafe: Any, phone: Phone) -> None:
    phone.write("Stop")

    [said] = phone.received()
    assert "Nichts" in said or "Nothing" in said
    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not IncomingEvent.objects.unfinished().exists()


def test_a_draft_answers_nobody_and_stores_nothing(cafe: Any, phone: Phone) -> None:
    with cafe.scope():
        Bot.objects.update(state=Bot.State.DRAFT)

    phone.write("wann?")

    [said] = phone.received()
    assert "8 bis 18" not in said
    assert "https://cafe-morgenrot.example/impressum" in said
    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not Message.objects.exists()


def test_unsubscribing_works_while_a_bot_is_paused(cafe: Any, phone: Phone) -> None:
    phone.write("Hallo")
    with cafe.scope():
        Bot.objects.update(state=Bot.State.PAUSED)

    phone.write("wann?")
    assert "8 bis 18" not in phone.received()[-1]
    phone.tap("chatbo:unsubscribe")
    phone.tap("chatbo:erase")

    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_a_message_to_a_parted_channel_is_forgotten(cafe: Any, phone: Phone) -> None:
    with cafe.scope():
        Channel.objects.update(state=Channel.State.DISCONNECTED)

    phone.write("Hallo")

    assert phone.received() == []
    with cafe.scope():
        assert not Subscriber.objects.exists()


def test_telegram_talks_the_same(cafe: Any, telegram_phone: Phone) -> None:
    telegram_phone.start()
    assert telegram_phone.received()[1] == "Willkommen im Café!"

    telegram_phone.write("/stop")
    assert telegram_phone.buttons() == ["chatbo:erase", "chatbo:keep"]
    telegram_phone.tap("chatbo:erase")

    with cafe.scope():
        assert Erasure.objects.get().state == Erasure.State.TOLD
        assert not Subscriber.objects.exists()
    acknowledged = telegram_phone.standins.control.calls("telegram", "answerCallbackQuery")
    assert [call["status"] for call in acknowledged] == [200]


def test_a_person_is_another_on_another_channel(
    cafe: Any, phone: Phone, telegram_phone: Phone
) -> None:
    phone.write("Hallo")
    telegram_phone.write("Hallo")

    with cafe.scope():
        assert Subscriber.objects.count() == 2
        assert Delivery.objects.count() == 0


def test_an_event_that_no_worker_survives_is_dropped_at_last(cafe: Any, phone: Phone) -> None:
    phone.standins.control.write(phone.chat, "Hallo")
    with cafe.scope():
        phone.deliver(phone.last_body())
        IncomingEvent.objects.update(attempts=30)

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        phone.work()

    with cafe.scope():
        event = IncomingEvent.objects.get()
    assert event.finished_at is not None
    assert event.payload == ""


def test_a_fault_of_ours_costs_nobody_their_message(
    cafe: Any, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatbo.conversation import handling

    def broken(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(handling, "answer_to", broken)
    with pytest.raises(ZeroDivisionError):
        phone.write("wann?")
    with cafe.scope():
        assert IncomingEvent.objects.get().last_error == "ZeroDivisionError"
        assert not Subscriber.objects.exists(), "all of it, or nothing"
    monkeypatch.undo()

    with cafe.scope():
        event = IncomingEvent.objects.get()
    with time_machine.travel(timezone.now() + timedelta(minutes=5)), phone.commit():
        handle_event(str(event.tenant_id), str(event.pk))

    with cafe.scope():
        assert Message.objects.filter(direction="out").count() == 2


def test_who_comes_by_a_link_is_greeted(phone: Phone) -> None:
    phone.write("Hallo")
    phone.pass_on(phone.standins.control.follow_link(phone.chat, "flyer"))

    assert phone.received()[-1] == "Willkommen im Café!"


def test_a_picture_gets_the_fallback(cafe: Any, phone: Phone) -> None:
    phone.standins.control.write(phone.chat, "x")
    body = phone.last_body()
    message = body["entry"][0]["messaging"][0]["message"]
    del message["text"]
    message["attachments"] = [{"type": "image", "payload": {"url": "https://a.example/1.jpg"}}]

    phone.deliver(body)
    phone.work()

    assert len(phone.received()) == 2
    with cafe.scope():
        assert Message.objects.filter(direction="in").get().text == ""


def run(call: tuple[Any, ...], phone: Phone) -> None:
    from celery import current_app

    name, *args = call
    with phone.commit():
        current_app.tasks[name](*args)
