"""The lawyer reads a text as its readers will, with examples that fit."""

import pytest

from consent.texts.examples import examples_for
from consent.texts.models import TextVersion
from consent.texts.placeholders import Kind, filled
from consent.texts.rendering import as_html_with_examples
from consent.texts.shipping import ShippedText, shipped_texts


def version(text: ShippedText) -> TextVersion:
    return TextVersion(
        key=text.key,
        language=text.language,
        number=1,
        body=text.body,
        placeholders={name: kind.value for name, kind in text.placeholders.items()},
    )


@pytest.mark.parametrize("text", [*shipped_texts()], ids=lambda text: f"{text.key}.{text.language}")
def test_every_shipped_text_is_filled_by_its_examples(text: ShippedText) -> None:
    shown = version(text)

    assert "{{" not in filled(shown, examples_for(shown), markdown=True)
    html = as_html_with_examples(shown)
    assert "{{" not in html
    assert "PLACEHOLDER" not in html


def test_examples_are_marked_with_the_placeholder_s_name() -> None:
    text = TextVersion(
        key="rules",
        language="de",
        body="For {{ company }} until {{ day }}, [here]({{ url }})\n\n{{ all }}\n",
        placeholders={"company": Kind.LINE, "day": Kind.DATE, "url": Kind.URL, "all": Kind.LIST},
    )
    html = as_html_with_examples(text)

    assert '<mark class="blank" title="company">Café Morgenrot GmbH</mark>' in html
    assert '<mark class="blank" title="day">24. Dezember 2026</mark>' in html
    assert '<u>here</u> <mark class="blank" title="url">https://beispiel.example/</mark>' in html
    assert "<li>Erster Punkt</li>" in html


def test_what_is_sent_in_a_chat_is_shown_as_it_will_stand_there() -> None:
    text = TextVersion(
        key="bot-note",
        language="de",
        body="*Hello* <b>\n\n{{ company }}\n",
        placeholders=["company"],
    )

    assert as_html_with_examples(text) == (
        '<p class="chat-text">*Hello* &lt;b&gt;\n\n'
        '<mark class="blank" title="company">Café Morgenrot GmbH</mark></p>'
    )
