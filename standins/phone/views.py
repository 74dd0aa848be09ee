"""The phone: a page that draws what ``/control/chat`` says, and acts through ``/control/act``."""

import json
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup
from werkzeug.wrappers import Response

from standins.phone.words import choose_language, words_for
from standins.web import Call, Room, page

HERE = Path(__file__).parent
PLATFORMS = {"messenger": "Messenger", "telegram": "Telegram"}

room = Room("/phone")
room.serve_files(HERE / "static")


@room.on("/")
def phone(call: Call) -> Response:
    """``?person=&chat=`` choose; ``&ref=`` comes in by a link, as from ``m.me/<page>?ref=``."""
    language = choose_language(call.request)
    words = words_for(language)
    store = call.world.store
    persons = store.rows("SELECT id, name FROM persons WHERE role = 'phone' ORDER BY id")
    places = [
        (f"{platform}-{row['id']}", f"{row['name']} ({PLATFORMS[platform]})")
        for platform, table in (("messenger", "pages"), ("telegram", "bots"))
        for row in store.rows(f"SELECT id, name FROM {table} ORDER BY rowid")
    ]
    person = _chosen(call, "person", [str(row["id"]) for row in persons])
    chat = _chosen(call, "chat", [key for key, _ in places])
    switched = {"person": person, "chat": chat, "lang": words["other_code"]}
    return page(
        HERE / "phone.html",
        {
            **words,
            "language": language,
            "switch": "?" + urlencode(switched),
            "persons": _options([(str(row["id"]), row["name"]) for row in persons], person),
            "chats": _options(places, chat),
            "ref": call.request.args.get("ref", ""),
            "words": json.dumps(words),
        },
    )


def _chosen(call: Call, name: str, known: list[str]) -> str:
    asked = call.request.args.get(name, "")
    return asked if asked in known else known[0]


def _options(values: list[tuple[str, str]], chosen: str) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            value, Markup(" selected") if value == chosen else "", label
        )
        for value, label in values
    )
