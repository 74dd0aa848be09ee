"""Texts as pages show them: Markdown to safe HTML."""

import re
from functools import lru_cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.texts.examples import examples_for
from consent.texts.models import TextVersion
from consent.texts.placeholders import PLACEHOLDER, Kind, declared_in, in_words

declare_store(Medium.MEMORY, __name__, NoPersonalData("The parser, set up once."))


def as_html(markdown: str) -> SafeString:
    """Headings, paragraphs, lists, bold and links. Markup inside the text stays text."""
    html: str = _renderer().render(markdown)
    return mark_safe(html)  # noqa: S308 (html is off: all is escaped)


def as_html_with_placeholders(markdown: str) -> SafeString:
    """A text that is not filled in yet, each placeholder marked with its name.

    A link whose address is a placeholder is shown as its words and the name: it leads nowhere.
    """
    html = as_html(PLACEHOLDER.sub(r"PLACEHOLDER\1END", markdown))
    return _marked(html, {name: name for name in PLACEHOLDER.findall(markdown)})


def as_html_with_examples(version: TextVersion) -> SafeString:
    """A text as a reader will see it, with example values, marked; its parts can be linked to.

    What is sent in a chat (``bot-``) is no Markdown, and shown as it will stand there.
    """
    kinds, examples = declared_in(version), examples_for(version)
    words = {
        name: in_words(kind, examples[name], language=version.language)
        for name, kind in kinds.items()
    }

    def stand_in(match: re.Match[str]) -> str:
        is_whole = kinds.get(match[1]) in _WHOLE
        return words[match[1]] if is_whole else f"PLACEHOLDER{match[1]}END"

    text = PLACEHOLDER.sub(stand_in, version.body)
    if version.key.startswith("bot-"):
        html = f'<p class="chat-text">{escape(text.strip())}</p>'
    else:
        html = as_html(text)
    return _with_anchors(_marked(html, words))


_WHOLE = {Kind.LIST, Kind.BLOCK}
"""Kinds that stand as paragraphs of their own, and are not marked as words are."""
_LINK = re.compile(r'<a href="PLACEHOLDER(\w+?)END">(.*?)</a>', re.S)
_MARKED = re.compile(r"PLACEHOLDER(\w+?)END")


def _marked(html: str, words: dict[str, str]) -> SafeString:
    without_links = _LINK.sub(r"<u>\2</u> PLACEHOLDER\1END", html)
    return mark_safe(  # noqa: S308 (all of it is escaped)
        _MARKED.sub(
            lambda match: format_html(
                '<mark class="blank" title="{}">{}</mark>', match[1], words.get(match[1], match[1])
            ),
            without_links,
        )
    )


def _with_anchors(html: str) -> SafeString:
    """Each part's heading gets the name that ``parts.Part.anchor`` gives it."""
    first, *rest = html.split("<h2>")
    numbered = [f'<h2 id="part-{number}">{each}' for number, each in enumerate(rest, start=1)]
    return mark_safe(first + "".join(numbered))  # noqa: S308 (nothing but our own ids is added)


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})
