"""Searching for a person as a page does it."""

from urllib.parse import parse_qs, urlsplit

from django.test import Client

CONSENTS = "/app/cafe-morgenrot/consents/"


def searched(client: Client, words: str, page: str = CONSENTS) -> str:
    """What stands in this client's address after a search for these words on the page."""
    answer = client.post("/search/", {"q": words, "page": page})
    return parse_qs(urlsplit(answer.headers["Location"]).query)["person"][0]
