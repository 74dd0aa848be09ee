"""A text's parts can be named one by one, and what changed is told part by part."""

from consent.texts.models import TextVersion
from consent.texts.parts import changed_parts, parts_of
from consent.texts.rendering import as_html_with_examples
from consent.texts.shipping import shipped_texts

BEFORE = "Hello.\n\n## Rules\n\nBe kind.\n\n## Hours\n\nNine to five.\n\n## End\n\nGo home.\n"


def test_the_parts_are_numbered_by_their_headings() -> None:
    parts = [(part.number, part.heading, part.body) for part in parts_of(BEFORE)]

    assert parts == [
        (0, "", "Hello."),
        (1, "Rules", "Be kind."),
        (2, "Hours", "Nine to five."),
        (3, "End", "Go home."),
    ]
    assert [part.number for part in parts_of("## Only\n\nThis.\n")] == [1]


def test_no_word_of_a_shipped_text_is_outside_of_its_parts() -> None:
    for text in shipped_texts():
        parts = parts_of(text.body)
        told = " ".join(f"{'## ' if p.heading else ''}{p.heading} {p.body}" for p in parts)
        assert told.split() == text.body.split(), text.key


def test_only_the_parts_that_changed_are_told() -> None:
    (change,) = changed_parts(BEFORE, BEFORE.replace("five", "six"))

    assert (change.part.number, change.part.heading, change.kind) == (2, "Hours", "changed")
    kinds = [line.kind if line else "left out" for line in change.lines]
    assert kinds == ["changed"]
    assert changed_parts(BEFORE, BEFORE) == []


def test_parts_come_go_and_get_another_heading() -> None:
    after = BEFORE.replace("## Hours\n\nNine to five.\n\n", "").replace("## Rules", "## Manners")
    after += "\n## More\n\nMore words.\n"

    told = [(c.kind, c.part.number, c.part.heading) for c in changed_parts(BEFORE, after)]

    assert told == [
        ("changed", 1, "Manners"),
        ("gone", 2, "Hours"),
        ("new", 3, "More"),
    ]


def test_a_change_leads_to_its_part_in_the_text() -> None:
    text = TextVersion(key="rules", language="de", body=BEFORE, placeholders={})
    html = as_html_with_examples(text)

    for part in parts_of(BEFORE)[1:]:
        assert f'<h2 id="{part.anchor}">{part.heading}</h2>' in html
