"""The product says "Sie", also where the sentence is allauth's (``locale_formal/``)."""

import re
from pathlib import Path

import allauth
import polib
import pytest

ALLAUTH = Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po"
OURS = Path(__file__).parents[2] / "locale_formal" / "de" / "LC_MESSAGES" / "django.po"
NOT_INSTALLED = re.compile("idp/|openid|phone|saml")
DU = re.compile(
    r"\b(du|deine?[nmrs]?|dir|dich|bitte (gib|wähle|lass|klick|melde|folge|versuche|habe))\b", re.I
)


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(OURS))}


def shown() -> list[polib.POEntry]:
    return [
        entry
        for entry in polib.pofile(str(ALLAUTH))
        if not entry.obsolete
        and any(not NOT_INSTALLED.search(source) for source, _ in entry.occurrences)
    ]


def test_no_sentence_that_people_see_says_du(ours: dict[str, str]) -> None:
    said = [
        ours.get(entry.msgid, text)
        for entry in shown()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
    ]

    assert len(said) > 100
    assert [text for text in said if DU.search(text)] == []


def test_each_of_our_sentences_replaces_one_of_allauths(ours: dict[str, str]) -> None:
    assert set(ours) - {entry.msgid for entry in polib.pofile(str(ALLAUTH))} == set()


def test_the_replacements_keep_every_placeholder(ours: dict[str, str]) -> None:
    placeholder = re.compile(r"%\(\w+\)s|%[sd]")

    for msgid, text in ours.items():
        assert sorted(set(placeholder.findall(text))) == sorted(set(placeholder.findall(msgid)))
