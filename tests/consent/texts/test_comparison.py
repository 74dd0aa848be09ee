"""What a lawyer sees of a change."""

from consent.texts.comparison import Piece, compare, only_changes


def test_words_that_went_and_came_are_marked_within_their_paragraph() -> None:
    (line,) = compare("We erase within 30 days.", "We erase within 14 days.")

    assert line.kind == "changed"
    assert line.pieces == (
        Piece("same", "We erase within "),
        Piece("gone", "30 "),
        Piece("new", "14 "),
        Piece("same", "days."),
    )


def test_paragraphs_come_and_go_as_a_whole() -> None:
    lines = compare("Stays\n\nGoes away entirely", "Stays\n\nSomething else came instead, longer")

    assert [line.kind for line in lines] == ["same", "gone", "new"]


def test_both_versions_can_be_read_out_of_the_comparison() -> None:
    before = "## A\n\nOne two three.\n\nFour.\n"
    after = "## A\n\nOne and three.\n\nNew.\n\nFour.\n"
    lines = compare(before, after)

    def reading(*kinds: str) -> list[str]:
        texts = ["".join(p.words for p in line.pieces if p.kind in kinds) for line in lines]
        return [text for text in texts if text]

    assert reading("same", "gone") == ["## A", "One two three.", "Four."]
    assert reading("same", "new") == ["## A", "One and three.", "New.", "Four."]


def test_long_stretches_without_change_are_left_out() -> None:
    before = "\n".join(f"Line {n}" for n in range(20))
    shown = only_changes(compare(before, before.replace("Line 10", "Changed completely")))

    words = ["…" if line is None else line.pieces[0].words for line in shown]
    assert words == ["…", "Line 9", "Line 10", "Changed completely", "Line 11", "…"]


def test_the_same_text_has_no_changes() -> None:
    assert only_changes(compare("A\nB", "A\n\nB")) == [None]
