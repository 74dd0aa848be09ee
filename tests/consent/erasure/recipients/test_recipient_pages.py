"""The pages on which a business names the systems that are told of erasures."""

import re
from typing import Any

import pytest

from chatbo.foundation.isolation import tenant_scope
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.recipients import delivering
from consent.erasure.recipients.delivering import deliver_notice
from consent.erasure.recipients.models import ErasureNotice, Recipient
from consent.erasure.recipients.registering import MOST, add_recipient
from consent.erasure.recipients.words import WORDS, in_words
from consent.erasure.requests import request_erasure
from tests.consent.erasure.crowds import channel_of_bot, crowd
from tests.foundation.outbound.conftest import (  # noqa: F401 (fixtures)
    Internet,
    authority,
    internet,
)
from tests.visitors import visitor

from .receiver import URL, Receiver, reply

PAGES = "/app/cafe-morgenrot/erasures/recipients/"
TYPED = {"name": "Kasse", "url": URL, "country": "AT"}


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
    monkeypatch.setattr(delivering, "post", internet.client(seconds=1).post)
    return Receiver(internet, secrets=[recipient.secret])


def page_of(recipient: Recipient) -> str:
    return f"{PAGES}{recipient.pk}/"


def pressed(user: Any, address: str, **typed: str) -> list[str]:
    page = visitor(user).post(address, typed, follow=True)
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def erase_somebody(business: Any) -> Erasure:
    with business.scope():
        (person,) = crowd(channel_of_bot(), 1)
        erasure = request_erasure(person, origin=Erasure.Origin.TENANT)
        delete_subject(erasure)
    return erasure


def try_it(business: Any) -> None:
    with business.scope():
        notice = ErasureNotice.objects.get()
    deliver_notice(str(notice.tenant_id), str(notice.pk))


def test_before_the_first_the_page_says_what_it_is_good_for(cafe: Any) -> None:
    page = visitor(cafe.owner).get(PAGES)

    assert "No system is told yet" in page.text
    assert f"{PAGES}new/" in page.text


@pytest.mark.parametrize("role", ["owner", "dpo"])
def test_the_secret_is_shown_once_and_on_no_page_again(cafe: Any, role: str) -> None:
    user = cafe.owner if role == "owner" else cafe.member(role)
    page = visitor(user).post(f"{PAGES}new/", TYPED)

    with cafe.scope():
        added = Recipient.objects.get()
    assert (added.name, added.country, added.url) == ("Kasse", "AT", URL)
    assert added.secret in page.text
    assert "no-store" in page["Cache-Control"]
    for address in (PAGES, page_of(added), f"{page_of(added)}secret/"):
        shown = visitor(user).get(address)
        assert shown.status_code == 200
        assert "whsec_" not in shown.text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("url", "http://kasse.example/"),
        ("url", "https://127.0.0.1/"),
        ("url", f"https://kasse.example/{'x' * 3000}"),
        ("url", ""),
        ("name", ""),
        ("name", "x" * 81),
        ("country", "US"),
        ("country", ""),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(cafe: Any, name: str, typed: str) -> None:
    page = visitor(cafe.owner).post(f"{PAGES}new/", {**TYPED, name: typed})

    assert page.status_code == 422
    assert f'id="id_{name}_error"' in page.text
    with cafe.scope():
        assert not Recipient.objects.exists()


def test_twice_the_same_address_and_one_too_many_are_told(cafe: Any, recipient: Recipient) -> None:
    owner = visitor(cafe.owner)
    assert "entered this address already" in owner.post(f"{PAGES}new/", TYPED).text
    with cafe.scope():
        for number in range(MOST - 1):
            add_recipient(name="More", country="DE", url=f"{URL}/{number}")

    page = owner.post(f"{PAGES}new/", {**TYPED, "url": f"{URL}/more"})

    assert f"You have {MOST} recipients" in page.text
    assert f"{PAGES}new/" not in owner.get(PAGES).text


def test_who_logged_in_long_ago_is_asked_again_before_a_secret_is_made(
    cafe: Any, recipient: Recipient
) -> None:
    tired = visitor(cafe.owner, seconds_ago=3600 * 5)
    for address in (f"{PAGES}new/", f"{page_of(recipient)}secret/"):
        assert "/reauthenticate/" in tired.post(address, TYPED)["Location"]

    with cafe.scope():
        assert Recipient.objects.get().secret == recipient.secret


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_other_roles_neither_see_nor_change_it(cafe: Any, recipient: Recipient, role: str) -> None:
    other = visitor(cafe.member(role))

    assert other.get(PAGES).status_code == 403
    for deed in ("test", "secret", "switch", "remove"):
        assert other.post(f"{page_of(recipient)}{deed}/").status_code == 403


def test_nor_does_the_neighbour(cafe: Any, dentist: Any, recipient: Recipient) -> None:
    neighbour = visitor(dentist.owner)
    theirs = page_of(recipient).replace("cafe-morgenrot", "zahnarzt-linde")

    assert neighbour.get(page_of(recipient)).status_code == 404
    assert neighbour.get(theirs).status_code == 404
    for deed in ("test", "secret", "switch", "remove"):
        assert neighbour.post(f"{theirs}{deed}/").status_code == 404
    with cafe.scope():
        assert Recipient.objects.get().secret == recipient.secret


def test_a_new_secret_asks_first_and_says_how_long_the_old_one_holds(
    cafe: Any, recipient: Recipient
) -> None:
    address = f"{page_of(recipient)}secret/"
    assert "For 24 hours the present secret signs as well" in visitor(cafe.owner).get(address).text

    page = visitor(cafe.owner).post(address)

    with cafe.scope():
        renewed = Recipient.objects.get()
    assert renewed.secret != recipient.secret
    assert renewed.secret in page.text
    assert recipient.secret not in page.text
    assert "signs as well" in page.text


def test_a_test_says_whether_it_was_taken(
    cafe: Any, recipient: Recipient, receiver: Receiver
) -> None:
    address = f"{page_of(recipient)}test/"
    receiver.answers = [reply(204), reply(500), reply(302, Location="/x"), reply(410)]

    assert pressed(cafe.owner, address) == ["The test was taken."]
    assert receiver.taken[0].body["type"] == "recipient.test"
    assert receiver.taken[0].body["data"] == {}
    assert pressed(cafe.owner, address) == [
        "The test was not taken. It answered with the error 500."
    ]
    assert "leads on to another address" in pressed(cafe.owner, address)[0]
    assert "(410)" in pressed(cafe.owner, address)[0]
    with cafe.scope():
        assert Recipient.objects.get().state == Recipient.State.ACTIVE
        assert not ErasureNotice.objects.exists()


def test_the_database_does_not_wait_for_the_other_side(
    cafe: Any, recipient: Recipient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chatbo.foundation.isolation.scopes import current_scope

    scopes: list[Any] = []
    post = delivering.post

    def watched(*args: Any, **kwargs: Any) -> Any:
        scopes.append(current_scope().tenant_id)
        return post(*args, **kwargs)

    monkeypatch.setattr(delivering, "post", watched)
    assert pressed(cafe.owner, f"{page_of(recipient)}test/") == ["The test was taken."]
    erase_somebody(cafe)
    try_it(cafe)

    assert scopes == [None, None]


def test_the_twenty_first_test_in_ten_minutes_is_refused(
    cafe: Any, recipient: Recipient, receiver: Receiver
) -> None:
    owner = visitor(cafe.owner)
    for _ in range(20):
        assert owner.post(f"{page_of(recipient)}test/").status_code == 302

    assert owner.post(f"{page_of(recipient)}test/").status_code == 429
    assert len(receiver.taken) == 20


def test_it_is_paused_used_again_and_removed(cafe: Any, recipient: Recipient) -> None:
    switch = f"{page_of(recipient)}switch/"
    assert "three days" in pressed(cafe.owner, switch, to="paused")[0]
    with cafe.scope():
        assert Recipient.objects.get().state == Recipient.State.PAUSED
    assert "In use again" in pressed(cafe.owner, switch, to="active")[0]

    erase_somebody(cafe)
    remove = f"{page_of(recipient)}remove/"
    assert "1 notice that still waits" in visitor(cafe.owner).get(remove).text
    assert pressed(cafe.owner, remove) == ["“Kasse” is removed."]
    with cafe.scope():
        assert not Recipient.objects.exists()
    assert visitor(cafe.owner).get(page_of(recipient)).status_code == 404
    assert visitor(cafe.owner).post(remove).status_code == 404


def test_the_erasures_page_says_who_was_told(
    cafe: Any, recipient: Recipient, receiver: Receiver
) -> None:
    erasure = erase_somebody(cafe)
    page = f"/app/cafe-morgenrot/erasures/{erasure.code}/"
    owner = visitor(cafe.owner)
    receiver.answers = [reply(500)]

    assert "on its way" in owner.get(page).text
    try_it(cafe)
    assert "It answered with the error 500." in owner.get(page).text
    assert pressed(cafe.owner, f"{page}notices/retry/") == ["1 notice is being tried again now."]
    try_it(cafe)

    shown = section(owner.get(page).text)
    assert "Kasse" in shown
    assert "told" in shown
    assert "error 500" not in shown
    assert "Try the notices again now" not in shown
    assert pressed(cafe.owner, f"{page}notices/retry/") == ["Nothing is waiting to be tried again."]


def test_what_was_given_up_says_that_it_cannot_be_tried_again(
    cafe: Any, recipient: Recipient, receiver: Receiver
) -> None:
    home = visitor(cafe.owner)
    assert "was not told of an erasure" not in home.get("/app/cafe-morgenrot/").text
    erasure = erase_somebody(cafe)
    receiver.answers = [reply(410)]
    try_it(cafe)

    shown = section(home.get(f"/app/cafe-morgenrot/erasures/{erasure.code}/").text)
    assert "not told" in shown
    assert "there is nothing there any more (410)" in shown
    assert "we cannot try again" in shown
    assert "<form" not in shown
    assert "A system was not told of an erasure" in home.get("/app/cafe-morgenrot/").text
    assert "has switched itself off" in home.get(page_of(recipient)).text
    assert erasure.code in home.get(page_of(recipient)).text


def test_an_erasure_that_no_system_is_told_of_says_nothing_of_it(cafe: Any) -> None:
    erasure = erase_somebody(cafe)

    page = visitor(cafe.owner).get(f"/app/cafe-morgenrot/erasures/{erasure.code}/")

    assert "Passed on to your own systems" not in page.text


def test_a_neighbours_notices_are_not_tried(cafe: Any, dentist: Any, recipient: Recipient) -> None:
    erasure = erase_somebody(cafe)
    address = f"/app/zahnarzt-linde/erasures/{erasure.code}/notices/retry/"

    assert visitor(dentist.owner).post(address).status_code == 404


def test_what_a_business_typed_is_shown_as_text(cafe: Any) -> None:
    with cafe.scope():
        added = add_recipient(name="<b>Kasse</b>", country="DE", url=f"{URL}?a=<i>")
    owner = visitor(cafe.owner)
    for address in (PAGES, page_of(added), f"{page_of(added)}remove/"):
        page = owner.get(address).text
        assert "<b>Kasse" not in page
        assert "<i>" not in page


def test_every_reason_has_words() -> None:
    assert len({str(word) for word in WORDS.values()}) == len(WORDS)
    for error in [*WORDS, "status 302", "status 404", "status 500"]:
        assert in_words(error)
    assert in_words("") == ""


def test_the_log_says_what_was_done_and_no_secret(cafe: Any, recipient: Recipient) -> None:
    visitor(cafe.owner).post(f"{page_of(recipient)}secret/")
    page = visitor(cafe.owner).get("/app/cafe-morgenrot/log/").text

    assert "Recipient of erasures added" in page
    assert "New secret for a recipient of erasures" in page
    assert "whsec_" not in page


def section(page: str) -> str:
    found = re.search(r"<h2[^>]*>Passed on to your own systems.*?</section>", page, re.S)
    assert found
    return found[0]


def test_another_business_cannot_be_told_by_a_forged_number(
    cafe: Any, dentist: Any, recipient: Recipient, receiver: Receiver
) -> None:
    """A task that names another business's row does nothing."""
    erase_somebody(cafe)
    with cafe.scope():
        notice = ErasureNotice.objects.get()
    deliver_notice(str(dentist.tenant.pk), str(notice.pk))

    assert receiver.taken == []
    with tenant_scope(cafe.tenant.pk):
        assert ErasureNotice.objects.get().attempts == 0
