"""Who opened the chat by a click on a tool takes that back in the chat or on the receipt."""

import html
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatbo.conversation.intake import packed, unpacked
from chatbo.conversation.receipts import withdraw_clicks
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from consent.erasure.models import Erasure
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.sealing import seal
from consent.ledger.verifying import verify_ledger
from tenants.bots.models import Subscriber
from tenants.bots.platforms.wire import Incoming, Kind
from tests.chatbo.conversation.conftest import Commit
from tests.consent.embeds.conftest import live_bot
from tests.consent.embeds.test_agreeing import form_of, press

Decision, Way = ConsentRecord.Decision, ConsentRecord.Way


@pytest.fixture
def tool(cafe: Any) -> Tool:
    bot = live_bot(cafe)
    with cafe.scope():
        return create_tool(bot, label="Chat mit uns")


@pytest.fixture
def there(cafe: Any, client: Client, tool: Tool) -> str:
    """Where the second click led: the chat, with the receipt."""
    return str(press(client, tool, form_of(cafe, tool))["Location"])


def say(client: Client, address: str, **fields: str) -> str:
    answer = client.post(address, {"nonce": str(uuid.uuid4()), **fields}, headers={"X-Chat": "1"})
    assert answer.status_code == 200
    return answer.content.decode()


def unsubscribe(client: Client, address: str, commit: Commit) -> None:
    say(client, address, payload="chatbo:unsubscribe")
    with commit():
        say(client, address, payload="chatbo:erase")


def of_clicks(business: Any) -> list[ConsentRecord]:
    with business.scope():
        return list(ConsentRecord.objects.filter(purpose="chat").order_by("given_at", "id"))


def receipt_of(business: Any, click: ConsentRecord) -> str:
    with business.scope():
        return "/" + receipt_address(click).split("/", 3)[3]


def test_unsubscribing_in_the_chat_withdraws_the_click_that_opened_it(
    cafe: Any, client: Client, there: str, commit: Commit, work: Any
) -> None:
    say(client, there, text="Hallo")
    unsubscribe(client, there, commit)
    work()

    click, withdrawal = of_clicks(cafe)
    assert (click.decision, withdrawal.decision) == (Decision.GRANTED, Decision.WITHDRAWN)
    assert withdrawal.subject_id == click.subject_id
    assert withdrawal.text_version_id == click.text_version_id
    assert (withdrawal.source, withdrawal.way) == ("bot", Way.ERASURE)
    page = Client().get(receipt_of(cafe, click)).text
    assert "Sie endete mit der Löschung" in page
    assert "/withdraw/" not in page
    client.force_login(cafe.owner)
    listed = client.get(f"/app/{cafe.tenant.slug}/consents/?decision=withdrawn").text
    assert str(withdrawal.pk) in listed


RECORDED, WITHDRAWN = "Ihre Einwilligung ist festgehalten.", "Ihre Einwilligung ist widerrufen."


def looked_for(client: Client, tool: Tool, page: str) -> str:
    """What the page gets that looks for something new, at the address that it was given."""
    address = html.unescape(page.split('data-chat="')[1].split('"', maxsplit=1)[0])
    assert address.startswith(reverse("webchat:messages", args=[tool.pk]))
    return client.get(address, headers={"X-Chat": "1"}).text


def test_the_open_chat_says_so_with_the_erasure_itself_and_in_each_tab(
    cafe: Any, client: Client, tool: Tool, there: str, commit: Commit, work: Any
) -> None:
    """Without being loaded again: above the conversation stands what the page was opened with."""
    page = client.get(there).text
    assert page.count(RECORDED) == 1
    assert RECORDED in say(client, there, text="Hallo")
    assert RECORDED not in looked_for(client, tool, page), "nothing about it is new"

    say(client, there, payload="chatbo:unsubscribe")
    with commit():
        answer = say(client, there, payload="chatbo:erase")

    for part in (answer, looked_for(client, tool, page)):
        assert WITHDRAWN in part
        assert RECORDED not in part
    work()
    assert WITHDRAWN in looked_for(client, tool, page)
    assert client.get(there).text.count(WITHDRAWN) == 1


def test_of_a_click_that_was_not_withdrawn_the_chat_does_not_say_so(
    cafe: Any, client: Client, tool: Tool, there: str, commit: Commit
) -> None:
    """Opened by another click that this visitor's chat did not know, as from another browser."""
    say(client, there, text="Hallo")
    other = Client()
    elsewhere = str(press(other, tool, form_of(cafe, tool))["Location"])
    page = other.get(elsewhere).text
    unsubscribe(client, there, commit)

    part = client.get(
        html.unescape(page.split('data-chat="')[1].split('"', maxsplit=1)[0]),
        headers={"X-Chat": "1"},
    ).text

    assert RECORDED in part
    assert WITHDRAWN not in part


def test_it_stays_anonymous_and_provable(
    cafe: Any, client: Client, there: str, commit: Commit, work: Any
) -> None:
    """Neither the click nor its end leads to the visitor, before the erasure or after it."""
    say(client, there, text="Hallo")
    click = of_clicks(cafe)[0]
    with cafe.scope():
        assert ConsentIdentity.objects.get().subject_id != click.subject_id
    unsubscribe(client, there, commit)
    work()
    seal()

    with cafe.scope():
        assert not ConsentIdentity.objects.exists()
        assert not Subscriber.objects.exists()
    assert verify_ledger().faults == []


def test_also_when_the_chat_is_opened_again_without_its_receipt(
    cafe: Any, client: Client, tool: Tool, there: str, commit: Commit
) -> None:
    say(client, there, text="Hallo")
    unsubscribe(client, reverse("webchat:chat", args=[tool.pk]), commit)

    assert [each.decision for each in of_clicks(cafe)] == [Decision.GRANTED, Decision.WITHDRAWN]


def test_all_clicks_of_one_visit_end_together(
    cafe: Any, client: Client, tool: Tool, there: str, commit: Commit
) -> None:
    """Who comes by the website's button again clicks again; the later click says nothing new."""
    say(client, there, text="Hallo")
    client.get(press(client, tool, form_of(cafe, tool))["Location"])
    unsubscribe(client, reverse("webchat:chat", args=[tool.pk]), commit)

    decisions = [each.decision for each in of_clicks(cafe)]
    assert decisions == [Decision.GRANTED] * 2 + [Decision.WITHDRAWN] * 2
    assert len({each.subject_id for each in of_clicks(cafe)}) == 2


def test_only_so_many_are_remembered(
    cafe: Any, client: Client, tool: Tool, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbo.conversation.webchat_pages.MOST_CLICKS", 2)
    say(client, there, text="Hallo")
    for _ in range(3):
        client.get(press(client, tool, form_of(cafe, tool))["Location"])

    kept = [click.pk.hex for click in of_clicks(cafe)[-2:]]
    assert f".{'-'.join(kept)}:" in client.cookies["chat"].value


def test_before_the_first_message_it_is_withdrawn_at_once_and_nothing_else_is_stored(
    cafe: Any, client: Client, there: str
) -> None:
    page = say(client, there, payload="chatbo:unsubscribe")

    assert "Ihre Einwilligung, diesen Chat zu öffnen, ist widerrufen." in page
    assert not client.cookies.get("chat") or not client.cookies["chat"].value
    click, withdrawal = of_clicks(cafe)
    assert withdrawal.subject_id == click.subject_id
    assert (withdrawal.decision, withdrawal.way) == (Decision.WITHDRAWN, Way.TAP)
    with cafe.scope():
        assert not Subscriber.objects.exists()
        assert not Erasure.objects.exists()
        assert not ConsentIdentity.objects.exists()
    assert "Ihre Einwilligung ist widerrufen." in client.get(there).text


def test_twice_is_once(cafe: Any, client: Client, there: str) -> None:
    for _ in range(2):
        say(client, there, text="Abmelden")
    Client().post(f"{receipt_of(cafe, of_clicks(cafe)[0])}withdraw/")

    assert len(of_clicks(cafe)) == 2


def test_looking_and_writing_withdraws_nothing(cafe: Any, client: Client, there: str) -> None:
    page = client.get(there).text
    assert "Ihre Einwilligung ist festgehalten." in page
    assert not client.cookies, "nothing is stored before something is said"
    say(client, there, payload="chatbo:imprint")
    say(client, there, text="Hallo")
    say(client, there, payload="chatbo:keep")

    assert [each.decision for each in of_clicks(cafe)] == [Decision.GRANTED]


def test_the_receipt_itself_takes_it_back(cafe: Any, client: Client, there: str) -> None:
    (click,) = of_clicks(cafe)
    address = receipt_of(cafe, click)
    page = Client().get(address).text
    assert f'action="{address}withdraw/"' in page
    assert "Was Sie dort geschrieben haben, finden wir von hier aus nicht" in page

    assert Client().post(f"{address}withdraw/").status_code == 302

    _, withdrawal = of_clicks(cafe)
    assert (withdrawal.source, withdrawal.way) == ("page", Way.CLICK)
    assert withdrawal.subject_id == click.subject_id
    page = Client().get(address).text
    state = page.partition('<h2 class="card-title">')[2].partition("<dl")[0]
    assert "widerrufen" in state
    assert "state-good" not in state, "what no longer holds wears no green"
    assert "/withdraw/" not in page
    assert "Ihre Einwilligung ist widerrufen." in client.get(there).text


def test_another_visitor_withdraws_nothing(cafe: Any, client: Client, tool: Tool) -> None:
    theirs = str(press(client, tool, form_of(cafe, tool))["Location"])
    mine = str(press(client, tool, form_of(cafe, tool))["Location"])
    say(client, mine, payload="chatbo:unsubscribe")

    assert len(of_clicks(cafe)) == 3
    assert "Ihre Einwilligung ist festgehalten." in client.get(theirs).text


def test_what_is_no_click_of_this_business_is_not_withdrawn(
    cafe: Any, dentist: Any, client: Client, tool: Tool, there: str
) -> None:
    say(client, there, text="Hallo")
    with cafe.scope():
        notice = ConsentRecord.objects.get(purpose="notice")
        assert not withdraw_clicks([notice.pk.hex], place="", by_erasure=True)
    with dentist.scope():
        assert not withdraw_clicks([of_clicks(cafe)[0].pk.hex], place="", by_erasure=True)
    assert len(of_clicks(cafe)) == 1


def test_an_event_of_the_release_before_is_read(cafe: Any) -> None:
    event = Incoming(event_id="1", place="p", sender="s", kind=Kind.TEXT, at=timezone.now())
    assert unpacked(packed(event)) == event
    old = re.sub(r',"clicks":\[\]', "", packed(event))
    assert "clicks" not in old
    assert unpacked(old) == event
