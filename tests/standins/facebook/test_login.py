"""Facebook's log-in, as django-allauth walks through it."""

import hashlib
import hmac
from typing import Any

import httpx
import pytest

from standins.client import Control
from standins.testing import Running

BACK = "http://127.0.0.1:8000/accounts/facebook/login/callback/"
ASKED = {
    "client_id": "demo-app",
    "redirect_uri": BACK,
    "scope": "email",
    "response_type": "code",
    "state": "s3cret&state",
}


class Browser:
    """Somebody at the dialog, and the app behind."""

    def __init__(self, running: Running) -> None:
        self.base = f"{running.facebook_url}/v26.0"
        self.persons = {row["name"]: row["id"] for row in running.control.state()["persons"]}

    def dialog(self, **asked: str) -> httpx.Response:
        return httpx.get(f"{self.base}/dialog/oauth", params=ASKED | asked, trust_env=False)

    def answer(self, **form: Any) -> httpx.QueryParams:
        values = {"person": self.persons["Testkonto 1"], "email": "1", "answer": "continue"} | form
        response = httpx.post(
            f"{self.base}/dialog/oauth", params=ASKED, data=values, trust_env=False
        )
        assert response.status_code == 302
        url = httpx.URL(response.headers["Location"])
        assert str(url).startswith(BACK)
        return url.params

    def exchange(self, code: str, **values: str) -> httpx.Response:
        params = {
            "client_id": "demo-app",
            "client_secret": "demo-app-secret",
            "redirect_uri": BACK,
            "code": code,
            "grant_type": "authorization_code",
        }
        return httpx.get(f"{self.base}/oauth/access_token", params=params | values, trust_env=False)

    def me(self, token: str, fields: str = "id,name,email") -> httpx.Response:
        proof = hmac.new(b"demo-app-secret", token.encode(), hashlib.sha256).hexdigest()
        params = {"access_token": token, "appsecret_proof": proof, "fields": fields}
        return httpx.get(f"{self.base}/me", params=params, trust_env=False)

    def log_in(self, **form: Any) -> dict[str, Any]:
        token = self.exchange(self.answer(**form)["code"]).json()["access_token"]
        found: dict[str, Any] = self.me(token).json()
        return found


@pytest.fixture
def browser(standins: Running) -> Browser:
    return Browser(standins)


def error(response: httpx.Response) -> tuple[int, int | None]:
    assert response.status_code == 400
    found = response.json()["error"]
    return found["code"], found.get("error_subcode")


def test_who_continues_is_known_by_name_and_address(browser: Browser) -> None:
    profile = browser.log_in()
    assert profile["name"] == "Testkonto 1"
    assert profile["email"] == "testkonto-1@facebook.example"
    assert profile["id"] == browser.log_in()["id"]


def test_the_state_comes_back_as_sent(browser: Browser) -> None:
    assert browser.answer()["state"] == ASKED["state"]
    assert browser.answer(answer="cancel")["state"] == ASKED["state"]


def test_who_cancels_gives_nothing(browser: Browser) -> None:
    answer = browser.answer(answer="cancel")
    assert answer["error"] == "access_denied"
    assert "code" not in answer


def test_the_address_can_be_denied_or_missing(browser: Browser) -> None:
    assert "email" not in browser.log_in(email="")
    assert "email" not in browser.log_in(person=browser.persons["Testkonto ohne E-Mail"])


def test_a_code_works_once(browser: Browser) -> None:
    code = browser.answer()["code"]
    assert browser.exchange(code).json()["token_type"] == "bearer"
    assert error(browser.exchange(code)) == (100, 36009)


def test_a_code_works_only_for_its_address_and_its_app_and_soon(
    browser: Browser, control: Control
) -> None:
    code = browser.answer()["code"]
    assert error(browser.exchange(code, redirect_uri=BACK + "x")) == (100, 36008)
    assert error(browser.exchange(code, client_secret="guess")) == (1, None)
    assert error(browser.exchange(code, client_id="other-app")) == (101, None)
    assert error(browser.exchange("guess")) == (100, 36009)
    control.let_pass(seconds=601)
    assert error(browser.exchange(code)) == (100, 36007)


@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": "other-app"},
        {"redirect_uri": "https://thief.example/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"scope": "email,user_friends"},
        {"response_type": "token"},
    ],
)
def test_an_app_that_asks_wrongly_gets_nobody_back(browser: Browser, asked: dict[str, str]) -> None:
    response = browser.dialog(**asked)
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_the_dialog_offers_the_test_persons(browser: Browser) -> None:
    response = browser.dialog()
    assert response.status_code == 200
    assert "Testkonto ohne E-Mail" in response.text
    assert "Gast 1" not in response.text


def test_a_profile_needs_a_living_token_and_a_right_proof(
    browser: Browser, standins: Running, control: Control
) -> None:
    token = browser.exchange(browser.answer()["code"]).json()["access_token"]
    wrong = httpx.get(
        f"{browser.base}/me",
        params={"access_token": token, "appsecret_proof": "0" * 64},
        trust_env=False,
    )
    assert error(wrong) == (100, None)
    assert error(browser.me("guess")) == (190, None)
    assert error(browser.me(token, fields="id,shoe_size")) == (100, None)
    assert browser.me(token, fields="id,gender,locale").json().keys() == {"id"}
    same = httpx.get(
        f"{standins.graph_url}/v26.0/me", params={"access_token": token}, trust_env=False
    )
    assert same.json()["name"] == "Testkonto 1"
    control.let_pass(hours=61 * 24)
    assert error(browser.me(token)) == (190, 463)
