"""Submitting texts, and reading what is in force: the door through which other rooms come in."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from consent.texts.approvals import decide_on_text, is_genuine, is_usable
from consent.texts.effects import Effect, strongest
from consent.texts.errors import NotApprovedError
from consent.texts.fingerprints import fingerprint
from consent.texts.models import Approval, TextVersion
from consent.texts.placeholders import (
    Block,
    Kind,
    demand_declared,
    filled,
    fitting,
    literally,
)
from tenants.accounts.models import User

__all__ = [
    "Block",
    "Effect",
    "Kind",
    "decide_on_text",
    "effect_since",
    "filled",
    "fingerprint",
    "fitting",
    "literally",
    "submit_text",
    "text_in_force",
]


@transaction.atomic
def submit_text(
    *,
    key: str,
    language: str,
    title: str,
    body: str,
    change: str,
    placeholders: Mapping[str, Kind] | None = None,
    reason: str = "",
    effect: Effect = Effect.ASK,
    author: User | None = None,
    release: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> TextVersion:
    """Add the next version of a text. From here on it cannot be altered, only approved or not.

    Raises ``UndeclaredPlaceholderError`` unless ``placeholders`` names those of the words.
    """
    last = TextVersion.objects.filter(key=key, language=language).order_by("-number").first()
    version = TextVersion(
        key=key,
        language=language,
        number=last.number + 1 if last else 1,
        title=title,
        body=body,
        placeholders={name: Kind(kind).value for name, kind in (placeholders or {}).items()},
        change=change,
        reason=reason,
        effect=effect,
        author=author,
        release=release,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    demand_declared(version)
    version.sha256 = fingerprint(
        key=key,
        language=language,
        number=version.number,
        title=title,
        body=body,
        placeholders=version.placeholders,
    )
    version.save()
    record("text.submitted", target=version, details={"sha256": version.sha256})
    return version


def text_in_force(key: str, language: str, *, at: datetime | None = None) -> TextVersion:
    """The newest version that a lawyer has approved and not rejected since, valid now (or then).

    Falls back to German, the language the law speaks here. Raises ``NotApprovedError``: a text
    without a genuine approval is shown to nobody.
    """
    moment = at or timezone.now()
    for spoken in dict.fromkeys([language, "de"]):
        for version in _newest_first(key, spoken):
            if is_usable(version, at=moment):
                return version
    raise NotApprovedError(key, language)


def effect_since(seen: TextVersion, *, at: datetime | None = None) -> Effect:
    """What has to be done with somebody who knows ``seen``: the strongest effect since.

    Over the approved versions between it and the one in force, in its own language: languages
    count for themselves. After a withdrawal the way leads back over the same versions. Where
    another language stands in, they are asked again. Raises ``NotApprovedError``.
    """
    now = text_in_force(seen.key, seen.language, at=at)
    if now == seen:
        return Effect.EDITORIAL
    if now.language != seen.language:
        return Effect.ASK
    first, last = sorted((seen.number, now.number))
    return strongest(
        version.effect
        for version in _newest_first(seen.key, seen.language)
        if first < version.number <= last and (version == seen or _was_approved(version))
    )


def _newest_first(key: str, language: str) -> Iterable[TextVersion]:
    found = TextVersion.objects.filter(key=key, language=language).order_by("-number")
    return found.prefetch_related("approvals")


def _was_approved(version: TextVersion) -> bool:
    approved = Approval.Verdict.APPROVED
    return any(said.verdict == approved and is_genuine(said) for said in version.approvals.all())
