"""Every sentence has its German; the check of that goes red where one has not.

The catalogue itself is compared with templates and code by ``infrastructure.translations``, here
as in ``make check``; these tests break a copy of it.
"""

from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import translation

from infrastructure import translations

GERMAN = Path(__file__).parents[2] / "locale" / "de" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def used() -> set[tuple[str | None, str]]:
    """What templates and code say now; extracted once, because it takes seconds."""
    return translations.extracted("de")


@pytest.fixture
def catalogue(used: set[tuple[str | None, str]], monkeypatch: pytest.MonkeyPatch) -> polib.POFile:
    monkeypatch.setattr(translations, "extracted", lambda language: used)
    return polib.pofile(str(GERMAN))


def entry(catalogue: polib.POFile, *, plural: bool = False) -> polib.POEntry:
    """One with a placeholder, and with its plural if wanted."""
    return next(
        entry
        for entry in catalogue
        if not entry.obsolete
        and bool(entry.msgid_plural) == plural
        and translations.PLACEHOLDER.search(entry.msgstr or entry.msgstr_plural[1])
    )


def test_every_sentence_of_templates_and_code_is_translated(catalogue: polib.POFile) -> None:
    assert len(catalogue) > 500
    assert translations.compare(catalogue) == []


def test_each_language_that_people_may_choose_has_a_catalogue_or_is_the_sources() -> None:
    found = {path.parts[-3] for path in GERMAN.parents[2].glob("*/LC_MESSAGES/django.po")}

    assert {code for code, _ in settings.LANGUAGES} - found <= {"en"}


def test_a_sentence_without_german_is_found(catalogue: polib.POFile) -> None:
    broken = entry(catalogue)
    broken.msgstr = ""

    assert translations.compare(catalogue) == [f"not translated: {broken.msgid!r}"]


def test_a_guess_of_the_tool_is_found(catalogue: polib.POFile) -> None:
    broken = entry(catalogue)
    broken.flags.append("fuzzy")

    assert translations.compare(catalogue) == [f"not translated: {broken.msgid!r}"]


@pytest.mark.parametrize("replacement", ["", "%(strange)s"])
def test_a_lost_or_invented_placeholder_is_found(catalogue: polib.POFile, replacement: str) -> None:
    broken = entry(catalogue)
    broken.msgstr = translations.PLACEHOLDER.sub(replacement, broken.msgstr, count=1)

    assert translations.compare(catalogue) == [
        f"other placeholders than the source: {broken.msgid!r}"
    ]


def test_a_plural_without_its_second_form_is_found(catalogue: polib.POFile) -> None:
    broken = entry(catalogue, plural=True)
    broken.msgstr_plural[1] = ""

    assert translations.compare(catalogue) == [f"not translated: {broken.msgid!r}"]


def test_a_sentence_that_nobody_extracted_is_found(catalogue: polib.POFile) -> None:
    forgotten = entry(catalogue)
    catalogue.remove(forgotten)

    assert translations.compare(catalogue) == [f"not extracted: {forgotten.msgid!r}"]


def test_a_sentence_that_nothing_says_any_more_is_found(catalogue: polib.POFile) -> None:
    catalogue.append(polib.POEntry(msgid="Fax us", msgstr="Faxen Sie uns"))

    assert translations.compare(catalogue) == ["used nowhere: 'Fax us'"]


def test_one_fault_fails_the_command(
    catalogue: polib.POFile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    catalogue.save(str(folder / "django.po"))
    assert translations.main() == 0

    entry(catalogue).msgstr = ""
    catalogue.save(str(folder / "django.po"))

    assert translations.main() == 1
    assert "1 faults." in capsys.readouterr().out


def test_what_people_see_is_the_compiled_catalogue(catalogue: polib.POFile) -> None:
    """An old ``.mo`` beside a new ``.po`` would show yesterday's words."""
    with translation.override("de"):
        stale = [
            entry.msgid
            for entry in catalogue
            if not entry.obsolete and not entry.msgid_plural and not entry.msgctxt
            if translation.gettext(entry.msgid) != entry.msgstr
        ]
    assert stale == []


def test_a_sentence_inside_an_f_string_is_found(tmp_path: Path) -> None:
    """As one stood, in English, in a German contract: ``xgettext`` does not look there."""
    room = tmp_path / "room"
    room.mkdir()
    (room / "said.py").write_text("a = _('fine')\nb = f\"{a or _('unseen')}\"\n")

    assert translations.unseen_by_extraction(tmp_path, ["room"]) == [
        "room/said.py:2: take the sentence out of the f-string"
    ]
