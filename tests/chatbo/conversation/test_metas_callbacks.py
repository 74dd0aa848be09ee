"""Meta says that somebody wants to be forgotten: in every business that they chatted with."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatbo.conversation.metas_requests import take_in_callback
from chatbo.conversation.passing_on import OFTEN, _pass_on
from chatbo.conversation.signatures import open_signed_request
from chatbo.conversation.tasks import carry_out_request
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.jobs.sweep import sweep
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from consent.erasure.requests import request_erasure
from standins.testing import Running
from tenants.bots.bots import create_bot
from tenants.bots.channels import connect_messenger, disconnect_channel
from tenants.bots.models import Bot, Channel, Subscriber
from tests.chatbo.conversation.conftest import MENU, Commit, Phone
from tests.chatbo.conversation.meta_speaks import (
    DEAUTHORIZE,
    DELETION,
    meta_posts,
    signed_request,
)

State = ErasureRequest.State
Work = Callable[[], None]
ENGLISH = {"accept-language": "en"}


def asid(standins: Running, person: int = 1) -> str:
    return str(standins.control.state()["persons"][person - 1]["asid"])


def only() -> ErasureRequest:
    return ErasureRequest.objects.get()


def page_of(client: Client, answer: Any) -> str:
    path = "/" + answer.json()["url"].split("/", 3)[3]
    return str(client.get(path, headers=ENGLISH).content.decode())


def calls_of_graph(standins: Running) -> list[dict[str, Any]]:
    return standins.control.calls("graph", "ids_for_pages")


@pytest.fixture
def asked(client: Client, standins: Running, commit: Commit) -> Callable[..., Any]:
    """Meta passes on that the first person of the phone wants to be forgotten."""

    def ask(address: str = DELETION, said: str = "") -> Any:
        with commit():
            return meta_posts(client, said or signed_request(asid(standins)), address)

    return ask


@pytest.fixture
def at_the_dentist(dentist: Any, phone: Phone, commit: Commit, work: Work) -> Phone:
    """The same person chats with the dentist's page as well."""
    with commit(), dentist.scope():
        bot = create_bot(name="Linde")
        connect_messenger(bot, token="page-token-2002", menu=MENU)
        Bot.objects.update(state=Bot.State.LIVE)
    work()
    other = Phone(phone.standins, "messenger-2002", phone.client, phone.commit, phone.work)
    other.write("Guten Tag")
    return other


def people(business: Any) -> int:
    with business.scope():
        return Subscriber.objects.count()


def test_the_answer_comes_at_once_and_meta_gets_a_page_of_ours(
    client: Client, channel: Channel, asked: Any, queue: list[Any], settings: Any
) -> None:
    answer = asked()

    said = answer.json()
    assert set(said) == {"url", "confirmation_code"}
    assert said["confirmation_code"].isalnum()
    assert said["url"] == f"{settings.BASE_URL}/erasure/{said['confirmation_code']}/"
    assert queue == [("meta.carry_out", "", str(only().pk))]
    assert "We are asking Meta which chats are yours" in page_of(client, answer)


def test_the_person_is_erased_wherever_they_chatted(
    client: Client,
    cafe: Any,
    dentist: Any,
    phone: Phone,
    at_the_dentist: Phone,
    asked: Any,
    work: Work,
) -> None:
    phone.write("Wann ist geöffnet?")
    phone.standins.control.write("messenger-1001", "Ich bleibe", person=2)
    phone.deliver(phone.last_body())
    work()
    assert (people(cafe), people(dentist)) == (2, 1)

    answer = asked()
    work()

    assert (people(cafe), people(dentist)) == (1, 0)
    assert only().state == State.DONE
    for business in (cafe, dentist):
        with business.scope():
            erasure = Erasure.objects.get()
            assert erasure.origin == Erasure.Origin.META
            assert erasure.request_id == only().pk
            assert (erasure.policy_id, erasure.due_at) == (only().policy_id, only().due_at)
            assert erasure.state == Erasure.State.TOLD
    page = page_of(client, answer)
    assert "Your chats with 2 businesses" in page
    assert "Everything about you has been deleted" in page
    for code in only().parts:
        assert f"/erasure/{code}/" in page
        assert client.get(f"/erasure/{code}/").status_code == 200


def test_the_page_names_no_business_and_no_person(
    client: Client, standins: Running, phone: Phone, at_the_dentist: Phone, asked: Any, work: Work
) -> None:
    phone.write("Hallo")

    answer = asked()
    before = page_of(client, answer)
    work()

    for page in (before, page_of(client, answer)):
        for name in ("Morgenrot", "Linde", "1001", "2002", asid(standins)):
            assert name not in page
        for person in (phone, at_the_dentist):
            assert standins.control.address(person.chat) not in page


def test_when_it_is_done_the_number_is_nowhere_any_more(
    standins: Running, phone: Phone, asked: Any, work: Work
) -> None:
    phone.write("Hallo")
    asked()
    assert only().app_scoped_id == asid(standins)

    work()

    row = only()
    assert row.app_scoped_id == row.person_index == ""
    with platform_scope("test"), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(each)::text FROM erasure_erasurerequest each")
        assert asid(standins) not in cursor.fetchone()[0]


def test_of_whom_nothing_is_stored_there_is_a_code_that_says_so(
    client: Client, channel: Channel, asked: Any, work: Work
) -> None:
    answer = asked()
    work()

    assert only().state == State.NOTHING
    page = page_of(client, answer)
    assert "Nothing of you was stored" in page
    assert "Write “Stop” in the chat" in page


def test_a_chat_with_a_page_that_nobody_here_has_is_nothing_of_ours(
    cafe: Any, channel: Channel, standins: Running, asked: Any, work: Work
) -> None:
    standins.control.page("3003", subscribed_fields=["messages"])
    standins.control.write("messenger-3003", "Hallo")

    asked()
    work()

    assert only().state == State.NOTHING


def test_whoever_had_the_page_before_erases_too(
    cafe: Any, dentist: Any, phone: Phone, channel: Channel, asked: Any, commit: Commit, work: Work
) -> None:
    phone.write("Hallo")
    with commit(), cafe.scope():
        disconnect_channel(channel)
    with commit(), dentist.scope():
        bot = create_bot(name="Linde")
        connect_messenger(bot, token="page-token-1001", menu=MENU)
        Bot.objects.update(state=Bot.State.LIVE)
    work()
    phone.write("Noch da?")
    assert (people(cafe), people(dentist)) == (1, 1)

    asked()
    work()

    assert (people(cafe), people(dentist)) == (0, 0)
    assert len(only().parts) == 2


def test_all_parts_of_a_long_answer_are_read(
    cafe: Any, bot: Bot, standins: Running, asked: Any, commit: Commit, work: Work, client: Client
) -> None:
    control = standins.control
    for number in range(26):
        control.add_page(str(5000 + number), f"Seite {number}")
        control.page(str(5000 + number), subscribed_fields=["messages"])
        control.write(f"messenger-{5000 + number}", "Hallo")
    token = control.add_page("9001", "Die letzte")
    with commit(), cafe.scope():
        connect_messenger(bot, token=token, menu=MENU)
    work()
    Phone(standins, "messenger-9001", client, commit, work).write("Hallo")

    asked()
    work()

    assert people(cafe) == 0
    assert len(calls_of_graph(standins)) == 2


# --- Twice, late, and after somebody came back ---


def test_twice_is_once_while_it_is_open(
    standins: Running, phone: Phone, asked: Any, queue: list[Any]
) -> None:
    first = asked().json()
    other_words = signed_request(asid(standins), more="later")
    second = asked(said=other_words).json()

    assert second == first
    assert len(queue) == 1


def test_the_same_words_get_the_same_code_for_ever(
    standins: Running, cafe: Any, phone: Phone, asked: Any, work: Work
) -> None:
    said = signed_request(asid(standins))
    first = asked(said=said).json()
    work()

    signature, _, words = said.partition(".")
    assert asked(said=said).json() == first
    assert asked(said=f"{signature}=.{words}").json() == first, "spelled in another way"
    assert only().state == State.NOTHING


def test_an_old_letter_erases_nobody_who_came_back(
    standins: Running, cafe: Any, phone: Phone, asked: Any, work: Work
) -> None:
    said = signed_request(asid(standins))
    phone.write("Hallo")
    asked(said=said)
    work()
    phone.write("Da bin ich wieder")
    assert people(cafe) == 1

    asked(said=said)
    work()

    assert people(cafe) == 1


def test_whoever_comes_back_while_meta_is_away_stays(
    standins: Running, cafe: Any, phone: Phone, asked: Any, work: Work
) -> None:
    standins.control.fail("graph", "ids_for_pages", code=2)
    asked()
    work()
    phone.write("Ich fange neu an")

    ErasureRequest.objects.update(not_before=timezone.now())
    carry_out_request("", str(only().pk))

    assert people(cafe) == 1
    assert only().state == State.NOTHING


def test_a_new_wish_after_the_old_one_has_a_code_of_its_own(
    standins: Running, cafe: Any, phone: Phone, asked: Any, work: Work
) -> None:
    phone.write("Hallo")
    first = asked().json()
    work()
    phone.write("Da bin ich wieder")

    second = asked(said=signed_request(asid(standins), more="new words")).json()
    work()

    assert second["confirmation_code"] != first["confirmation_code"]
    assert people(cafe) == 0


def test_removing_the_app_in_the_same_second_is_another_request(
    standins: Running, phone: Phone, asked: Any, work: Work
) -> None:
    said = signed_request(asid(standins))

    asked(DEAUTHORIZE, said)
    asked(DELETION, said)

    assert ErasureRequest.objects.count() == 2


def test_an_erasure_under_way_is_the_part(
    cafe: Any, phone: Phone, asked: Any, work: Work, commit: Commit
) -> None:
    phone.write("Hallo")
    with commit(), cafe.scope():
        own = request_erasure(Subscriber.objects.get(), origin=Erasure.Origin.BOT)

    with commit():
        take = asked()
    assert take.status_code == 200
    carry_out_request("", str(only().pk))

    assert only().parts == [own.code]


def test_two_callbacks_at_once_are_one_request(
    standins: Running, phone: Phone, commit: Commit
) -> None:
    """What the second finds when it has waited for its turn."""
    said = open_signed_request(signed_request(asid(standins)))
    origin = ErasureRequest.Origin.DELETION

    assert take_in_callback(said, origin=origin) == take_in_callback(said, origin=origin)


# --- Killed, away, refused ---


def test_killed_between_two_businesses_both_are_asked_and_named(
    cafe: Any,
    dentist: Any,
    standins: Running,
    phone: Phone,
    at_the_dentist: Phone,
    asked: Any,
    work: Work,
    queue: list[Any],
    commit: Commit,
) -> None:
    phone.write("Hallo")
    asked()
    queue.clear()
    with commit():
        request = ErasureRequest.objects.claim(str(only().pk))
        assert request is not None
        _pass_on(request, {"1001": standins.control.address(phone.chat)})
    work()  # The café's erasure ends; then the lease of the killed worker does.
    assert (people(cafe), people(dentist)) == (0, 1)
    ErasureRequest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    sweep()
    work()

    assert people(dentist) == 0
    assert len(only().parts) == 2
    assert only().state == State.DONE


def test_with_the_queue_lost_the_sweep_finds_it(
    cafe: Any, phone: Phone, asked: Any, work: Work, queue: list[Any]
) -> None:
    phone.write("Hallo")
    asked()
    queue.clear()

    sweep()
    assert queue == [("meta.carry_out", "", str(only().pk))]
    work()

    assert people(cafe) == 0


def test_two_workers_at_once_are_one(channel: Channel, asked: Any, standins: Running) -> None:
    asked()
    assert ErasureRequest.objects.claim(str(only().pk))

    carry_out_request("", str(only().pk))

    assert calls_of_graph(standins) == []


def test_with_meta_away_it_is_tried_again(cafe: Any, phone: Phone, asked: Any, work: Work) -> None:
    phone.write("Hallo")
    phone.standins.control.fail("graph", "ids_for_pages", kind="drop")
    asked()
    work()
    waiting = only()
    assert waiting.state == State.OPEN
    assert waiting.failed_at is None
    assert waiting.last_error
    assert people(cafe) == 1

    ErasureRequest.objects.update(not_before=timezone.now())
    sweep()
    work()

    assert people(cafe) == 0
    assert only().state == State.DONE


def test_a_rate_limit_is_waited_for(
    channel: Channel, standins: Running, asked: Any, work: Work
) -> None:
    standins.control.fail("graph", "ids_for_pages", code=4, retry_after=600)

    asked()
    work()

    assert only().not_before > timezone.now() + timedelta(minutes=9)
    assert only().failed_at is None


def test_what_was_tried_often_in_vain_is_an_alarm_and_tried_on(
    client: Client, channel: Channel, standins: Running, asked: Any, work: Work, caplog: Any
) -> None:
    answer = asked()
    standins.control.fail("graph", "ids_for_pages", count=20, code=2)
    for _ in range(OFTEN):
        ErasureRequest.objects.update(not_before=timezone.now(), lease_until=None)
        carry_out_request("", str(only().pk))

    assert only().failed_at is not None
    assert only().not_before > timezone.now()
    assert "erasure_request_failing" in caplog.text
    assert "We have been alerted" in page_of(client, answer)


@pytest.mark.parametrize(
    "refusal", [{"code": 100}, {"code": 100, "subcode": 33}, {"code": 10}, {"code": 200}]
)
def test_what_meta_refuses_for_good_is_not_lost(
    client: Client,
    cafe: Any,
    phone: Phone,
    asked: Any,
    work: Work,
    refusal: dict[str, int],
    caplog: Any,
) -> None:
    phone.write("Hallo")
    phone.standins.control.fail("graph", "ids_for_pages", **refusal)

    answer = asked()
    work()

    refused = only()
    assert (refused.state, refused.failed_at is None) == (State.OPEN, False)
    assert refused.last_error.startswith(str(refusal["code"]))
    assert refused.app_scoped_id, "it is still needed"
    assert "erasure_request_failing" in caplog.text
    assert "has not told us yet which chats are yours" in page_of(client, answer)

    ErasureRequest.objects.update(not_before=timezone.now())
    sweep()
    work()
    assert people(cafe) == 0
    assert only().failed_at is None


UNREADABLE = [
    {},
    {"data": None},
    {"data": {}},
    {"data": {"id": "1"}},
    {"data": ["1"]},
    {"data": [{"id": "1"}]},
    {"data": [{"id": "1", "page": "1001"}]},
    {"data": [], "paging": {"next": "https://elsewhere.example/"}},
    {"data": [], "paging": "next"},
]


@pytest.mark.parametrize("said", UNREADABLE, ids=json.dumps)
def test_an_answer_that_cannot_be_read_is_no_proof_that_nothing_is_stored(
    cafe: Any, phone: Phone, asked: Any, work: Work, settings: Any, said: Any
) -> None:
    phone.write("Hallo")
    asked()

    with always_answering(said) as settings.META_GRAPH_URL:
        work()

    assert only().state == State.OPEN
    assert only().last_error == "unreadable"
    assert only().failed_at is not None


def test_an_answer_without_an_end_is_not_read_for_ever(
    channel: Channel, asked: Any, work: Work, settings: Any
) -> None:
    asked()

    more = {"data": [], "paging": {"next": "x", "cursors": {"after": "again"}}}
    with always_answering(more) as settings.META_GRAPH_URL:
        work()

    assert only().last_error == "unreadable"


@contextmanager
def always_answering(said: Any) -> Iterator[str]:
    """A Graph API that has lost its mind: the same to whatever is asked."""
    body = json.dumps(said).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


# --- The app was removed ---


def test_removing_the_app_erases_no_chat(
    client: Client, cafe: Any, phone: Phone, asked: Any, work: Work
) -> None:
    phone.write("Hallo")

    answer = asked(DEAUTHORIZE)
    work()

    assert (answer.status_code, answer.content) == (200, b"")
    assert people(cafe) == 1
    assert only().state == State.NOTHING
    assert calls_of_graph(phone.standins) == [], "whom it is about is known without Meta"


# --- The code ---


def test_codes_cannot_be_guessed_and_unknown_ones_look_alike(
    client: Client, channel: Channel, asked: Any, cafe: Any, phone: Phone
) -> None:
    code = asked().json()["confirmation_code"]
    assert len(code) == 27
    near = code[:-1] + ("2" if code[-1] != "2" else "3")

    unknown = client.get(f"/erasure/{near}/")
    assert unknown.status_code == 404
    assert unknown.content == client.get(f"/erasure/{near[::-1]}/").content
    page = client.get(f"/erasure/{code.upper()}/")
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert client.get(f"/erasure/{code}/certificate.json").status_code == 404
