"""What is filled into a text fits its kind, and is put in so that it stays what it is."""

import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from consent.texts.errors import (
    MissingPlaceholderError,
    PlaceholderError,
    SuperfluousValueError,
    UndeclaredPlaceholderError,
    WrongValueError,
)
from consent.texts.models import TextVersion
from consent.texts.placeholders import Block, Kind, demand_declared, filled, fitting
from consent.texts.rendering import as_html

DAY = datetime.date(2026, 3, 4)


def text(body: str, language: str = "de", **kinds: Kind) -> TextVersion:
    return TextVersion(key="note", language=language, number=3, body=body, placeholders=kinds)


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        (Kind.LINE, "Café *Morgenrot*", "Café *Morgenrot*"),
        (Kind.TEXT, "Here 1\n10115 Berlin", "Here 1\n10115 Berlin"),
        (Kind.NUMBER, 12, "12"),
        (Kind.NUMBER, "12", "12"),
        (Kind.DATE, DAY, "4. März 2026"),
        (Kind.DATE, "2026-03-04", "4. März 2026"),
        (Kind.URL, "https://a.example/b_c?d=1&e=(2)", "https://a.example/b_c?d=1&e=(2)"),
        (Kind.URL, "/legal/terms/", "/legal/terms/"),
        (Kind.EMAIL, "a_b@c.example", "a_b@c.example"),
        (Kind.LIST, "- one\n- two", "- one\n- two"),
        (Kind.BLOCK, Block("## Head\n\nWords"), "## Head\n\nWords"),
    ],
)
def test_a_value_that_fits_is_written(kind: Kind, value: Any, written: str) -> None:
    assert filled(text("{{ it }}", it=kind), {"it": value}) == written


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.LINE, "two\nlines"),
        (Kind.NUMBER, "twelve"),
        (Kind.NUMBER, "1.5"),
        (Kind.DATE, "tomorrow"),
        (Kind.DATE, "2026-13-01"),
        (Kind.URL, "javascript:alert(1)"),
        (Kind.URL, "https://a.example/ b"),
        (Kind.URL, "a.example"),
        (Kind.URL, "/"),
        (Kind.URL, "//evil.example"),
        (Kind.URL, "https://"),
        (Kind.URL, "https:///path"),
        (Kind.URL, "https://[a"),
        (Kind.NUMBER, "٣"),
        (Kind.LIST, "- "),
        (Kind.LIST, "- one\n-  \n- two"),
        (Kind.EMAIL, "nobody"),
        (Kind.EMAIL, "a@b.example, c@d.example"),
        (Kind.LIST, "no list"),
        (Kind.LIST, "- one\n## Head"),
        (Kind.BLOCK, "not marked as Markdown"),
    ],
)
def test_a_value_of_another_kind_is_refused_by_name(kind: Kind, value: Any) -> None:
    with pytest.raises(WrongValueError) as refused:
        filled(text("{{ it }}", it=kind), {"it": value})

    assert (refused.value.version, refused.value.name) == ("note (de) v3", "it")


@pytest.mark.parametrize(
    "values", [{}, *({"it": blank} for blank in ("", None, " ", "\t", "\u200b", "\xa0"))]
)
def test_filling_in_leaves_no_gap(values: dict[str, Any]) -> None:
    with pytest.raises(MissingPlaceholderError, match=r"note \(de\) v3: it"):
        filled(text("For {{ it }}", it=Kind.LINE), values)


def test_a_value_that_the_text_does_not_ask_for_is_an_error() -> None:
    note = text("For {{ it }}", it=Kind.LINE)

    with pytest.raises(SuperfluousValueError, match=r"note \(de\) v3: other"):
        filled(note, {"it": "me", "other": "you"})
    assert fitting(note, {"it": "me", "other": "you"}) == {"it": "me"}


def test_a_placeholder_that_is_not_declared_is_no_gap_either() -> None:
    with pytest.raises(UndeclaredPlaceholderError):
        filled(text("For {{ it }}"), {})


@pytest.mark.parametrize(
    "body", ["{{ terms-url }}", "{{ x", "x }}", "{{ }}", "{{ {{ it }} }}", "{{\nit\n}} {{ a b }}"]
)
def test_double_braces_around_anything_else_are_refused(body: str) -> None:
    words = text(f"For {{{{ it }}}}: {body}", it=Kind.LINE)

    with pytest.raises(UndeclaredPlaceholderError):
        demand_declared(words)
    demand_declared(text("For {{it}} {{ it }} { it } {{ it\n}}", it=Kind.LINE))


class _Read(HTMLParser):
    """What a reader sees, and between which tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.tags = "", []
        self.feed(html)
        self.close()
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words += data


PLACES = {
    "alone": "{{ it }}",
    "in words": "Words {{ it }} more",
    "below words": "Words\n{{ it }}",
    "above words": "{{ it }}\nmore",
    "with a full stop": "Words\n\n{{ it }}. More",
    "list": "- {{ it }}\n- more",
    "numbered": "1. {{ it }}\n2. more",
    "heading": "## {{ it }}\n\nmore",
    "quote": "> {{ it }}",
    "bold": "**{{ it }}**",
    "link": "[{{ it }}](https://a.example)",
}
SOMETHING = some.text(
    some.sampled_from("-+=*_#>~`12.) \t\n\\[](<&;!|:/{}'\"\xa0a")
    | some.characters(exclude_categories=["Cs", "Cc"])
).filter(lambda value: any(each.isprintable() and not each.isspace() for each in value))


@pytest.mark.parametrize("place", PLACES)
@given(value=SOMETHING)
def test_a_value_stays_a_value_wherever_it_stands(place: str, value: str) -> None:
    """Read back from the page it is what it was, and nothing else of the page has changed."""
    body = text(PLACES[place], it=Kind.TEXT)

    read = _Read(as_html(filled(body, {"it": value}, markdown=True)))

    plain = _Read(as_html(filled(body, {"it": "X"}, markdown=True)))
    assert read.words == " ".join(plain.words.replace("X", value).split())
    assert read.tags == plain.tags


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "value", ["1. FC Köln", "2) x", "- x", "x\n---", "x\n===", "=", "    code", "a\n\n    b"]
)
def test_what_would_be_a_list_or_a_heading_stays_a_value(place: str, value: str) -> None:
    body = text(PLACES[place], it=Kind.TEXT)
    read = _Read(as_html(filled(body, {"it": value}, markdown=True)))

    plain = _Read(as_html(filled(body, {"it": "X"}, markdown=True)))
    assert " ".join(value.split()) in read.words
    assert read.tags == plain.tags


def test_a_day_and_a_number_at_the_beginning_of_a_line_are_no_list() -> None:
    day = filled(text("Until\n\n{{ it }}", it=Kind.DATE), {"it": DAY}, markdown=True)
    number = filled(text("{{ it }}. And more", it=Kind.NUMBER), {"it": 7}, markdown=True)

    assert as_html(day) == "<p>Until</p>\n<p>4. März 2026</p>\n"
    assert as_html(number) == "<p>7. And more</p>\n"


def test_the_items_of_a_list_are_values_too() -> None:
    items = {"it": "- 1. FC\n- - x\n- # y"}
    html = as_html(filled(text("{{ it }}", it=Kind.LIST), items, markdown=True))

    assert html == "<ul>\n<li>1. FC</li>\n<li>- x</li>\n<li># y</li>\n</ul>\n"


def test_a_signed_text_from_before_the_kinds_keeps_its_lists() -> None:
    old = text("{{ it }}")
    old.placeholders = ["it"]

    html = as_html(filled(old, {"it": "- one\n- two"}, markdown=True))
    assert html == "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"


def test_the_date_speaks_the_text_s_language() -> None:
    until = text("{{ it }}", language="en", it=Kind.DATE)

    assert filled(until, {"it": DAY}) == "4 March 2026"


@pytest.mark.parametrize("kind", [Kind.LINE, Kind.TEXT])
def test_a_value_inside_markdown_stays_a_value(kind: Kind) -> None:
    written = filled(
        text("For {{ it }}", it=kind), {"it": "<b>*Evil* [Co](x) # {{ it }}"}, markdown=True
    )

    assert as_html(written) == "<p>For &lt;b&gt;*Evil* [Co](x) # {{ it }}</p>\n"


def test_an_address_inside_a_link_leads_where_it_says() -> None:
    link = text("[Here]({{ it }})", it=Kind.URL)
    html = as_html(filled(link, {"it": "https://a.example/b_c?d=1&e=(2)"}, markdown=True))

    assert html == '<p><a href="https://a.example/b_c?d=1&amp;e=(2)">Here</a></p>\n'


def test_a_list_is_a_list_and_its_words_are_words() -> None:
    html = as_html(filled(text("{{ it }}", it=Kind.LIST), {"it": "- *a*\n- <b>"}, markdown=True))

    assert html == "<ul>\n<li>*a*</li>\n<li>&lt;b&gt;</li>\n</ul>\n"


def test_a_version_from_before_the_kinds_takes_what_it_always_took() -> None:
    old = text("{{ it }}")
    old.placeholders = ["it"]

    for value, written in [
        ("two\nlines", "two\nlines"),
        ("", ""),
        (12, "12"),
        ("4. März 2026", "4. März 2026"),
        ("2026-03-04", "4. März 2026"),
        (Block("## Head"), "## Head"),
    ]:
        assert filled(old, {"it": value}) == written
    for values in ({}, {"it": "a", "other": "b"}):
        with pytest.raises(PlaceholderError):
            filled(old, values)
