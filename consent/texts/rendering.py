"""Texts as pages show them: Markdown to safe HTML."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt


def as_html(markdown: str) -> SafeString:
    """Headings, paragraphs, lists, bold and links. Markup inside the text stays text."""
    html: str = _renderer().render(markdown)
    return mark_safe(html)  # noqa: S308 (html is off: all is escaped)


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
