"""Who and what is there on the first day. The ids and tokens are the demo's, fixed in its docs."""

import hashlib

from standins.store import Store

PAGES = {
    "1001": "Café Morgenrot",
    "2002": "Zahnarzt Linde",
    "3003": "Fahrschule Kurve",
    "4004": "Ihre Seite",  # nobody's yet: for whoever signs up in the demo
}
BOTS = {
    "123456": ("telegram-token-1001", "Café Morgenrot", "cafe_morgenrot_bot"),
    "223456": ("telegram-token-2002", "Zahnarzt Linde", "zahnarzt_linde_bot"),
    "323456": ("telegram-token-3003", "Fahrschule Kurve", "fahrschule_kurve_bot"),
    "423456": ("telegram-token-4004", "Ihr Bot", "ihr_bot"),
}
PERSONS = [
    ("Gast 1", None, "phone"),
    ("Gast 2", None, "phone"),
    ("Gast 3", None, "phone"),
    ("Testkonto 1", "testkonto-1@facebook.example", "login"),
    ("Testkonto 2", "testkonto-2@facebook.example", "login"),
    ("Testkonto ohne E-Mail", None, "login"),
]


def plant(store: Store) -> None:
    """Fill an empty memory; leave a filled one alone."""
    with store.transaction():
        if store.row("SELECT 1 FROM persons LIMIT 1"):
            return
        for name, email, role in PERSONS:
            add_person(store, name=name, email=email, role=role)
        for page, name in PAGES.items():
            add_page(store, page, name=name, token=f"page-token-{page}")
        for bot, (secret, name, username) in BOTS.items():
            add_bot(store, f"{bot}:{secret}", name=name, username=username)


def add_person(store: Store, *, name: str, email: str | None, role: str) -> int:
    person = store.run(
        "INSERT INTO persons (name, email, role, asid) VALUES (?, ?, ?, '')", name, email, role
    )
    asid = long_id("asid", person, start=10_220_000_000_000_000)
    store.run("UPDATE persons SET asid = ? WHERE id = ?", asid, person)
    return person


def add_page(store: Store, page: str, *, name: str, token: str) -> None:
    store.run("INSERT INTO pages (id, name, token) VALUES (?, ?, ?)", page, name, token)


def add_bot(store: Store, token: str, *, name: str, username: str) -> None:
    store.run(
        "INSERT INTO bots (id, token, name, username) VALUES (?, ?, ?, ?)",
        token.partition(":")[0],
        token,
        name,
        username,
    )


def long_id(*parts: object, start: int) -> str:
    """A long number as Facebook gives them: stable for the same parts, telling nothing of them."""
    digest = hashlib.sha256(":".join(map(str, parts)).encode()).digest()
    return str(start + int.from_bytes(digest[:6], "big"))
