"""Tokens, proofs and versions."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from standins.client import Control
from standins.testing import Running

Call = Callable[..., httpx.Response]


def error(response: httpx.Response) -> tuple[int, int | None]:
    assert response.status_code == 400
    found = response.json()["error"]
    return found["code"], found.get("error_subcode")


def test_a_page_knows_itself(graph: Call) -> None:
    assert graph("GET", "/me", fields="id,name").json() == {"id": "1001", "name": "Café Morgenrot"}
    assert error(graph("GET", "/me", fields="id,shoe_size")) == (100, None)


def test_a_page_of_the_control_interface_is_a_page(graph: Call, control: Control) -> None:
    token = control.add_page("5005", "Blumen am Eck")
    assert graph("GET", "/me", token=token).json()["name"] == "Blumen am Eck"


def test_an_unknown_token_is_dead(graph: Call) -> None:
    assert error(graph("GET", "/me", token="page-token-9999")) == (190, None)
    assert error(graph("GET", "/me", token="")) == (2500, None)


@pytest.mark.parametrize(
    ("state", "subcode"), [("removed", 458), ("password", 460), ("expired", 463), ("invalid", None)]
)
def test_a_token_tells_why_it_died(
    graph: Call, control: Control, state: str, subcode: int | None
) -> None:
    control.page("1001", token_state=state)
    assert error(graph("GET", "/me")) == (190, subcode)
    assert error(graph("POST", "/me/messages", {})) == (190, subcode)


def test_a_wrong_proof_is_refused(graph: Call) -> None:
    assert error(graph("GET", "/me", appsecret_proof="0" * 64)) == (100, None)


def test_a_missing_proof_matters_only_when_demanded(standins: Running, control: Control) -> None:
    def call() -> httpx.Response:
        return httpx.get(
            f"{standins.graph_url}/v26.0/me",
            headers={"Authorization": "Bearer page-token-1001"},
            trust_env=False,
        )

    assert call().status_code == 200
    control.require_proof()
    assert error(call()) == (100, None)


@pytest.mark.parametrize("version", ["v20.0", "v27.0", "v26", "latest"])
def test_a_version_that_is_gone_or_unborn_is_refused(standins: Running, version: str) -> None:
    response = httpx.get(
        f"{standins.graph_url}/{version}/me",
        params={"access_token": "page-token-1001"},
        trust_env=False,
    )
    assert response.status_code == 400


def test_what_is_not_there_has_an_error_of_the_right_shape(graph: Call) -> None:
    assert error(graph("GET", "/me/feed/likes")) == (2500, None)
    assert error(graph("PUT", "/me/messages")) == (100, None)


def debug(graph: Call, token: str, app: str = "demo-app|demo-app-secret") -> httpx.Response:
    return graph("GET", "/debug_token", token=app, input_token=token)


def test_only_the_app_may_look_into_a_token(graph: Call, control: Control) -> None:
    data: dict[str, Any] = debug(graph, "page-token-1001").json()["data"]
    assert (data["is_valid"], data["type"], data["profile_id"]) == (True, "PAGE", "1001")
    assert data["expires_at"] == 0
    assert "pages_messaging" in data["scopes"]

    control.page("1001", token_state="password")
    data = debug(graph, "page-token-1001").json()["data"]
    assert (data["is_valid"], data["error"]["subcode"]) == (False, 460)

    assert debug(graph, "nonsense").json()["data"]["is_valid"] is False
    assert error(debug(graph, "page-token-1001", app="demo-app|guess")) == (190, None)


def test_the_ids_of_a_person_need_token_and_proof_of_the_app(
    graph: Call, standins: Running, control: Control
) -> None:
    control.write("messenger-1001", "Hallo")
    asid = control.state()["persons"][0]["asid"]
    app = "demo-app|demo-app-secret"

    data = graph("GET", f"/{asid}/ids_for_pages", token=app).json()["data"]
    assert [(row["id"], row["page"]["id"]) for row in data] == [
        (control.address("messenger-1001"), "1001")
    ]
    assert error(graph("GET", f"/{asid}/ids_for_pages")) == (190, None)
    assert error(graph("GET", "/4711/ids_for_pages", token=app)) == (100, 33)
    naked = httpx.get(
        f"{standins.graph_url}/v26.0/{asid}/ids_for_pages",
        params={"access_token": app},
        trust_env=False,
    )
    assert error(naked) == (100, None)


def test_ids_for_pages_come_in_parts(control: Control, graph: Call) -> None:
    asid, token = control.state()["persons"][0]["asid"], "demo-app|demo-app-secret"
    for number in range(3):
        control.add_page(str(5000 + number), "Seite")
        control.page(str(5000 + number), subscribed_fields=["messages"])
        control.write(f"messenger-{5000 + number}", "Hallo")

    def part(**asked: Any) -> Any:
        return graph("GET", f"/{asid}/ids_for_pages", token=token, **asked).json()

    first = part(limit=2)
    assert [row["page"]["id"] for row in first["data"]] == ["5000", "5001"]
    after = first["paging"]["cursors"]["after"]
    assert f"after={after.replace('=', '%3D')}" in first["paging"]["next"]
    last = part(limit=2, after=after)
    assert [row["page"]["id"] for row in last["data"]] == ["5002"]
    assert "next" not in last["paging"]
    assert part(limit=2, after=last["paging"]["cursors"]["after"]) == {"data": []}
    assert part(page="5001")["data"][0]["page"]["id"] == "5001"
    for wrong in ({"after": "nonsense"}, {"after": "OTk="}, {"limit": 0}, {"limit": "many"}):
        assert part(**wrong)["error"]["code"] == 100


def test_whoever_never_chatted_is_known_on_no_page(control: Control, graph: Call) -> None:
    asid = control.state()["persons"][1]["asid"]

    answer = graph("GET", f"/{asid}/ids_for_pages", token="demo-app|demo-app-secret")

    assert (answer.status_code, answer.json()) == (200, {"data": []})


def test_a_page_is_subscribed_to_known_fields_only(graph: Call) -> None:
    assert graph("GET", "/1001/subscribed_apps").json() == {"data": []}
    fields = "messages,messaging_postbacks"
    response = graph("POST", "/1001/subscribed_apps", subscribed_fields=fields)
    assert response.json() == {"success": True}
    row = graph("GET", "/1001/subscribed_apps").json()["data"][0]
    assert (row["id"], row["subscribed_fields"]) == ("demo-app", fields.split(","))

    assert error(graph("POST", "/1001/subscribed_apps")) == (100, None)
    assert error(graph("POST", "/1001/subscribed_apps", subscribed_fields="gossip")) == (100, None)
    assert graph("DELETE", "/1001/subscribed_apps").json() == {"success": True}
    assert graph("GET", "/1001/subscribed_apps").json() == {"data": []}
