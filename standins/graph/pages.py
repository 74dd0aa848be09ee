"""A page, its token, its subscription, and the same person's other ids."""

import json
from typing import Any

from standins.graph.access import GraphCall
from standins.graph.errors import DEAD_TOKENS, unknown_object, wrong
from standins.graph.paging import one_part_of

#: What a page can be subscribed to, as far as the product may want it.
FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "standby",
    "messaging_handovers",
)
SCOPES = ["pages_show_list", "pages_messaging", "pages_manage_metadata"]
PAGE_FIELDS = ("id", "name", "category", "link", "username")


def read(call: GraphCall, node: str) -> dict[str, Any]:
    page = call.page(node)
    fields = call.names("fields") or ["id", "name"]
    if unknown := [field for field in fields if field not in PAGE_FIELDS]:
        raise wrong(f"Tried accessing nonexisting field ({unknown[0]}) on node type (Page)")
    values = {
        "name": page["name"],
        "category": "Local business",
        "link": f"https://www.facebook.com/{page['id']}",
    }
    return {name: values[name] for name in fields if name in values} | {"id": page["id"]}


def subscribe(call: GraphCall, node: str) -> dict[str, bool]:
    page = call.page(node)
    fields = call.names("subscribed_fields")
    if not fields:
        raise wrong("The parameter subscribed_fields is required")
    if unknown := [field for field in fields if field not in FIELDS]:
        raise wrong(
            f"Param subscribed_fields[0] must be one of {{{', '.join(FIELDS)}}} - got {unknown[0]}"
        )
    _set_subscription(call, page["id"], json.dumps(fields))
    return {"success": True}


def unsubscribe(call: GraphCall, node: str) -> dict[str, bool]:
    _set_subscription(call, call.page(node)["id"], None)
    return {"success": True}


def _set_subscription(call: GraphCall, page: str, fields: str | None) -> None:
    call.world.store.run("UPDATE pages SET subscribed_json = ? WHERE id = ?", fields, page)


def read_subscription(call: GraphCall, node: str) -> dict[str, Any]:
    page = call.page(node)
    if page["subscribed_json"] is None:
        return {"data": []}
    app = call.world.config.app_id
    fields = json.loads(page["subscribed_json"])
    return {"data": [{"id": app, "name": "ChatBo Demo", "subscribed_fields": fields}]}


def debug_token(call: GraphCall) -> dict[str, Any]:
    """What a token is worth: a dead one is described, not refused."""
    call.app()
    token = str(call.params.get("input_token", ""))
    if not token:
        raise wrong("The parameter input_token is required")
    app = {"app_id": call.world.config.app_id, "application": "ChatBo Demo"}
    row = call.world.store.row("SELECT * FROM pages WHERE token = ?", token)
    if row:
        data: dict[str, Any] = {
            **app,
            "type": "PAGE",
            "profile_id": row["id"],
            "is_valid": row["token_state"] == "valid",
            "expires_at": 0,
            "data_access_expires_at": int(call.world.now()) + 90 * 24 * 3600,
            "scopes": SCOPES,
        }
        if row["token_state"] != "valid":
            data["error"] = _token_error(row["token_state"])
        return {"data": data}
    login = call.world.store.row(
        "SELECT login_tokens.*, asid FROM login_tokens JOIN persons ON persons.id = person"
        " WHERE token = ?",
        token,
    )
    if login:
        return {
            "data": {
                **app,
                "type": "USER",
                "user_id": login["asid"],
                "is_valid": login["expires"] > call.world.now(),
                "expires_at": int(login["expires"]),
                "data_access_expires_at": int(login["expires"]),
                "scopes": login["scopes"].split(","),
            }
        }
    return {"data": {"is_valid": False, "scopes": [], "error": _token_error("invalid")}}


def _token_error(state: str) -> dict[str, Any]:
    subcode, message = DEAD_TOKENS[state]
    error: dict[str, Any] = {"code": 190, "message": message}
    return error | ({"subcode": subcode} if subcode else {})


def ids_for_pages(call: GraphCall, asid: str) -> dict[str, Any]:
    """From Facebook's id of a person to the ids by which our pages know the same person.

    Needs the app's token and its proof; the deletion callback is useless without it.
    """
    call.app()
    call.check_proof(required=True)
    person = call.world.store.row("SELECT id FROM persons WHERE asid = ?", asid)
    if person is None:
        raise unknown_object("GET", asid)
    rows = call.world.store.rows(
        "SELECT threads.address, pages.id, pages.name FROM threads JOIN pages ON pages.id = place"
        " WHERE platform = 'messenger' AND person = ? AND started AND (? = '' OR pages.id = ?)"
        " ORDER BY pages.id",
        person["id"],
        str(call.params.get("page", "")),
        str(call.params.get("page", "")),
    )
    data = [{"id": row["address"], "page": {"id": row["id"], "name": row["name"]}} for row in rows]
    return one_part_of(call, data, f"{asid}/ids_for_pages")
