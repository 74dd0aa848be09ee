"""What a chat puts on record has its receipt one tap away, on every platform."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chatbo.conversation.receipts import put_addresses
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from consent.ledger.models import ConsentRecord, ShownForm
from consent.ledger.receipts import receipt_address, receipt_code
from consent.texts.models import Approval, TextVersion
from consent.texts.shipping import shipped_texts
from consent.texts.versions import Effect, decide_on_text, text_in_force
from tenants.accounts.models import User
from tenants.bots.models import Bot, Message
from tests.chatbo.conversation.conftest import Phone
from tests.consent.embeds.conftest import live_bot
from tests.consent.embeds.test_agreeing import form_of, press
from tests.next_versions import publish_next

WORDS = {"de": "Beleg ansehen", "en": "View the receipt"}


def buttons_of(said: dict[str, Any]) -> list[dict[str, str]]:
    rows = [button for row in said.get("inline_keyboard", []) for button in row]
    return rows or said.get("buttons", [])


def address_of_the_only_record(business: Any) -> str:
    with business.scope():
        return receipt_address(ConsentRecord.objects.get())


def test_messenger_shows_it_below_the_notice(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")

    notice, answer = phone.standins.control.received(phone.chat)
    (button,) = buttons_of(notice)
    assert button == {
        "type": "web_url",
        "title": WORDS["de"],
        "url": address_of_the_only_record(cafe),
    }
    assert "receipt" not in notice["text"], "Meta opens the addresses in a text"
    assert buttons_of(answer) == []


def test_telegram_shows_it_below_the_notice(cafe: Any, telegram_phone: Phone) -> None:
    telegram_phone.write("wann?")

    notice, _answer = telegram_phone.standins.control.received(telegram_phone.chat)
    assert buttons_of(notice) == [{"text": WORDS["de"], "url": address_of_the_only_record(cafe)}]


def test_the_address_opens_the_receipt_of_just_that(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    (button,) = buttons_of(phone.standins.control.received(phone.chat)[0])

    page = Client().get("/receipt/" + button["url"].split("/receipt/")[1])

    assert page.status_code == 200
    with cafe.scope():
        assert page.context["record"] == ConsentRecord.objects.get()


def test_it_speaks_the_bots_language(cafe: Any, phone: Phone) -> None:
    with cafe.scope():
        Bot.objects.update(language="en")
    phone.write("hours?")
    (button,) = buttons_of(phone.standins.control.received(phone.chat)[0])
    assert button["title"] == WORDS["en"]


def test_its_words_fit_every_platforms_buttons() -> None:
    words = {
        text.language: text.body.strip() for text in shipped_texts() if text.key == "bot-receipt"
    }
    assert words == WORDS
    assert all(len(title) <= 20 for title in words.values())


def test_without_approved_words_the_notice_goes_out_alone(cafe: Any, phone: Phone) -> None:
    """As after an update, until the lawyer has read the new text."""
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    decide_on_text(
        text_in_force("bot-receipt", "de"),
        lawyer=lawyer,
        verdict=Approval.Verdict.REJECTED,
        remark="No.",
    )
    phone.write("wann?")

    notice, answer = phone.standins.control.received(phone.chat)
    assert "Chatbot" in notice["text"]
    assert buttons_of(notice) == []
    assert answer["text"] == "Täglich von 8 bis 18 Uhr."


def test_the_address_is_stored_with_no_message(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    with cafe.scope():
        record = ConsentRecord.objects.get()
        stored = Message.objects.exclude(buttons=[]).get()
        assert str(record.pk) in json.dumps(stored.buttons)
        assert receipt_code(record) not in json.dumps(stored.buttons) + stored.text


def test_a_record_whose_time_has_come_takes_its_button_along(
    cafe: Any, dentist: Any, phone: Phone
) -> None:
    """And a neighbour's record opens nothing here."""
    phone.write("wann?")
    with cafe.scope():
        message = Message.objects.exclude(buttons=[]).get()
        put_addresses([message])
        assert len(message.buttons) == 1
        message.refresh_from_db()
    with dentist.scope():
        put_addresses([message])
    assert message.buttons == []


def test_the_form_on_record_is_the_notice_as_it_stood(cafe: Any, phone: Phone) -> None:
    phone.write("wann?")
    notice = phone.standins.control.received(phone.chat)[0]
    with cafe.scope():
        assert ShownForm.objects.get().content == notice["text"]


@pytest.fixture
def tool(cafe: Any) -> Tool:
    bot = live_bot(cafe)
    with cafe.scope():
        return create_tool(bot, label="Chat mit uns")


def test_whoever_clicked_a_tool_finds_their_receipt_in_the_chat(
    cafe: Any, client: Client, tool: Tool
) -> None:
    there = press(client, tool, form_of(cafe, tool))["Location"]
    with cafe.scope():
        address = receipt_address(ConsentRecord.objects.get())

    page = client.get(there)

    assert "Ihre Einwilligung ist festgehalten." in page.content.decode()
    assert address in page.content.decode()
    assert not page.cookies
    said = client.post(there, {"nonce": "1", "text": "hallo"})
    assert address in said.content.decode(), "also without script"


def test_the_web_chat_keeps_the_notices_receipt_while_the_talk_goes_on(
    cafe: Any, client: Client, tool: Tool
) -> None:
    url = reverse("webchat:chat", args=[tool.pk])
    for nonce in "12":
        client.post(url, {"nonce": nonce, "text": "hallo"}, headers={"X-Chat": "1"})

    page = client.get(url).content.decode()

    assert page.count(WORDS["de"]) == 1
    assert address_of_the_only_record(cafe) in page


@pytest.mark.parametrize("made_up", ["", "x", "A" * 64, "x" * 10_000, "ä" * 64])
def test_a_made_up_receipt_is_shown_to_nobody(client: Client, tool: Tool, made_up: str) -> None:
    page = client.get(reverse("webchat:chat", args=[tool.pk]), {"receipt": made_up})
    assert page.status_code == 200
    assert "Ihre Einwilligung ist festgehalten." not in page.content.decode()


def test_a_receipt_of_a_neighbour_or_of_no_click_is_not_shown(
    cafe: Any, dentist: Any, client: Client, tool: Tool
) -> None:
    with dentist.scope():
        theirs = create_tool(live_bot(dentist), label="Termin")
    neighbours = press(client, theirs, form_of(dentist, theirs))["Location"].split("receipt=")[1]
    url = reverse("webchat:chat", args=[tool.pk])
    client.post(url, {"nonce": "1", "text": "hallo"}, headers={"X-Chat": "1"})
    with cafe.scope():
        of_no_click = receipt_code(ConsentRecord.objects.get())

    for code in (neighbours, of_no_click):
        page = client.get(url, {"receipt": code}).content.decode()
        assert "Ihre Einwilligung ist festgehalten." not in page


def asked(phone: Phone, text: str) -> list[str]:
    """What the texts' room and the ledger are asked while one more message is answered."""
    with CaptureQueriesContext(connection) as captured:
        phone.write(text)
    tables = ("texts_approval", "texts_textversion", "ledger_")
    questions = (query["sql"] for query in captured if query["sql"].startswith("SELECT"))
    return [sql for sql in questions if any(f'FROM "{table}' in sql for table in tables)]


def test_whether_the_notice_has_changed_costs_two_questions_a_message(phone: Phone) -> None:
    phone.write("wann?")
    assert len(asked(phone, "wann?")) == 2
    assert len(asked(phone, "etwas anderes")) == 3, "one for the fallback's words"
    assert len(asked(phone, "Stop")) == 3, "one for the question and both its buttons"


def test_many_versions_cost_no_more_questions(phone: Phone) -> None:
    phone.write("wann?")
    for number in range(5):
        publish_next("bot-notice", Effect.EDITORIAL, words=f" {number}")
    assert TextVersion.objects.filter(key="bot-notice", language="de").count() == 6
    assert len(asked(phone, "wann?")) == 2
