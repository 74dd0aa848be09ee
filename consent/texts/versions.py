"""Submitting texts, and reading what is in force: the door through which other rooms come in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.turns import wait_for_turn
from consent.texts.approvals import decide_on_text, is_genuine, lets_use
from consent.texts.effects import Effect
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
from consent.texts.ways import Decided, Way, way_between
from tenants.accounts.models import User

__all__ = [
    "Block",
    "Effect",
    "Kind",
    "decide_on_text",
    "decisions_on",
    "effect_since",
    "effects_since",
    "filled",
    "fingerprint",
    "fitting",
    "known_before",
    "literally",
    "submit_text",
    "text_in_force",
    "text_in_force_then",
    "texts_in_force",
    "ways_since",
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
    wait_for_turn("submit", f"{key} {language}")  # Two at once would take the same number.
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
    return texts_in_force([key], language, at=at)[key]


def texts_in_force(
    keys: Collection[str], language: str, *, at: datetime | None = None
) -> dict[str, TextVersion]:
    """Several texts in force, by their keys, for the price of one. Raises ``NotApprovedError``."""
    moment = at or timezone.now()
    found: dict[str, TextVersion] = {}
    for spoken in dict.fromkeys([language, "de"]):
        missing = [key for key in keys if key not in found]
        for version, words in _decided(missing, spoken) if missing else ():
            if version.key not in found and lets_use(words[-1], at=moment):
                found[version.key] = version
    for key in keys:
        if key not in found:
            raise NotApprovedError(key, language)
    return found


def text_in_force_then(key: str, language: str, moment: datetime) -> TextVersion:
    """The version that was in force at a moment of the past, by what had been said until then.

    For what was agreed to by its name, as the terms are. Of a moment before all words the first
    version that was approved. Raises ``NotApprovedError``.
    """
    for spoken in dict.fromkeys([language, "de"]):
        decided = list(_decided([key], spoken))
        for version, words in decided:
            until_then = [said for said in words if said.at <= moment]
            if until_then and lets_use(until_then[-1], at=moment):
                return version
        for version, words in reversed(decided):
            if _once(words):
                return version
    raise NotApprovedError(key, language)


def known_before(version: TextVersion, *, at: datetime | None = None) -> TextVersion | None:
    """What readers know without this one: of the versions before it the one in force.

    Without one the newest that was approved once, however that ended, else the previous one.
    """
    moment = at or timezone.now()
    earlier = [
        (each, words)
        for each, words in _decided([version.key], version.language)
        if each.number < version.number
    ]
    standing = (each for each, words in earlier if lets_use(words[-1], at=moment))
    once = (each for each, words in earlier if _once(words))
    return next(standing, None) or next(once, None) or version.previous


def effect_since(seen: TextVersion, *, at: datetime | None = None) -> Effect:
    """What has to be done with somebody who knows ``seen``: the strongest effect since.

    Over the versions on the way from it to the one in force (``ways``), in its own language:
    languages count for themselves. What was withdrawn before they saw it does not count for them;
    what they saw themselves does. Where another language stands in, they are asked again. Raises
    ``NotApprovedError``.
    """
    return effects_since([seen], at=at)[seen]


def effects_since(
    seen: Collection[TextVersion], *, at: datetime | None = None
) -> dict[TextVersion, Effect]:
    """The same for several versions, by one question to the database for each language.

    Raises ``NotApprovedError`` if nothing is in force of one of these texts.
    """
    ways = ways_since(seen, at=at)
    return {version: way.effect if way else Effect.ASK for version, way in ways.items()}


def ways_since(
    seen: Collection[TextVersion], *, at: datetime | None = None
) -> dict[TextVersion, Way | None]:
    """The way from each to what is in force; ``None`` where that is in another language.

    Raises ``NotApprovedError``.
    """
    moment = at or timezone.now()
    found = {}
    for language in {version.language for version in seen}:
        known = [version for version in seen if version.language == language]
        decided: dict[str, list[Decided]] = defaultdict(list)
        for version, words in _decided({each.key for each in known}, language):
            decided[version.key].append((version, words))
        for version in known:
            found[version] = _way_since(version, decided[version.key], moment)
    return found


def _way_since(seen: TextVersion, decided: Sequence[Decided], moment: datetime) -> Way | None:
    now = next((v for v, words in decided if lets_use(words[-1], at=moment)), None)
    if now is None:
        text_in_force(seen.key, seen.language, at=moment)  # which may raise
        return None
    return way_between(seen, now, decided)


def decisions_on(key: str, language: str) -> list[Decided]:
    """One text's versions on which a lawyer has said something, the newest first."""
    return list(_decided([key], language))


def _decided(keys: Collection[str], language: str) -> Iterator[Decided]:
    """The versions on which a lawyer has said something, the newest first, with all that was said.

    In the order in which it was said. One question to the database: it is asked at each message.
    """
    said = (
        Approval.objects.filter(version__key__in=keys, version__language=language)
        .select_related("version")
        .order_by("version__key", "-version__number", "at", "id")
    )
    for version, words in groupby(said, key=attrgetter("version")):
        yield version, list(words)


def _once(words: Iterable[Approval]) -> bool:
    """Whether the version was approved, whatever was said later."""
    return any(said.verdict == Approval.Verdict.APPROVED and is_genuine(said) for said in words)
