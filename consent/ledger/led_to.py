"""The published texts to which a form on record led: each version has an address of its own."""

import re
from html import unescape

_LINK = re.compile(r'<a href="(/legal/[^"]+version=\d+)"[^>]*>([^<]+)</a>')


def texts_led_to(form: str) -> list[tuple[str, str]]:
    """Address and words, each text once: by the words that name its version, which come last."""
    return list({unescape(url): unescape(words) for url, words in _LINK.findall(form)}.items())
