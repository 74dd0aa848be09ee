"""The Messenger Profile: order, limits, and a menu that others can change."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control

Call = Callable[..., httpx.Response]

GET_STARTED = {"payload": "START"}
UNSUBSCRIBE = {"type": "postback", "title": "Abmelden", "payload": "UNSUBSCRIBE"}
IMPRINT = {"type": "web_url", "title": "Impressum", "url": "https://cafe-morgenrot.example/"}


def menu(*items: dict[str, Any], locale: str = "default") -> list[dict[str, Any]]:
    return [{"locale": locale, "call_to_actions": list(items or [UNSUBSCRIBE, IMPRINT])}]


def put(graph: Call, **properties: Any) -> httpx.Response:
    return graph("POST", "/me/messenger_profile", properties)


def get(graph: Call, fields: str = "get_started,persistent_menu,greeting") -> Any:
    return graph("GET", "/me/messenger_profile", fields=fields).json()["data"]


def error(response: httpx.Response) -> tuple[int, int | None]:
    assert response.status_code == 400
    found = response.json()["error"]
    return found["code"], found.get("error_subcode")


def test_a_menu_needs_a_get_started_button(graph: Call) -> None:
    assert error(put(graph, persistent_menu=menu())) == (100, 2018145)
    assert get(graph) == []
    together = put(graph, get_started=GET_STARTED, persistent_menu=menu())
    assert together.json() == {"result": "success"}


def test_only_what_is_named_is_overwritten(graph: Call) -> None:
    put(graph, get_started=GET_STARTED, persistent_menu=menu())
    put(graph, greeting=[{"locale": "default", "text": "Willkommen"}])
    put(graph, persistent_menu=menu(UNSUBSCRIBE))
    assert get(graph) == [
        {
            "get_started": GET_STARTED,
            "persistent_menu": menu(UNSUBSCRIBE),
            "greeting": [{"locale": "default", "text": "Willkommen"}],
        }
    ]


def test_get_started_cannot_be_pulled_from_under_a_menu(graph: Call) -> None:
    put(graph, get_started=GET_STARTED, persistent_menu=menu())
    alone = graph("DELETE", "/me/messenger_profile", {"fields": ["get_started"]})
    assert error(alone) == (100, 2018145)
    both = {"fields": ["get_started", "persistent_menu"]}
    assert graph("DELETE", "/me/messenger_profile", both).json() == {"result": "success"}
    assert get(graph) == []


@pytest.mark.parametrize(
    "properties",
    [
        pytest.param({"persistent_menu": menu(*[UNSUBSCRIBE] * 21)}, id="21 items"),
        pytest.param({"persistent_menu": menu(UNSUBSCRIBE | {"title": "x" * 31})}, id="title"),
        pytest.param(
            {"persistent_menu": menu(UNSUBSCRIBE | {"payload": "x" * 1001})}, id="payload"
        ),
        pytest.param(
            {
                "persistent_menu": menu(
                    {"type": "nested", "title": "Mehr", "call_to_actions": [UNSUBSCRIBE]}
                )
            },
            id="nested",
        ),
        pytest.param({"persistent_menu": menu(locale="de_DE")}, id="no default locale"),
        pytest.param({"persistent_menu": menu() + menu()}, id="default twice"),
        pytest.param({"persistent_menu": menu(IMPRINT | {"url": "/imprint"})}, id="no address"),
        pytest.param(
            {"persistent_menu": menu(IMPRINT | {"webview_height_ratio": "x"})}, id="ratio"
        ),
        pytest.param(
            {"persistent_menu": menu(UNSUBSCRIBE | {"url": "https://x.example"})}, id="key"
        ),
        pytest.param({"persistent_menu": []}, id="empty menu"),
        pytest.param({"greeting": [{"locale": "default", "text": "x" * 161}]}, id="greeting"),
        pytest.param({"get_started": {"payload": ""}}, id="empty payload"),
        pytest.param({"get_started": "START"}, id="no object"),
        pytest.param({"wallpaper": "blue"}, id="unknown property"),
        pytest.param({}, id="nothing"),
    ],
)
def test_a_wrong_profile_is_refused_and_the_old_one_stays(
    graph: Call, properties: dict[str, Any]
) -> None:
    put(graph, get_started=GET_STARTED, persistent_menu=menu())
    assert error(put(graph, **properties)) == (100, None)
    assert get(graph, "get_started,persistent_menu") == [
        {"get_started": GET_STARTED, "persistent_menu": menu()}
    ]


def test_twenty_items_are_taken(graph: Call) -> None:
    items = [UNSUBSCRIBE | {"title": "x" * 30}] * 20
    assert put(graph, get_started=GET_STARTED, persistent_menu=menu(*items)).status_code == 200


def test_reading_needs_to_say_what(graph: Call) -> None:
    assert error(graph("GET", "/me/messenger_profile")) == (100, None)
    assert error(graph("GET", "/me/messenger_profile", fields="wallpaper")) == (100, None)


def test_ten_calls_in_ten_minutes_and_no_more(graph: Call, control: Control) -> None:
    for _ in range(10):
        assert graph("GET", "/me/messenger_profile", fields="greeting").status_code == 200
    refused = graph("GET", "/me/messenger_profile", fields="greeting")
    assert error(refused) == (613, None)
    assert "estimated_time_to_regain_access" in refused.headers["X-Business-Use-Case-Usage"]

    neighbour = graph("GET", "/me/messenger_profile", token="page-token-2002", fields="greeting")
    assert neighbour.status_code == 200
    control.let_pass(seconds=601)
    assert graph("GET", "/me/messenger_profile", fields="greeting").status_code == 200


def test_the_phone_shows_the_menu(graph: Call, control: Control) -> None:
    put(graph, get_started=GET_STARTED, persistent_menu=menu())
    view = control.view("messenger-1001")
    assert view["get_started"]
    assert [item["title"] for item in view["menu"]] == ["Abmelden", "Impressum"]


def test_another_tool_can_hide_the_menu(graph: Call, control: Control) -> None:
    """By a menu for this person, which both settings show, or by commands for all."""
    put(graph, get_started=GET_STARTED, persistent_menu=menu())
    control.start("messenger-1001")
    psid = control.address("messenger-1001")
    own = menu(IMPRINT)
    control.thread("messenger-1001", user_menu=own)

    data = graph("GET", "/me/custom_user_settings", psid=psid).json()["data"]
    assert data == [{"user_level_persistent_menu": own, "page_level_persistent_menu": menu()}]
    assert [item["title"] for item in control.view("messenger-1001")["menu"]] == ["Impressum"]

    control.page("1001", profile={"get_started": GET_STARTED, "commands": [{"locale": "default"}]})
    assert control.view("messenger-1001")["menu"] == []


def test_the_settings_of_a_stranger_are_nobodys(graph: Call) -> None:
    assert error(graph("GET", "/me/custom_user_settings", psid="4711")) == (100, 2018001)
