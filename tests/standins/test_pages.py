"""The pages: safe by their headers, in both languages, and live in a browser."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from standins.client import Control
from standins.testing import Running

CAFE = "messenger-1001"


def get(standins: Running, path: str, **headers: str) -> httpx.Response:
    return httpx.get(standins.url + path, headers=headers, trust_env=False)


@pytest.mark.parametrize(
    "path", ["/", "/phone/", "/facebook/v26.0/dialog/oauth?client_id=demo-app"]
)
def test_own_pages_are_strict_and_say_that_they_are_not_real(standins: Running, path: str) -> None:
    response = get(standins, path)
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "Nachbildung" in response.text
    assert not re.search(r"<style|\son\w+=|\sstyle=|<script(?![^>]* src=)", response.text)


def test_language_is_asked_for_or_guessed(standins: Running) -> None:
    assert '<html lang="en">' in get(standins, "/phone/?lang=en").text
    assert '<html lang="en">' in get(standins, "/phone/", **{"Accept-Language": "en-GB"}).text
    assert '<html lang="de">' in get(standins, "/phone/", **{"Accept-Language": "fr"}).text


def test_only_own_files_are_served(standins: Running) -> None:
    assert get(standins, "/phone/static/phone.js").headers["Content-Type"].startswith("text/java")
    assert get(standins, "/phone/static/..%2Fwords.py").status_code == 404
    assert get(standins, "/phone/static/%2Fetc%2Fpasswd").status_code == 404


def test_what_the_owner_pastes_stands_on_his_website(standins: Running) -> None:
    snippet = '<script src="http://127.0.0.1:8000/e/1.js"></script>'
    saved = httpx.post(
        f"{standins.url}/site/cafe-morgenrot/edit",
        data={"snippet": snippet, "passage": "<p>Unser Bot</p>"},
        trust_env=False,
    )
    assert saved.status_code == 303
    assert snippet in get(standins, "/site/cafe-morgenrot/").text
    assert "<p>Unser Bot</p>" in get(standins, "/site/cafe-morgenrot/datenschutz").text
    assert snippet not in get(standins, "/site/zahnarzt-linde/").text
    # In the editor it is text.
    assert "&lt;script" in get(standins, "/site/cafe-morgenrot/edit").text


def test_a_website_is_as_open_or_as_strict_as_asked(standins: Running) -> None:
    plain = get(standins, "/site/fahrschule-kurve/")
    strict = get(standins, "/site/fahrschule-kurve/?csp=strict")
    assert "Content-Security-Policy" not in plain.headers
    assert "script-src 'self'" in strict.headers["Content-Security-Policy"]
    assert get(standins, "/site/fahrschule-kurve/impressum").status_code == 200
    assert get(standins, "/site/nobody/").status_code == 404


@pytest.fixture
def phone(page: Any, standins: Running, control: Control) -> Iterator[Any]:
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda r: problems.append(r.url) if standins.url not in r.url else None)
    menu = [
        {"type": "postback", "title": "Abmelden", "payload": "UNSUBSCRIBE"},
        {"type": "web_url", "title": "Impressum", "url": "https://cafe-morgenrot.example/"},
    ]
    control.page(
        "1001",
        subscribed_fields=["messages", "messaging_postbacks"],
        profile={
            "get_started": {"payload": "START"},
            "persistent_menu": [{"locale": "default", "call_to_actions": menu}],
        },
    )
    page.goto(f"{standins.url}/phone/?chat={CAFE}&lang=de")
    yield page
    assert [problem for problem in problems if not problem.startswith("data:")] == []


@pytest.mark.browser
def test_a_person_starts_reads_taps_and_writes(phone: Any, graph: Any, control: Control) -> None:
    def say(**message: Any) -> None:
        body = {"recipient": {"id": control.address(CAFE)}, "messaging_type": "RESPONSE"}
        assert graph("POST", "/me/messages", body | {"message": message}).status_code == 200

    phone.get_by_role("button", name="Los geht’s").click()
    phone.get_by_role("button", name="Menü").wait_for()
    reply = {"content_type": "text", "title": "Ja", "payload": "YES"}
    say(text="<b>Hallo</b>", quick_replies=[reply])
    phone.get_by_text("<b>Hallo</b>").wait_for()
    phone.get_by_role("button", name="Ja", exact=True).click()
    phone.get_by_role("textbox").fill("Haben Sie auf?")
    phone.get_by_role("textbox").press("Enter")
    phone.get_by_role("log").get_by_text("Haben Sie auf?").wait_for()
    phone.get_by_role("button", name="Menü").click()
    assert phone.get_by_role("link", name="Impressum").get_attribute("target") == "_blank"
    phone.get_by_role("button", name="Abmelden").click()
    phone.get_by_role("log").get_by_text("Abmelden").wait_for()
    control.settle(1)
    said = [message["text"] for message in control.view(CAFE)["messages"]]
    assert said == ["Los geht’s", "<b>Hallo</b>", "Ja", "Haben Sie auf?", "Abmelden"]


@pytest.mark.browser
def test_another_person_sees_nothing_of_it(phone: Any, control: Control) -> None:
    control.write(CAFE, "Geheim", person=1)
    phone.get_by_role("log").get_by_text("Geheim").wait_for()
    phone.get_by_role("combobox", name="Person").select_option("2")
    phone.get_by_text("Noch keine Nachrichten.").wait_for()
    assert phone.get_by_text("Geheim").count() == 0
