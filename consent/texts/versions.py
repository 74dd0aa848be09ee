"""Submitting texts, having them approved, and reading what is in force."""

import hashlib
import json
import re
from collections.abc import Mapping

from django.db import transaction
from django.utils.html import escape

from chatbo.foundation.audit.entries import record
from consent.texts.errors import (
    MissingPlaceholderError,
    NotALawyerError,
    NotApprovedError,
    TextChangedError,
)
from consent.texts.models import Approval, TextVersion
from tenants.accounts.models import PlatformRole, User

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Block(str):
    """A value that is Markdown itself (a list, paragraphs) and is put in as it stands.

    Whoever makes one has escaped the input in it with ``literally``.
    """

    __slots__ = ()


def fingerprint(*, key: str, language: str, number: int, title: str, body: str) -> str:
    """The hash that names a version: over all that the reader sees (SHA-256 of canonical JSON)."""
    seen = {"key": key, "language": language, "number": number, "title": title, "body": body}
    text = json.dumps(seen, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def submit_text(*, key: str, language: str, title: str, body: str, change: str) -> TextVersion:
    """Add the next version of a text. From here on it cannot be altered, only approved or not."""
    last = TextVersion.objects.filter(key=key, language=language).order_by("-number").first()
    number = last.number + 1 if last else 1
    version = TextVersion.objects.create(
        key=key,
        language=language,
        number=number,
        title=title,
        body=body,
        placeholders=sorted(set(_PLACEHOLDER.findall(body))),
        change=change,
        sha256=fingerprint(key=key, language=language, number=number, title=title, body=body),
    )
    record("text.submitted", target=version, details={"sha256": version.sha256})
    return version


@transaction.atomic
def decide_on_text(
    version: TextVersion, *, lawyer: User, verdict: Approval.Verdict, remark: str = ""
) -> Approval:
    """Record the lawyer's word on this very version. The last word counts; the same twice is one.

    Raises ``NotALawyerError`` for anybody else, and ``TextChangedError`` when the stored text no
    longer has the hash it was submitted with.
    """
    if lawyer.platform_role != PlatformRole.LAWYER:
        raise NotALawyerError(lawyer.pk)
    version = TextVersion.objects.get(pk=version.pk)
    found = fingerprint(
        key=version.key,
        language=version.language,
        number=version.number,
        title=version.title,
        body=version.body,
    )
    if found != version.sha256:
        raise TextChangedError(version.pk)
    said = version.last_word()
    if said is not None and (said.verdict, said.remark) == (verdict, remark):
        return said
    approval = Approval.objects.create(
        version=version, sha256=version.sha256, verdict=verdict, remark=remark, lawyer=lawyer
    )
    record(f"text.{verdict}", target=version, actor_id=lawyer.pk)
    return approval


def text_in_force(key: str, language: str) -> TextVersion:
    """The newest version that a lawyer has approved and not rejected since.

    Falls back to German, the language the law speaks here. Raises ``NotApprovedError``: a text
    without approval is shown to nobody.
    """
    for spoken in dict.fromkeys([language, "de"]):
        for version in TextVersion.objects.filter(key=key, language=spoken).order_by("-number"):
            last_word = version.last_word()
            if last_word is not None and last_word.verdict == Approval.Verdict.APPROVED:
                return version
    raise NotApprovedError(key, language)


def filled(version: TextVersion, values: Mapping[str, object], *, markdown: bool = False) -> str:
    """The text with its placeholders filled in; Markdown stays Markdown.

    ``markdown``: the values are to stand inside Markdown, so whatever in them has a meaning
    there is taken literally. Raises ``MissingPlaceholderError`` rather than leaving a gap.
    """

    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise MissingPlaceholderError(version, name)
        value = values[name]
        if markdown and not isinstance(value, Block):
            return literally(str(value))
        return str(value)

    return _PLACEHOLDER.sub(value_of, version.body)


_MEANS_SOMETHING = re.compile(r"([\\`*_{}\[\]()#+!|~])")


def literally(value: str) -> str:
    """A value as Markdown that shows exactly these characters."""
    # Escaped last: the "#" of an entity is no heading.
    return escape(_MEANS_SOMETHING.sub(r"\\\1", value))
