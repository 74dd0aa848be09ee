"""Whoever is erased here, the business's own systems are told so: once certain, signed, and again
until they have taken it (Art. 19 GDPR)."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.jobs.sweep import sweep
from consent.erasure import bulk, deletion
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.recipients import delivering
from consent.erasure.recipients.delivering import LONGEST_ASKED, OTHERS_WAIT, deliver_notice
from consent.erasure.recipients.models import ErasureNotice, Recipient
from consent.erasure.recipients.notices import MOST_PEOPLE, hurry_notices
from consent.erasure.recipients.registering import (
    add_recipient,
    pause_recipient,
    remove_recipient,
    renew_secret,
    resume_recipient,
)
from consent.erasure.recipients.signing import signed
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import all_of
from consent.erasure.tasks import carry_out_many
from tenants.bots.models import Subscriber
from tests.consent.conftest import MARKER
from tests.consent.erasure.crowds import channel_of_bot, crowd
from tests.foundation.outbound.conftest import (  # noqa: F401 (fixtures)
    OTHER_PUBLIC,
    Internet,
    authority,
    internet,
)

from .receiver import HOST, URL, Receiver, reply

State = ErasureNotice.State


@pytest.fixture
def recipient(cafe: Any) -> Recipient:
    with cafe.scope():
        return add_recipient(name="Kasse", country="DE", url=URL)


@pytest.fixture
def receiver(
    internet: Internet,  # noqa: F811
    recipient: Recipient,
    monkeypatch: pytest.MonkeyPatch,
) -> Receiver:
    """The business's system, reached by the guarded client over the tests' own wires."""
    monkeypatch.setattr(delivering, "post", internet.client(seconds=1).post)
    return Receiver(internet, secrets=[recipient.secret])


@pytest.fixture
def erased(cafe: Any, person: Any, receiver: Receiver, queue: Any) -> Erasure:
    """An erasure that is carried out; its notice is not sent yet."""
    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        delete_subject(erasure)
    queue.clear()
    return erasure


def notice_of(business: Any) -> ErasureNotice:
    with business.scope():
        return ErasureNotice.objects.get()


def deliver(business: Any) -> ErasureNotice:
    """Try the one notice once, as its task does."""
    notice = notice_of(business)
    deliver_notice(str(notice.tenant_id), str(notice.pk))
    return notice_of(business)


def when_due(business: Any) -> Any:
    return time_machine.travel(notice_of(business).not_before + timedelta(seconds=1), tick=True)


# --- What is told ---


def test_the_signature_is_that_of_the_specifications_example() -> None:
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        '{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        at=timezone.datetime.fromtimestamp(1614265330, tz=timezone.get_default_timezone()),
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_system_is_told_whom_to_forget_and_nothing_else(
    cafe: Any, person: Any, erased: Erasure, receiver: Receiver
) -> None:
    told = deliver(cafe)

    (taken,) = receiver.taken
    assert taken.body.pop("timestamp").endswith("Z")
    assert taken.body == {
        "type": "person.erased",
        "data": {
            "erasure": erased.code,
            "people": [
                {
                    "subject": str(person.subscriber.pk),
                    "platform": "messenger",
                    "account": "1001",
                    "person": person.address,
                }
            ],
        },
    }
    assert told.state == State.DELIVERED
    assert told.finished_at
    assert MARKER not in receiver.site.requests[0]


def test_its_id_is_random_and_says_nothing_of_the_person(
    cafe: Any, person: Any, erased: Erasure
) -> None:
    number = notice_of(cafe).message_id.removeprefix("msg_")

    assert len(number) == 27  # letters of 31: 132 bits
    for known in (person.address, person.subscriber.pk.hex, erased.code, erased.pk.hex):
        assert known not in number


def test_what_it_holds_lies_encrypted_and_goes_when_it_is_delivered(
    cafe: Any, person: Any, erased: Erasure
) -> None:
    def stored() -> tuple[str, Any]:
        with cafe.scope(), connection.cursor() as cursor:
            cursor.execute("SELECT body, subject_id FROM erasure_erasurenotice")
            return cursor.fetchone()

    body, subject = stored()
    assert body.startswith("gAAAA")
    assert subject == person.subscriber.pk
    assert person.address in notice_of(cafe).body

    deliver(cafe)

    assert stored() == ("", None)


def test_with_the_deletion_undone_there_is_no_notice(
    cafe: Any, person: Any, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    monkeypatch.setattr(deletion, "record", fail)  # the last step of the transaction
    with pytest.raises(ZeroDivisionError), cafe.scope():
        delete_subject(erasure)

    with cafe.scope():
        assert Subscriber.objects.exists()
        assert not ErasureNotice.objects.exists()


def test_the_worker_is_woken_with_ids_once_it_is_certain(
    cafe: Any, person: Any, receiver: Receiver, queue: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        delete_subject(erasure)
        assert queue == []

    notice = notice_of(cafe)
    assert queue[-1] == ("erasure.notify", str(cafe.tenant.pk), str(notice.pk))


def test_without_recipients_nobody_is_told(cafe: Any, person: Any) -> None:
    with cafe.scope():
        delete_subject(request_erasure(person.subscriber, origin=Erasure.Origin.BOT))
        assert not ErasureNotice.objects.exists()


def test_a_neighbours_system_is_not_told(
    cafe: Any,
    dentist: Any,
    person: Any,
    internet: Internet,  # noqa: F811
    receiver: Receiver,
) -> None:
    with dentist.scope():
        theirs = add_recipient(name="Praxis", country="DE", url="https://praxis.example/erased")
    with cafe.scope():
        delete_subject(request_erasure(person.subscriber, origin=Erasure.Origin.BOT))

    assert notice_of(cafe).recipient_id != theirs.pk
    with dentist.scope():
        assert not ErasureNotice.objects.exists()


def test_each_system_gets_a_notice_with_its_own_signature(
    cafe: Any,
    person: Any,
    internet: Internet,  # noqa: F811
    receiver: Receiver,
) -> None:
    with cafe.scope():
        second = add_recipient(name="Kartei", country="AT", url="https://kartei.example/erased")
        other = Receiver(
            internet, host="kartei.example", address=OTHER_PUBLIC, secrets=[second.secret]
        )
        internet.names["kartei.example"], internet.sites[OTHER_PUBLIC] = (
            [[OTHER_PUBLIC]],
            other.site,
        )
        internet.sites["93.184.215.14"] = receiver.site
        delete_subject(request_erasure(person.subscriber, origin=Erasure.Origin.BOT))
        notices = list(ErasureNotice.objects.all())
    for notice in notices:
        deliver_notice(str(notice.tenant_id), str(notice.pk))

    assert receiver.people == other.people != []
    assert receiver.ids != other.ids
    assert receiver.refused == other.refused == []


# --- Many people ---


def test_many_people_share_notices_of_a_size_that_receivers_take(
    cafe: Any, receiver: Receiver, queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "SMALLEST", 130)  # All of them in one batch.
    with cafe.scope():
        channel = channel_of_bot()
        people = {(str(each.pk), each.external_id) for each in crowd(channel, 130)}
        job = request_erasure_of_many(
            all_of(until=timezone.now()), origin=Erasure.Origin.TENANT, language="de"
        )
    carry_out_many(str(cafe.tenant.pk), str(job.pk))
    with cafe.scope():
        notices = list(ErasureNotice.objects.filter(erasure=job))
        assert all(each.subject_id is None and each.people <= MOST_PEOPLE for each in notices)
    for notice in notices:
        deliver_notice(str(notice.tenant_id), str(notice.pk))

    assert len(receiver.taken) == 2
    assert len(receiver.people) == 130
    assert {(each["subject"], each["person"]) for each in receiver.people} == people
    assert receiver.refused == []
    with cafe.scope():
        assert {each.body for each in ErasureNotice.objects.all()} == {""}


# --- Tried again ---


ANSWERS: dict[str, tuple[bytes | Callable[[Any], None], str]] = {
    "an error": (reply(500), "status 500"),
    "a refusal": (reply(400), "status 400"),
    "a redirect": (reply(302, Location="https://elsewhere.example/"), "status 302"),
    "a redirect inside": (reply(302, Location="https://127.0.0.1/"), "status 302"),
    "silence": (lambda connection: time.sleep(2), "slow"),
    "a drip": (
        lambda connection: [
            (connection.sendall(b"HTTP/1.1 200 "[i : i + 1]), time.sleep(0.2)) for i in range(13)
        ],
        "slow",
    ),
    "no HTTP": (b"220 mail.example ESMTP\r\n", "broken"),
    "an endless head": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, "broken"),
}


@pytest.mark.parametrize(("played", "error"), ANSWERS.values(), ids=ANSWERS)
def test_whatever_else_comes_it_is_tried_again_under_the_same_id(
    cafe: Any, erased: Erasure, receiver: Receiver, played: Any, error: str
) -> None:
    receiver.answers = [played]

    put_off = deliver(cafe)
    assert (put_off.state, put_off.last_error) == (State.WAITING, error)
    assert put_off.body
    with when_due(cafe):
        assert deliver(cafe).state == State.DELIVERED

    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1
    assert receiver.site.connections == 2  # and at nobody else's


@pytest.mark.parametrize("body", [b"x" * 5_000_000, b""], ids=["huge", "never comes"])
def test_an_answers_page_is_not_read_however_large_it_is(
    cafe: Any, erased: Erasure, receiver: Receiver, body: bytes
) -> None:
    def flood(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + body)

    receiver.answers = [flood]
    began = time.monotonic()

    assert deliver(cafe).state == State.DELIVERED
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("name", ["10.0.0.5", "127.0.0.1", "169.254.169.254", "::1"])
def test_a_name_that_leads_inside_by_now_is_not_connected_to(
    cafe: Any,
    erased: Erasure,
    receiver: Receiver,
    internet: Internet,  # noqa: F811
    name: str,
) -> None:
    internet.names[HOST] = [[name]]
    internet.sites[name] = receiver.site

    assert deliver(cafe).last_error == "not_public"
    assert receiver.site.connections == 0


def test_the_pauses_grow_until_three_days_are_over_then_it_is_given_up_and_dropped(
    cafe: Any, erased: Erasure, receiver: Receiver
) -> None:
    receiver.answers = [reply(500)] * 50
    tries = []
    while (notice := notice_of(cafe)).state == State.WAITING:
        tries.append(notice.not_before)
        with when_due(cafe):
            deliver(cafe)

    pauses = [later - earlier for earlier, later in pairwise(tries)]
    for shorter, longer in pairwise(pauses[:-1]):  # Each is some moments late on a busy machine.
        assert longer > shorter - timedelta(minutes=1)
    assert pauses[-2] > timedelta(hours=19)
    assert 8 <= len(receiver.taken) == len(tries) <= 12
    assert abs(tries[-1] - notice.created_at - timedelta(days=3)) < timedelta(seconds=1)
    assert (notice.state, notice.last_error) == (State.GIVEN_UP, "status 500")
    assert (notice.body, notice.subject_id) == ("", None)
    assert notice.finished_at


def test_what_is_finished_is_not_sent_again(cafe: Any, erased: Erasure, receiver: Receiver) -> None:
    deliver(cafe)
    deliver(cafe)

    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    ("asked", "at_least", "at_most"),
    [
        ("600", timedelta(minutes=9), timedelta(minutes=11)),
        ("0", timedelta(seconds=2), timedelta(seconds=6)),
        ("-5", timedelta(seconds=2), timedelta(seconds=6)),
        ("soon", timedelta(seconds=2), timedelta(seconds=6)),
        ("²", timedelta(seconds=2), timedelta(seconds=6)),
        pytest.param("9" * 5000, timedelta(seconds=2), timedelta(seconds=6), id="a long number"),
        ("999999999", LONGEST_ASKED - timedelta(minutes=1), LONGEST_ASKED),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_ASKED - timedelta(minutes=1), LONGEST_ASKED),
        ("Fri, 31 Dec 1999 23:59:59 GMT", timedelta(seconds=2), timedelta(seconds=6)),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to_within_bounds(
    cafe: Any,
    erased: Erasure,
    receiver: Receiver,
    asked: str,
    at_least: timedelta,
    at_most: timedelta,
) -> None:
    receiver.answers = [reply(503, Retry_After=asked)]

    pause = deliver(cafe).not_before - timezone.now()

    assert at_least < pause <= at_most


def test_a_system_that_is_down_is_spared_the_notices_behind(
    cafe: Any, receiver: Receiver, queue: Any
) -> None:
    with cafe.scope():
        for each in crowd(channel_of_bot(), 3):
            delete_subject(request_erasure(each, origin=Erasure.Origin.TENANT))
        first, *others = ErasureNotice.objects.order_by("created_at")
    receiver.answers = [reply(503, Retry_After="3600")]
    deliver_notice(str(first.tenant_id), str(first.pk))
    for notice in others:
        deliver_notice(str(notice.tenant_id), str(notice.pk))
    assert len(receiver.taken) == 1

    with time_machine.travel(timezone.now() + OTHERS_WAIT + timedelta(seconds=1), tick=True):
        for notice in others:
            deliver_notice(str(notice.tenant_id), str(notice.pk))

    assert len(receiver.taken) == 3


def test_what_it_refuses_for_itself_holds_up_nothing_behind(
    cafe: Any, receiver: Receiver, queue: Any
) -> None:
    with cafe.scope():
        for each in crowd(channel_of_bot(), 2):
            delete_subject(request_erasure(each, origin=Erasure.Origin.TENANT))
        notices = list(ErasureNotice.objects.order_by("created_at"))
    receiver.answers = [reply(400)]
    for notice in notices:
        deliver_notice(str(notice.tenant_id), str(notice.pk))

    with cafe.scope():
        states = ErasureNotice.objects.order_by("created_at").values_list("state", flat=True)
        assert list(states) == [State.WAITING, State.DELIVERED]


def test_on_the_businesss_word_it_is_tried_now(
    cafe: Any, erased: Erasure, receiver: Receiver, queue: Any, commit: Any
) -> None:
    receiver.answers = [reply(500)] * 3
    for _ in range(3):
        with when_due(cafe):
            deliver(cafe)
    with commit(), cafe.scope():
        assert hurry_notices(erased) == 1

    assert queue[-1] == ("erasure.notify", str(cafe.tenant.pk), str(notice_of(cafe).pk))
    assert deliver(cafe).state == State.DELIVERED
    with cafe.scope():
        assert hurry_notices(erased) == 0


# --- Switched off, paused, removed ---


def test_one_that_says_gone_is_switched_off_and_the_business_is_told(
    cafe: Any, erased: Erasure, receiver: Receiver
) -> None:
    from chatbo.foundation.mail.models import OutgoingMail

    dpo = cafe.member("dpo")
    cafe.member("editor")
    receiver.answers = [reply(410)]

    given_up = deliver(cafe)

    assert (given_up.state, given_up.last_error) == (State.GIVEN_UP, "gone")
    assert (given_up.body, given_up.subject_id) == ("", None)
    with cafe.scope():
        assert Recipient.objects.get().state == Recipient.State.GONE
        told = {mail.recipient: mail.body for mail in OutgoingMail.objects.all()}
        assert set(told) == {cafe.owner.email, dpo.email}
        assert all("Kasse" in body and "/erasures/recipients/" in body for body in told.values())


def test_one_that_is_switched_off_gets_nothing_until_it_is_used_again(
    cafe: Any, erased: Erasure, receiver: Receiver
) -> None:
    receiver.answers = [reply(410)]
    deliver(cafe)
    with cafe.scope():
        (first, second) = crowd(channel_of_bot(), 2)
        delete_subject(request_erasure(first, origin=Erasure.Origin.TENANT))
        assert not ErasureNotice.objects.unfinished().exists()

        resume_recipient(Recipient.objects.get())
        delete_subject(request_erasure(second, origin=Erasure.Origin.TENANT))
        notice = ErasureNotice.objects.unfinished().get()
    deliver_notice(str(notice.tenant_id), str(notice.pk))

    assert receiver.taken[-1].body["data"]["people"][0]["subject"] == str(second.pk)


def test_while_it_is_paused_notices_wait_and_then_go_out(
    cafe: Any, person: Any, recipient: Recipient, receiver: Receiver, queue: Any, commit: Any
) -> None:
    with commit(), cafe.scope():
        pause_recipient(recipient)
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        delete_subject(erasure)
        assert hurry_notices(erasure) == 0
    assert "erasure.notify" not in [name for name, *_ in queue]
    deliver(cafe)
    assert receiver.taken == []

    with cafe.scope():
        resume_recipient(recipient)

    assert deliver(cafe).state == State.DELIVERED


def test_one_that_waits_for_its_next_try_when_it_is_paused_waits_on(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    receiver.answers = [reply(500)]
    deliver(cafe)
    with cafe.scope():
        pause_recipient(recipient)
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        deliver(cafe)
        # Put off by a worker in the moment in which it was paused: it comes up all the same.
        with cafe.scope():
            ErasureNotice.objects.update(not_before=timezone.now())
        assert deliver(cafe).state == State.WAITING

    assert len(receiver.taken) == 1


def test_what_is_paused_too_long_is_given_up(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    with cafe.scope():
        pause_recipient(recipient)
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1), tick=True):
        given_up = deliver(cafe)

    assert (given_up.state, given_up.last_error, given_up.body) == (State.GIVEN_UP, "paused", "")
    assert receiver.taken == []


def test_with_the_recipient_removed_what_waits_is_dropped_and_stays_on_record(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    with cafe.scope():
        remove_recipient(recipient)
    left = deliver(cafe)

    assert receiver.taken == []
    assert (left.state, left.last_error, left.body) == (State.GIVEN_UP, "removed", "")
    assert left.recipient_id is None
    assert left.recipient_name == "Kasse"


def test_one_that_is_removed_while_it_is_told_is_not_written_to_again(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    def remove_and_fail(connection: Any) -> None:
        removed.append(True)
        connection.sendall(reply(500))

    removed: list[bool] = []
    receiver.answers = [remove_and_fail]
    post = delivering.post

    def post_and_remove(*args: Any, **kwargs: Any) -> Any:
        answer = post(*args, **kwargs)
        with tenant_scope(cafe.tenant.pk):
            remove_recipient(recipient)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "post", post_and_remove)
        left = deliver(cafe)

    assert removed
    assert (left.state, left.last_error, left.body) == (State.GIVEN_UP, "removed", "")


# --- Secrets ---


def test_a_secret_that_changes_between_two_tries_signs_the_next_one(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    receiver.answers = [reply(500)]
    deliver(cafe)
    with cafe.scope():
        renewed = renew_secret(recipient)

    receiver.secrets = [renewed.secret]
    with when_due(cafe):
        assert deliver(cafe).state == State.DELIVERED


def test_for_a_day_the_old_secret_still_fits_and_then_no_more(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    receiver.answers = [reply(500)]
    with cafe.scope():
        renew_secret(recipient)
    deliver(cafe)
    assert len(receiver.taken) == 1  # signed with both, and known by the old one
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        assert deliver(cafe).last_error == "status 400"

    assert receiver.refused == ["AssertionError('forged')"]


def test_a_system_with_another_secret_refuses_it(
    cafe: Any, erased: Erasure, receiver: Receiver
) -> None:
    receiver.secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]

    assert deliver(cafe).last_error == "status 400"
    assert receiver.taken == []


def test_a_secret_that_no_key_opens_is_waited_for(
    cafe: Any, erased: Erasure, recipient: Recipient, receiver: Receiver
) -> None:
    with cafe.scope(), connection.cursor() as cursor:
        cursor.execute("UPDATE erasure_recipient SET secret = 'gAAAAAdamaged'")

    waiting = deliver(cafe)

    assert (waiting.state, waiting.last_error) == (State.WAITING, "unreadable")
    assert receiver.site.connections == 0


# --- Killed, and two at once ---


def test_killed_between_the_answer_and_its_noting_it_goes_out_twice_under_one_id(
    cafe: Any, erased: Erasure, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_note", killed)
        with pytest.raises(SystemExit):
            deliver(cafe)
    deliver(cafe)  # Somebody still has it in hand.
    assert len(receiver.taken) == 1

    with time_machine.travel(timezone.now() + ErasureNotice.LEASE * 2, tick=True):
        assert deliver(cafe).state == State.DELIVERED

    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


def test_the_sweep_finds_what_nobody_was_woken_for(cafe: Any, erased: Erasure, queue: Any) -> None:
    notice = notice_of(cafe)

    sweep()

    assert ("erasure.notify", str(cafe.tenant.pk), str(notice.pk)) in queue


def test_of_two_workers_one_sends_it(cafe: Any, erased: Erasure, receiver: Receiver) -> None:
    def meanwhile_another(connection: Any) -> None:
        time.sleep(0.3)
        connection.sendall(reply(204))

    receiver.answers = [meanwhile_another]
    post = delivering.post

    def post_while_another_comes(*args: Any, **kwargs: Any) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delivering, "post", post)
            deliver(cafe)
        return post(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "post", post_while_another_comes)
        deliver(cafe)

    assert len(receiver.taken) == 1


def test_one_who_was_thought_dead_does_not_overrule_the_next(
    cafe: Any, erased: Erasure, receiver: Receiver
) -> None:
    """It failed, slowly; meanwhile another has delivered the same."""
    post = delivering.post

    def much_later(*args: Any, **kwargs: Any) -> Any:
        with (
            pytest.MonkeyPatch.context() as patch,
            time_machine.travel(timezone.now() + ErasureNotice.LEASE * 2, tick=True),
        ):
            patch.setattr(delivering, "post", post)
            deliver(cafe)
        receiver.answers = [reply(500)]
        return post(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "post", much_later)
        deliver(cafe)

    assert len(receiver.taken) == 2
    assert notice_of(cafe).state == State.DELIVERED


# --- What is logged ---


def test_logs_carry_ids_alone(
    cafe: Any, person: Any, erased: Erasure, receiver: Receiver, caplog: Any
) -> None:
    receiver.answers = [reply(500)]
    notice = deliver(cafe)

    logged = caplog.text
    assert str(notice.pk) in logged
    for secret in (person.address, HOST, "whsec_", notice.message_id, json.dumps(notice.body)):
        assert secret not in logged
