"""Passkeys, in a real browser with an authenticator of its own (CDP's WebAuthn domain)."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse
from fido2.utils import websafe_decode, websafe_encode
from playwright.sync_api import CDPSession, Page, expect

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import User
from tenants.accounts.second_factors import passkey_domain, passkey_origins
from tests.journey.accessibility import problems
from tests.outbox import mails
from tests.visitors import visitor

PASSWORD = "correct-horse-battery"
LOGIN = "/accounts/2fa/webauthn/login/"
STEP = "/accounts/2fa/authenticate/"
REFUSED = "This code is not right"


class Device:
    """A phone with a finger on it, as Chromium plays it."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.id = self.session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )["authenticatorId"]

    def takes_off_finger(self) -> None:
        self.session.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False}
        )

    def keys(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(found["credentials"])


@pytest.fixture
def phone(page: Page) -> Device:
    return Device(page)


@pytest.fixture
def english(page: Page, site_url: str, cafe: Any) -> Iterator[Page]:
    """The browser and the account speak English, and nothing runs against our own rules."""
    User.objects.update(language="en")
    page.set_extra_http_headers({"accept-language": "en"})
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content" in said.text else None)
    yield page
    assert not [text for text in refused if "Security-Policy" in text or "Security Policy" in text]


@pytest.fixture
def site(site_url: str) -> str:
    assert site_url.startswith("http://localhost:")
    return site_url


def give_password(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/accounts/login/?next=/accounts/2fa/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add_passkey(page: Page, site: str, name: str = "My phone") -> None:
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()


def log_out(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/logout/")
    page.locator(".card form button").click()
    expect(page).not_to_have_url(f"{site}/accounts/logout/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_then_logs_in_alone_and_after_the_password(
    english: Page, site: str, cafe: Any, phone: Device
) -> None:
    page = english
    give_password(page, site, cafe.owner)
    add_passkey(page, site)

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert problems(page) == []
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_role("cell", name="My phone", exact=True)).to_be_visible()
    assert problems(page) == []
    (key,) = phone.keys()
    assert key["isResidentCredential"]
    assert key["rpId"] == "localhost"

    log_out(page, site)
    page.goto(f"{site}/accounts/login/?next=/accounts/profile/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url(f"{site}/accounts/profile/")  # No second step: it is two factors in one.

    log_out(page, site)
    give_password(page, site, cafe.owner)
    page.wait_for_url("**/accounts/2fa/authenticate/**")
    assert problems(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{site}/accounts/2fa/")

    with platform_scope("test: read the log"):
        actions = list(AuditEntry.objects.order_by("at", "id").values_list("action", flat=True))
    assert actions.count("login.succeeded") == 3
    assert "mfa.added" in actions
    assert "A passkey was added." in mails()[0].body


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_proves_again_who_one_is(
    english: Page, site: str, cafe: Any, phone: Device
) -> None:
    page = english
    give_password(page, site, cafe.owner)
    add_passkey(page, site)
    page.wait_for_url("**/recovery-codes/")
    _let_time_pass(page)

    page.goto(f"{site}/accounts/2fa/recovery-codes/generate/")
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_role("link", name="With a passkey").click()
    assert problems(page) == []
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(f"{site}/accounts/2fa/recovery-codes/generate/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_finger_or_pin_nothing_is_made_and_the_page_says_so(
    english: Page, site: str, cafe: Any, phone: Device
) -> None:
    page = english
    give_password(page, site, cafe.owner)
    phone.takes_off_finger()

    add_passkey(page, site)

    expect(page.get_by_text("Nothing was sent")).to_be_visible()
    assert problems(page) == []
    assert not Authenticator.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_device_has_one_passkey_for_an_account(
    english: Page, site: str, cafe: Any, phone: Device
) -> None:
    page = english
    give_password(page, site, cafe.owner)
    add_passkey(page, site)
    page.wait_for_url("**/recovery-codes/")

    add_passkey(page, site)

    expect(page.get_by_text("This device has a passkey for your account already.")).to_be_visible()
    assert Authenticator.objects.filter(type="webauthn").count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_that_was_removed_opens_nothing(
    english: Page, site: str, cafe: Any, phone: Device
) -> None:
    page = english
    give_password(page, site, cafe.owner)
    add_passkey(page, site)
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove My phone").click()
    expect(page.get_by_text("This is your only second factor")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()
    log_out(page, site)

    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_text(REFUSED)).to_be_visible()
    assert not Authenticator.objects.exists()  # The recovery codes went with the last factor.


@pytest.fixture
def signed(
    english: Page, site: str, cafe: Any, phone: Device
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What the café's owner's device answers to a challenge."""
    page = english
    give_password(page, site, cafe.owner)
    add_passkey(page, site)
    page.wait_for_url("**/recovery-codes/")

    log_out(page, site)

    def sign(options: dict[str, Any]) -> dict[str, Any]:
        page.goto(f"{site}/accounts/login/")
        page.route(
            f"**{LOGIN}",
            lambda route: (
                route.fulfill(body=json.dumps(options), content_type="application/json")
                if route.request.method == "GET"
                else route.abort()
            ),
        )
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.get_by_role("button", name="Log in with a passkey").click()
        page.unroute(f"**{LOGIN}")
        return dict(json.loads(parse_qs(sent.value.post_data or "")["credential"][0]))

    return sign


def challenge(client: Client) -> dict[str, Any]:
    """The one that the log-in page gives to a browser."""
    return dict(client.get(LOGIN, headers={"accept": "application/json"}).json())


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_answer_counts_for_its_own_challenge_once_from_our_page_and_its_own_account(
    signed: Callable[..., dict[str, Any]], dentist: Any
) -> None:
    client = Client(headers={"accept-language": "en"})
    genuine = signed(challenge(client))

    for name, forged in forgeries(genuine, dentist.owner).items():
        answer = client.post(LOGIN, {"credential": json.dumps(forged)}, follow=True)
        assert not is_in(client), name
        assert REFUSED in answer.content.decode(), name

    other = Client()
    challenge(other)
    other.post(LOGIN, {"credential": json.dumps(genuine)})
    assert not is_in(other)  # Another challenge.

    assert client.post(LOGIN, {"credential": json.dumps(genuine)}).status_code == 302
    assert is_in(client)
    client.post("/accounts/logout/")
    client.post(LOGIN, {"credential": json.dumps(genuine)})
    assert not is_in(client)  # The challenge is used up.


def forgeries(genuine: dict[str, Any], other: User) -> dict[str, Any]:
    response = genuine["response"]

    def with_response(**changes: str) -> dict[str, Any]:
        return {**genuine, "response": {**response, **changes}}

    def with_client_data(**changes: str) -> dict[str, Any]:
        data = {**json.loads(websafe_decode(response["clientDataJSON"])), **changes}
        return with_response(clientDataJSON=websafe_encode(json.dumps(data).encode()))

    signature = bytearray(websafe_decode(response["signature"]))
    signature[-1] ^= 1
    handle = websafe_encode(str(other.pk).encode())
    return {
        "another origin": with_client_data(origin="http://localhost.evil.example"),
        "a challenge of one's own": with_client_data(challenge="AAAAAAAAAAAAAAAAAAAAAA"),
        "of a registration": with_client_data(type="webauthn.create"),
        "a broken signature": with_response(signature=websafe_encode(bytes(signature))),
        "somebody else's account": with_response(userHandle=handle),
        "an unknown key": {**genuine, "id": "AAAA", "rawId": "AAAA"},
        "no account": with_response(userHandle=""),
        "no response": {**genuine, "response": {}},
        "a list": ["x"],
        "a number": 7,
        "a text": "x",
    }


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_of_somebody_else_is_no_second_factor(
    signed: Callable[..., dict[str, Any]], dentist: Any
) -> None:
    TOTP.activate(dentist.owner, "JBSWY3DPEHPK3PXP")
    client = Client(headers={"accept-language": "en"})
    client.post("/accounts/login/", {"login": dentist.owner.email, "password": PASSWORD})
    genuine = signed(client.get(STEP).context["js_data"])

    answer = client.post(STEP, {"credential": json.dumps(genuine)}, follow=True)

    assert not is_in(client)
    assert REFUSED in str(answer.context["webauthn_form"].errors)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_what_was_signed_on_another_page_of_the_same_domain_is_refused(
    signed: Callable[..., dict[str, Any]], settings: Any
) -> None:
    """Signed and all, by the right key: the library itself would take it."""
    client = Client(headers={"accept-language": "en"})
    genuine = signed(challenge(client))

    settings.BASE_URL = "http://localhost:1"
    client.post(LOGIN, {"credential": json.dumps(genuine)})

    assert not is_in(client)


def test_a_page_beside_ours_is_not_ours(cafe: Any, settings: Any) -> None:
    """The library's own test lets pages of subdomains and other ports pass."""
    settings.BASE_URL, settings.DEMO = "https://app.chatbo.example", False

    assert passkey_domain() == "app.chatbo.example"
    assert passkey_origins() == {"https://app.chatbo.example"}


def test_the_domain_follows_no_host_that_somebody_sent(cafe: Any, settings: Any) -> None:
    settings.BASE_URL = "https://app.chatbo.example"
    settings.ALLOWED_HOSTS = ["*"]

    answer = (
        Client().get(LOGIN, headers={"accept": "application/json", "host": "evil.example"}).json()
    )

    assert answer["request_options"]["publicKey"]["rpId"] == "app.chatbo.example"


def test_in_the_demo_at_a_number_passkeys_are_bound_to_localhost(settings: Any) -> None:
    settings.BASE_URL, settings.DEMO = "http://127.0.0.1:8408", True

    assert passkey_domain() == "localhost"
    assert passkey_origins() == {"http://127.0.0.1:8408", "http://localhost:8408"}


def test_nobody_renames_or_removes_a_passkey_of_somebody_else(cafe: Any, dentist: Any) -> None:
    theirs = Authenticator.objects.create(
        user=dentist.owner, type="webauthn", data={"name": "Phone", "credential": {}}
    )
    client = visitor(cafe.owner)

    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code == 404
        assert client.post(reverse(name, args=[theirs.pk]), {"name": "x"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Phone"


def _let_time_pass(page: Page) -> None:
    """The browser's session proved itself long ago."""
    (cookie,) = [one for one in page.context.cookies() if one.get("name") == "sessionid"]
    session = SessionStore(cookie.get("value"))
    records = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {**record, "at": record["at"] - 3600} for record in records
    ]
    session.save()
