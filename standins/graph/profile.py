"""The Messenger Profile: get started, persistent menu, greeting.

https://developers.facebook.com/docs/messenger-platform/reference/messenger-profile-api
"""

import json
import re
from typing import Any

from standins.graph.access import GraphCall
from standins.graph.errors import too_many, wrong
from standins.graph.shape import fields_of, items_of, text_of, url_of
from standins.store import Row

PROPERTIES = (
    "get_started",
    "greeting",
    "persistent_menu",
    "commands",
    "ice_breakers",
    "whitelisted_domains",
)
#: Sent along with every call, or to say which platform is meant.
NOT_PROPERTIES = ("access_token", "appsecret_proof", "platform")
CALLS, MINUTES = 10, 10
MENU_ITEMS, MENU_TITLE = 20, 30
NEEDS_GET_STARTED = "You must set a Get Started button if you also wish to use persistent menu."
RATIOS = ("compact", "tall", "full")


def read(call: GraphCall, node: str) -> dict[str, Any]:
    profile = _open(call, node)[1]
    if not (fields := call.names("fields")):
        raise wrong("The parameter fields is required")
    _known(fields)
    found = {name: profile[name] for name in fields if name in profile}
    return {"data": [found] if found else []}


def write(call: GraphCall, node: str) -> dict[str, str]:
    """Overwrites the named properties only; all of them, or none."""
    page, profile = _open(call, node)
    given = {name: call.value(name) for name in call.params if name not in NOT_PROPERTIES}
    if not given:
        raise wrong("No property of the Messenger Profile was given")
    _known(list(given))
    for name, value in given.items():
        CHECKS[name](value)
    _save(call, page, profile | given)
    return {"result": "success"}


def delete(call: GraphCall, node: str) -> dict[str, str]:
    page, profile = _open(call, node)
    if not (fields := call.names("fields")):
        raise wrong("The parameter fields is required")
    _known(fields)
    _save(call, page, {name: value for name, value in profile.items() if name not in fields})
    return {"result": "success"}


def read_user_settings(call: GraphCall, node: str) -> dict[str, Any]:
    """What this one person's menu is: a menu for the person goes before the page's."""
    page = call.page(node)
    row = call.world.store.row(
        "SELECT user_menu_json FROM threads"
        " WHERE platform = 'messenger' AND place = ? AND address = ? AND started",
        page["id"],
        str(call.params.get("psid", "")),
    )
    if row is None:
        raise wrong("No matching user found", subcode=2018001)
    found: dict[str, Any] = {}
    if row["user_menu_json"]:
        found["user_level_persistent_menu"] = json.loads(row["user_menu_json"])
    if menu := json.loads(page["profile_json"]).get("persistent_menu"):
        found["page_level_persistent_menu"] = menu
    return {"data": [found] if found else []}


def _open(call: GraphCall, node: str) -> tuple[Row, dict[str, Any]]:
    """The page and its profile, if it has not asked too often."""
    page, now = call.page(node), call.world.now()
    with call.world.store.transaction():
        counted = call.world.store.row(
            "SELECT count(*) AS calls FROM profile_calls WHERE page = ? AND at > ?",
            page["id"],
            now - MINUTES * 60,
        )
        if counted and counted["calls"] >= CALLS:
            raise too_many(
                613,
                "(#613) Calls to this api have exceeded the rate limit.",
                place=page["id"],
                minutes=MINUTES,
            )
        call.world.store.run("INSERT INTO profile_calls VALUES (?, ?)", page["id"], now)
    profile: dict[str, Any] = json.loads(page["profile_json"])
    return page, profile


def _save(call: GraphCall, page: Row, profile: dict[str, Any]) -> None:
    if "persistent_menu" in profile and "get_started" not in profile:
        raise wrong(NEEDS_GET_STARTED, subcode=2018145)
    call.world.store.run(
        "UPDATE pages SET profile_json = ? WHERE id = ?", json.dumps(profile), page["id"]
    )


def _known(names: list[str]) -> None:
    if unknown := [name for name in names if name not in PROPERTIES]:
        raise wrong(
            f"Param fields must be one of {{{', '.join(PROPERTIES)}}}, not {', '.join(unknown)}"
        )


def _check_get_started(value: Any) -> None:
    fields_of(value, "get_started", required=("payload",))
    text_of(value["payload"], "get_started[payload]", most=1000)


def _check_greeting(value: Any) -> None:
    for index, entry in enumerate(items_of(value, "greeting", most=100)):
        at = f"greeting[{index}]"
        fields_of(entry, at, required=("locale", "text"))
        text_of(entry["text"], f"{at}[text]", most=160)
    _check_locales([entry["locale"] for entry in value], "greeting")


def check_menu(value: Any) -> None:
    for index, entry in enumerate(items_of(value, "persistent_menu", most=100)):
        at = f"persistent_menu[{index}]"
        fields_of(
            entry,
            at,
            required=("locale", "call_to_actions"),
            optional=("composer_input_disabled",),
        )
        if not isinstance(entry.get("composer_input_disabled", False), bool):
            raise wrong(f"Param {at}[composer_input_disabled] must be a boolean")
        where = f"{at}[call_to_actions]"
        for number, item in enumerate(items_of(entry["call_to_actions"], where, most=MENU_ITEMS)):
            _check_item(item, f"{where}[{number}]")
    _check_locales([entry["locale"] for entry in value], "persistent_menu")


def _check_item(value: Any, at: str) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "postback":
        fields_of(value, at, required=("type", "title", "payload"))
        text_of(value["payload"], f"{at}[payload]", most=1000)
    elif kind == "web_url":
        fields_of(
            value,
            at,
            required=("type", "title", "url"),
            optional=(
                "webview_height_ratio",
                "messenger_extensions",
                "fallback_url",
                "webview_share_button",
            ),
        )
        url_of(value["url"], f"{at}[url]")
        if value.get("webview_height_ratio", "full") not in RATIOS:
            raise wrong(f"Param {at}[webview_height_ratio] must be one of {{{', '.join(RATIOS)}}}")
    else:
        # Nested menus are gone since v8.0.
        raise wrong(f"Param {at}[type] must be one of {{WEB_URL, POSTBACK}}")
    text_of(value["title"], f"{at}[title]", most=MENU_TITLE)


def _check_locales(locales: list[Any], where: str) -> None:
    for locale in locales:
        if not re.fullmatch(r"default|[a-z]{2}_[A-Z]{2}", str(locale)):
            raise wrong(f"Param {where}[locale] is not a known locale: {locale}")
    if len(set(locales)) != len(locales):
        raise wrong(f"Param {where} names a locale twice")
    if "default" not in locales:
        raise wrong(f"Param {where} must have an entry with locale default")


def _check_any_list(value: Any) -> None:
    items_of(value, "property", most=100)


CHECKS = {
    "get_started": _check_get_started,
    "greeting": _check_greeting,
    "persistent_menu": check_menu,
    "commands": _check_any_list,
    "ice_breakers": _check_any_list,
    "whitelisted_domains": _check_any_list,
}
