"""The texts that the product ships with: files in the repository, submitted as versions."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from consent.texts.models import TextVersion
from consent.texts.versions import submit_text

FOLDER = Path(__file__).parent / "shipped"


@dataclasses.dataclass(frozen=True)
class ShippedText:
    key: str
    language: str
    title: str
    change: str
    body: str


def shipped_texts() -> Iterator[ShippedText]:
    """Every ``<key>.<language>.md`` with its front matter parsed."""
    for path in sorted(FOLDER.glob("*.*.md")):
        key, language, _ = path.name.split(".")
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        facts = dict(line.split(":", 1) for line in head.strip().splitlines())
        yield ShippedText(
            key=key,
            language=language,
            title=facts["title"].strip(),
            change=facts["change"].strip(),
            body=body.strip() + "\n",
        )


@transaction.atomic
def submit_shipped_texts() -> list[TextVersion]:
    """Submit each shipped text whose words differ from the newest version's. Twice is once."""
    submitted = []
    for text in shipped_texts():
        newest = (
            TextVersion.objects.filter(key=text.key, language=text.language)
            .order_by("-number")
            .first()
        )
        if newest is None or (newest.title, newest.body) != (text.title, text.body):
            submitted.append(
                submit_text(
                    key=text.key,
                    language=text.language,
                    title=text.title,
                    body=text.body,
                    change=text.change,
                )
            )
    return submitted
