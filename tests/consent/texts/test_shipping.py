"""The texts that the product ships with."""

import re

import pytest

from consent.texts import shipping
from consent.texts.models import TextVersion
from consent.texts.shipping import FOLDER, shipped_texts, submit_shipped_texts


def test_shipping_twice_is_shipping_once(db: None) -> None:
    assert TextVersion.objects.count() == len([*shipped_texts()])
    assert submit_shipped_texts() == []


def test_a_changed_word_becomes_the_next_version(
    db: None, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    for name in ("terms.de.md", "imprint.de.md"):
        (folder / name).write_text((FOLDER / name).read_text())
    changed = folder / "terms.de.md"
    changed.write_text(changed.read_text() + "\nNoch ein Satz.\n")
    monkeypatch.setattr(shipping, "FOLDER", folder)

    (version,) = submit_shipped_texts()

    assert (version.key, version.language, version.number) == ("terms", "de", 2)
    assert submit_shipped_texts() == []


def test_every_text_speaks_german_and_english_with_the_same_placeholders() -> None:
    spoken: dict[str, dict[str, set[str]]] = {}
    for text in shipped_texts():
        names = set(re.findall(r"\{\{\s*(\w+)\s*\}\}", text.body))
        spoken.setdefault(text.key, {})[text.language] = names

    assert len(spoken) > 20
    for key, languages in spoken.items():
        assert set(languages) == {"de", "en"}, key
        assert languages["de"] == languages["en"], key


def test_no_text_promises_what_nobody_can_promise() -> None:
    """Sec. 5 UWG: the product says what it does, never that it is "rechtssicher"."""
    promising = [t.key for t in shipped_texts() if re.search(r"rechtssicher|legally safe", t.body)]

    assert promising == []
