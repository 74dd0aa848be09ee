"""The texts that the product ships with: files in the repository, submitted as versions."""

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings
from django.db import transaction

from consent.texts.models import TextVersion
from consent.texts.placeholders import Kind
from consent.texts.versions import Effect, submit_text

FOLDER = Path(__file__).parent / "shipped"


@dataclasses.dataclass(frozen=True)
class ShippedText:
    key: str
    language: str
    title: str
    change: str
    body: str
    placeholders: Mapping[str, Kind]
    reason: str = ""
    effect: Effect = Effect.ASK


def shipped_texts() -> Iterator[ShippedText]:
    """Every ``<key>.<language>.md`` with its front matter parsed."""
    for path in sorted(FOLDER.glob("*.*.md")):
        key, language, _ = path.name.split(".")
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        pairs = (line.split(":", 1) for line in head.strip().splitlines())
        facts = {name: value.strip() for name, value in pairs}
        yield ShippedText(
            key=key,
            language=language,
            title=facts["title"],
            change=facts["change"],
            body=body.strip() + "\n",
            placeholders=_kinds(facts["placeholders"]),
            reason=facts.get("reason", ""),
            effect=Effect(facts.get("effect", Effect.ASK)),
        )


@transaction.atomic
def submit_shipped_texts() -> list[TextVersion]:
    """Submit each shipped text whose words differ from the newest version's. Twice is once.

    Kinds alone are no reason where the newest version is from before the kinds: its words are the
    same, and nobody has to approve them again.
    """
    submitted = []
    for text in shipped_texts():
        newest = (
            TextVersion.objects.filter(key=text.key, language=text.language)
            .order_by("-number")
            .first()
        )
        if newest is None or not _says_the_same(newest, text):
            submitted.append(
                submit_text(
                    key=text.key,
                    language=text.language,
                    title=text.title,
                    body=text.body,
                    placeholders=text.placeholders,
                    change=text.change,
                    reason=text.reason,
                    effect=text.effect,
                    release=release(),
                )
            )
    return submitted


def release() -> str:
    """This product's version, which its texts come with."""
    facts = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(facts["project"]["version"])


def _kinds(declared: str) -> dict[str, Kind]:
    """``company: line, imprint_url: url``"""
    pairs = (pair.split(":") for pair in declared.split(",") if pair)
    return {name.strip(): Kind(kind.strip()) for name, kind in pairs}


def _says_the_same(version: TextVersion, text: ShippedText) -> bool:
    same_words = (version.title, version.body) == (text.title, text.body)
    has_kinds = isinstance(version.placeholders, dict)
    return same_words and (not has_kinds or version.placeholders == dict(text.placeholders))
