"""What is filled into a text fits its kind, and is put in so that it stays what it is."""

import datetime
from typing import Any

import pytest

from consent.texts.errors import (
    MissingPlaceholderError,
    PlaceholderError,
    SuperfluousValueError,
    UndeclaredPlaceholderError,
    WrongValueError,
)
from consent.texts.models import TextVersion
from consent.texts.placeholders import Block, Kind, filled, fitting
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


@pytest.mark.parametrize("values", [{}, {"it": ""}, {"it": None}])
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
