"""What a bot shows beside its chat: commands, menu button, descriptions."""

import json
import re
from typing import Any

from standins.telegram.access import BotCall
from standins.telegram.errors import bad

COMMANDS = 100


def set_my_commands(call: BotCall) -> bool:
    """All or nothing: after a refusal the old list stays.

    Without ``commands`` the list becomes empty, and a leading slash or a command that is named
    twice is put right without a word, as the real one does.
    """
    given = call.value("commands") or []
    if not isinstance(given, list):
        raise bad("can't parse commands")
    if len(given) > COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    commands: dict[str, str] = {}
    for entry in given:
        name, description = _checked(entry)
        commands.setdefault(name, description)
    everything = json.loads(call.bot["commands_json"])
    everything[_key(call)] = [
        {"command": name, "description": description} for name, description in commands.items()
    ]
    call.save("commands_json", everything)
    return True


def _checked(entry: Any) -> tuple[str, str]:
    if not isinstance(entry, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for field in ("command", "description"):
        if not isinstance(entry.get(field), str):
            raise bad(f"can't parse BotCommand: Can't find field \"{field}\"")
    name = entry["command"].removeprefix("/")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad("BOT_COMMAND_INVALID")
    if not entry["description"].strip():
        raise bad("command description must be non-empty")
    if len(entry["description"]) > 256:
        raise bad("command description length must not exceed 256")
    return name, entry["description"]


def get_my_commands(call: BotCall) -> list[dict[str, str]]:
    commands: list[dict[str, str]] = json.loads(call.bot["commands_json"]).get(_key(call), [])
    return commands


def delete_my_commands(call: BotCall) -> bool:
    everything = json.loads(call.bot["commands_json"])
    everything.pop(_key(call), None)
    call.save("commands_json", everything)
    return True


def _key(call: BotCall) -> str:
    """Lists are kept apart by scope and language."""
    language = call.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad("invalid language code specified")
    scope = call.value("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise bad("can't parse BotCommandScope")
    return json.dumps(scope, sort_keys=True) + language


def commands_for(commands: dict[str, Any], language: str) -> list[dict[str, str]]:
    """The list that a person sees: the one in their language, or the one for everybody."""
    default = json.dumps({"type": "default"})
    found: list[dict[str, str]] = commands.get(default + language) or commands.get(default, [])
    return found


def set_menu_button(call: BotCall) -> bool:
    button = call.value("menu_button") or {"type": "default"}
    kind = button.get("type") if isinstance(button, dict) else None
    if kind == "web_app":
        url = (button.get("web_app") or {}).get("url", "")
        if not button.get("text") or not url.startswith("https://"):
            raise bad("menu button needs a text and an HTTPS URL")
    elif kind not in ("commands", "default"):
        raise bad("MenuButton has unsupported type")
    call.save("menu_button_json", button)
    return True


def get_menu_button(call: BotCall) -> dict[str, Any]:
    button: dict[str, Any] = json.loads(call.bot["menu_button_json"])
    return button


def set_text(call: BotCall, field: str, most: int) -> bool:
    text = call.text(field)
    if len(text) > most:
        raise bad(f"{field} is too long")
    call.save("texts_json", json.loads(call.bot["texts_json"]) | {field: text})
    return True
