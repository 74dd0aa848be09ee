"""Markdown as plain text, for editors that take no HTML."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token


def as_text(markdown: str) -> str:
    """Headings, paragraphs and lists as lines; a link's address stands behind its words."""
    tokens = MarkdownIt("commonmark", {"html": False}).parse(markdown)
    text = "".join(_pieces(tokens))
    return "\n".join(line.rstrip() for line in text.strip().split("\n")) + "\n"


def _pieces(tokens: list[Token]) -> Iterator[str]:
    numbers: list[int | None] = []
    """Of each list that is open: the next number, or nothing for bullets."""
    is_tight = False
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                numbers.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                yield "\n"
            case "list_item_open":
                number = numbers[-1]
                yield "- " if number is None else f"{number}. "
                numbers[-1] = None if number is None else number + 1
            case "paragraph_open":
                is_tight = token.hidden
            case "inline":
                words = _words(token.children or [])
                yield f"{words}\n"
            case "paragraph_close" if not is_tight:
                yield "\n"
            case "heading_close":
                yield "\n"


def _words(tokens: list[Token]) -> str:
    said: list[str] = []
    targets: list[str] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline":
                said.append(token.content)
            case "softbreak" | "hardbreak":
                said.append("\n")
            case "link_open":
                targets.append(str(token.attrGet("href") or ""))
            case "link_close":
                said.append(f" ({targets.pop()})")
    return "".join(said)
