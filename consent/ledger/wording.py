"""What could be read of a form, for whoever reads a record of it later."""

from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _


class _Words(HTMLParser):
    """The words of a form, without its style. What was struck out is named as such, and what is new
    as well: without their marks old and new words would read as one sentence.
    """

    SKIPPED = {"style", "script", "svg"}
    WITHIN_A_LINE = {
        "a",
        "abbr",
        "b",
        "code",
        "del",
        "em",
        "i",
        "ins",
        "small",
        "span",
        "strong",
        "u",
    }

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._skipping = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._skipping += tag in self.SKIPPED
        self._break(tag)
        if tag in {"del", "ins"}:
            word = _("struck") if tag == "del" else _("new")
            self.said.append(f"[{word}: ")

    def handle_endtag(self, tag: str) -> None:
        self._skipping -= tag in self.SKIPPED
        self._break(tag)
        if tag in {"del", "ins"} and self.said:
            self.said[-1] = self.said[-1].rstrip()
            self.said.append("] ")

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self.said.append(data if data.isspace() else data.replace("\n", " "))

    def _break(self, tag: str) -> None:
        if tag not in self.WITHIN_A_LINE:
            self.said.append("\n")


def words_of(form: str) -> str:
    """What could be read of a form, a line a block; a text without markup stays as it is."""
    if "<" not in form:
        return unescape(form).strip()
    words = _Words()
    words.feed(form)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.said).splitlines())
    return "\n".join(line for line in lines if line)
