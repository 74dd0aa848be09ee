"""Pages, bots and websites: adding them, looking at them, breaking them."""

import json
import re
from typing import Any

from standins import seeds
from standins.control.access import ControlCall
from standins.control.errors import ControlError
from standins.graph.access import TOKEN_STATES
from standins.site.businesses import BUSINESSES, PARTS, put_part


def add_page(call: ControlCall) -> dict[str, str]:
    page_id = call.text("id")
    if not re.fullmatch(r"\d{1,20}", page_id):
        raise ControlError("id must be a number of up to 20 digits.")
    if call.world.store.row("SELECT 1 FROM pages WHERE id = ?", page_id):
        raise ControlError(f"The page {page_id} is there already.", 409)
    token = call.text("token", f"page-token-{page_id}")
    seeds.add_page(call.world.store, page_id, name=call.text("name"), token=token)
    return {"chat": f"messenger-{page_id}", "token": token}


def read_page(call: ControlCall, page_id: str) -> dict[str, Any]:
    row = _row(call, "pages", page_id)
    subscribed = row["subscribed_json"]
    return {
        "id": row["id"],
        "name": row["name"],
        "token_state": row["token_state"],
        "restricted": bool(row["restricted"]),
        "subscribed_fields": json.loads(subscribed) if subscribed else None,
        "profile": json.loads(row["profile_json"]),
    }


def change_page(call: ControlCall, page_id: str) -> dict[str, Any]:
    """What happens to a page without the product: its token dies, another tool changes its menu."""
    _row(call, "pages", page_id)
    store, params = call.world.store, call.params
    if "token_state" in params:
        if params["token_state"] not in TOKEN_STATES:
            raise ControlError(f"token_state must be one of {', '.join(TOKEN_STATES)}.")
        store.run("UPDATE pages SET token_state = ? WHERE id = ?", params["token_state"], page_id)
    if "restricted" in params:
        store.run(
            "UPDATE pages SET restricted = ? WHERE id = ?", bool(params["restricted"]), page_id
        )
    if "subscribed_fields" in params:
        fields = params["subscribed_fields"]
        value = json.dumps(fields) if fields is not None else None
        store.run("UPDATE pages SET subscribed_json = ? WHERE id = ?", value, page_id)
    if "profile" in params:
        value = json.dumps(params["profile"])
        store.run("UPDATE pages SET profile_json = ? WHERE id = ?", value, page_id)
    return read_page(call, page_id)


def add_bot(call: ControlCall) -> dict[str, str]:
    token = call.text("token")
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise ControlError("token must look like 123456:secret.")
    bot_id = token.partition(":")[0]
    if call.world.store.row("SELECT 1 FROM bots WHERE id = ?", bot_id):
        raise ControlError(f"The bot {bot_id} is there already.", 409)
    username = call.text("username", f"demo_{bot_id}_bot")
    seeds.add_bot(call.world.store, token, name=call.text("name"), username=username)
    return {"chat": f"telegram-{bot_id}", "token": token}


def read_bot(call: ControlCall, bot_id: str) -> dict[str, Any]:
    row = _row(call, "bots", bot_id)
    return {
        "id": row["id"],
        "name": row["name"],
        "username": row["username"],
        "token_state": row["token_state"],
        "webhook": json.loads(row["webhook_json"]) if row["webhook_json"] else None,
        "commands": json.loads(row["commands_json"]),
        "menu_button": json.loads(row["menu_button_json"]),
        "texts": json.loads(row["texts_json"]),
    }


def change_bot(call: ControlCall, bot_id: str) -> dict[str, Any]:
    _row(call, "bots", bot_id)
    if call.text("token_state") not in ("valid", "invalid"):
        raise ControlError("token_state must be valid or invalid.")
    call.world.store.run(
        "UPDATE bots SET token_state = ? WHERE id = ?", call.text("token_state"), bot_id
    )
    return read_bot(call, bot_id)


def change_site(call: ControlCall, slug: str) -> dict[str, Any]:
    """Put a snippet or a passage on a business's website, as its owner would."""
    if slug not in BUSINESSES:
        raise ControlError(f"No such website: {slug}", 404)
    for part in PARTS:
        if part in call.params:
            put_part(call.world, slug, part, call.text(part))
    return {"url": f"/site/{slug}/"}


def _row(call: ControlCall, table: str, key: str) -> dict[str, Any]:
    row = call.world.store.row(f"SELECT * FROM {table} WHERE id = ?", key)
    if row is None:
        raise ControlError(f"Not in {table}: {key}", 404)
    return row
