"""No page tells whose address it knows: text, status, headers and the work done are the same."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from chatbo.foundation.mail.models import OutgoingMail
from tenants.accounts.models import Invitation, User
from tests.outbox import mails
from tests.visitors import visitor

UNKNOWN = "nobody@bakery.example"
PASSKEY = "/accounts/2fa/webauthn/login/"
PASSWORD = "correct-horse-battery"
# What differs from answer to answer, whoever asks.
VARYING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|\b[0-9a-z]{12}\b')
OWN_HEADERS = {"X-Request-ID", "Set-Cookie", "Content-Length"}


def _closed(cafe: Any) -> str:
    User.objects.filter(pk=cafe.owner.pk).update(is_active=False)
    return str(cafe.owner.email)


def _without_password(cafe: Any) -> str:
    cafe.owner.set_unusable_password()
    cafe.owner.save()
    return str(cafe.owner.email)


def _unconfirmed(cafe: Any) -> str:
    EmailAddress.objects.update(verified=False)
    return str(cafe.owner.email)


def _second_address(cafe: Any) -> str:
    address = EmailAddress.objects.create(
        user=cafe.owner, email="second@bakery.example", verified=True
    )
    return str(address.email)


def _in_capitals(cafe: Any) -> str:
    return str(cafe.owner.email.upper())


def _usual(cafe: Any) -> str:
    return str(cafe.owner.email)


KNOWN = [_usual, _in_capitals, _closed, _without_password, _unconfirmed, _second_address]


@pytest.fixture(autouse=True)
def _one_moment_outside_the_demo(settings: Any) -> Any:
    """The demo names one of its own addresses on the page; headers name the second."""
    settings.DEMO = False
    with time_machine.travel(1_800_000_000, tick=False):
        yield


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A line for each time that a password is hashed, which is what takes the time."""
    done: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, *args: Any, **kwargs: Any) -> str:
        done.append("once")
        return encode(self, password, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return done


def told(answer: Any, address: str) -> tuple[int, dict[str, str], str]:
    """What whoever asks can see, but for the address that they typed themselves."""
    headers = {name: value for name, value in answer.items() if name not in OWN_HEADERS}
    body = VARYING.sub("", answer.content.decode())
    body = body.replace(address, "…").replace(address.lower(), "…")
    return answer.status_code, headers, body


def cookies(client: Client) -> set[str]:
    return set(client.cookies)


@pytest.mark.parametrize("known", KNOWN)
def test_a_wrong_password_at_the_log_in(
    cafe: Any, hashes: list[str], known: Callable[[Any], str]
) -> None:
    answers, work = [], []
    for address in (known(cafe), UNKNOWN):
        client = Client(headers={"accept-language": "en"})
        hashes.clear()
        answer = client.post("/accounts/login/", {"login": address, "password": "wrong-horse"})
        work.append(len(hashes))
        answers.append((*told(answer, address), cookies(client)))

    assert answers[0] == answers[1]
    assert "E-mail address and password do not fit together." in answers[0][2]
    assert work == [1, 1]


def test_the_log_in_asks_the_database_the_same_number_of_things(cafe: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    numbers = []
    for address in (cafe.owner.email, UNKNOWN, cafe.owner.email, UNKNOWN):
        with CaptureQueriesContext(connection) as queries:
            Client().post("/accounts/login/", {"login": address, "password": "wrong-horse"})
        numbers.append(len(queries))

    assert max(numbers) - min(numbers) <= 1  # An address's account is looked for, found or not.


@pytest.mark.parametrize("known", KNOWN)
def test_asking_for_a_new_password(cafe: Any, known: Callable[[Any], str]) -> None:
    answers = []
    for address in (known(cafe), UNKNOWN):
        client = Client(headers={"accept-language": "en"})
        answer = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        answers.append((*told(answer, address), answer.redirect_chain, cookies(client)))

    assert answers[0] == answers[1]
    assert len(mails()) == 2  # One each, by the same way: the page's time tells nothing either.


def test_a_closed_account_gets_no_link(cafe: Any) -> None:
    Client().post("/accounts/password/reset/", {"email": _closed(cafe)})

    assert "/password/reset/key/" not in mails()[0].body


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("known", KNOWN)
def test_signing_up(cafe: Any, known: Callable[[Any], str], language: str) -> None:
    answers = []
    for address in (known(cafe), UNKNOWN):
        client = Client(headers={"accept-language": language})
        page = client.get("/accounts/signup/")
        shown = re.search(r'name="shown" value="([^"]+)"', page.content.decode())
        assert shown
        fields = {"shown": shown[1], "terms": "on", "email": address}
        answer = client.post("/accounts/signup/", fields, follow=True)
        answers.append((*told(answer, address), answer.redirect_chain, cookies(client)))

    assert answers[0] == answers[1]
    assert answers[0][3] == [(reverse("signup:sent"), 302)]


@pytest.mark.parametrize("known", KNOWN)
def test_adding_an_address_of_somebody_else(
    cafe: Any, dentist: Any, known: Callable[[Any], str]
) -> None:
    answers = []
    for address in (known(cafe), UNKNOWN):
        client = visitor(dentist.owner)
        steps = [
            client.post("/accounts/email/", {"email": address, "action_add": "1"}, follow=True),
            client.get("/accounts/email/"),
            client.get("/accounts/confirm-email/"),
            client.post("/accounts/confirm-email/", {"code": "wrong"}),
        ]
        answers.append([told(step, address) for step in steps])

    assert answers[0] == answers[1]
    assert len(mails()) == 2


@pytest.mark.parametrize("known", KNOWN)
def test_inviting_somebody(cafe: Any, dentist: Any, known: Callable[[Any], str]) -> None:
    answers, letters = [], []
    for address in (known(cafe), UNKNOWN):
        client = visitor(dentist.owner)
        fields = {"email": address, "role": "viewer"}
        answer = client.post("/app/zahnarzt-linde/members/invite/", fields, follow=True)
        status, headers, body = told(answer, address)
        body = re.sub(r"/invitations/[0-9a-f-]+/", "", body)
        answers.append((status, headers, body, answer.redirect_chain, cookies(client)))
        letters.append([shape(mail, address) for mail in mails()])
        with dentist.scope():  # The next one finds the same list of invitations.
            Invitation.objects.all().delete()
            OutgoingMail.objects.all().delete()

    assert answers[0] == answers[1]
    assert "The invitation is on its way." in answers[0][2]
    assert letters[0] == letters[1]
    assert len(letters[0]) == 1


@pytest.mark.parametrize("known", KNOWN)
def test_inviting_the_same_address_again(
    cafe: Any, dentist: Any, known: Callable[[Any], str]
) -> None:
    answers = []
    for address in (known(cafe), UNKNOWN):
        client = visitor(dentist.owner)
        fields = {"email": address, "role": "viewer"}
        client.post("/app/zahnarzt-linde/members/invite/", fields)
        again = client.post("/app/zahnarzt-linde/members/invite/", fields, follow=True)
        answers.append((again.status_code, again.redirect_chain))

    assert answers[0] == answers[1]


def test_a_member_s_further_address_is_invited_like_any_other(cafe: Any) -> None:
    """That it is a member's is not the owner's to know: the list shows another."""
    editor = cafe.member("editor")
    EmailAddress.objects.create(user=editor, email="private@bakery.example", verified=True)
    answers = []
    for address in ("private@bakery.example", UNKNOWN):
        fields = {"email": address, "role": "viewer"}
        answer = visitor(cafe.owner).post("/app/cafe-morgenrot/members/invite/", fields)
        answers.append(told(answer, address))

    assert answers[0] == answers[1]
    assert len(mails()) == 2


def shape(mail: Any, address: str) -> tuple[str, ...]:
    """A mail without the link's token and the address that it goes to."""
    parts = (mail.subject, mail.body, mail.attachments, mail.unsubscribe_url)
    return tuple(
        re.sub(r"/invite/[\w-]+/", "", str(part)).replace(address.lower(), "…") for part in parts
    )


def test_an_address_of_somebody_else_is_not_taken_by_its_code_either(
    cafe: Any, dentist: Any
) -> None:
    client = visitor(dentist.owner)
    client.post("/accounts/email/", {"email": cafe.owner.email, "action_add": "1"})
    code = re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", mails()[0].body)

    assert mails()[0].recipient == cafe.owner.email
    client.post("/accounts/confirm-email/", {"code": code[0] if code else ""})
    assert EmailAddress.objects.get(email=cafe.owner.email).user == cafe.owner


def test_a_passkey_of_nobody_looks_like_a_wrong_one(cafe: Any) -> None:
    import base64
    import json

    answers, known = [], str(cafe.owner.pk)
    for handle in (known, "0198c000-0000-7000-8000-000000000000", "not-an-id", ""):
        client = Client(headers={"accept-language": "en"})
        options = client.get(
            "/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}
        )
        assert options.json()["request_options"]["publicKey"].get("allowCredentials", []) == []
        data = {"type": "webauthn.get", "challenge": "AA", "origin": "http://127.0.0.1:8000"}
        text = base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")
        credential = {
            "id": "AAAA",
            "rawId": "AAAA",
            "type": "public-key",
            "response": {
                "clientDataJSON": text,
                "authenticatorData": "A" * 60,
                "signature": "AAAA",
                "userHandle": base64.urlsafe_b64encode(handle.encode()).decode().rstrip("="),
            },
        }
        answer = client.post(PASSKEY, {"credential": json.dumps(credential)}, follow=True)
        answers.append((*told(answer, UNKNOWN), answer.redirect_chain))

    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert "This code is not right" in answers[0][2]


def test_nothing_but_mails_is_left_of_an_unknown_address(cafe: Any) -> None:
    Client().post("/accounts/login/", {"login": UNKNOWN, "password": PASSWORD})

    assert not OutgoingMail.objects.exists()
    assert not User.objects.filter(email=UNKNOWN).exists()
    assert not EmailAddress.objects.filter(email=UNKNOWN).exists()
