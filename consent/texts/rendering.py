"""Texts as pages show them: Markdown to safe HTML."""

import re
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The parser, set up once."))


def as_html(markdown: str) -> SafeString:
    """Headings, paragraphs, lists, bold and links. Markup inside the text stays text."""
    html: str = _renderer().render(markdown)
    return mark_safe(html)  # noqa: S308 (html is off: all is escaped)


def as_html_with_placeholders(markdown: str) -> SafeString:
    """A text that is not filled in yet, each placeholder marked with its name.

    A link whose address is a placeholder is shown as its words and the name: it leads nowhere.
    """
    html = as_html(_PLACEHOLDER.sub(r"PLACEHOLDER\1END", markdown))
    html_without_links = _LINK.sub(r"<u>\2</u> PLACEHOLDER\1END", html)
    return mark_safe(  # noqa: S308 (a placeholder's name is made of word characters)
        _MARKED.sub(r'<mark class="blank">\1</mark>', html_without_links)
    )


_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_LINK = re.compile(r'<a href="PLACEHOLDER(\w+?)END">(.*?)</a>', re.S)
_MARKED = re.compile(r"PLACEHOLDER(\w+?)END")


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
