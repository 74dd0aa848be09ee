"""What is deleted and what is kept, as it was promised on the day of the request.

A policy is the models' declarations at one moment, kept once under its hash. Each erasure is
carried out under the one of its request, so that a release in between takes nothing back.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import translation

from chatbo.foundation.personal_data import (
    Blanked,
    Deleted,
    Kept,
    PersonalData,
    declarations_about,
)
from chatbo.foundation.personal_data.declarations import subjects
from consent.erasure.models import ErasurePolicy

End = Deleted | Blanked | Kept

FORM = 1
_STRICTNESS = ("kept", "blanked", "deleted")


@dataclass(frozen=True)
class Ending:
    """How one model's rows end under a policy."""

    model: type[models.Model]
    declaration: PersonalData
    end: str
    """``deleted``, ``blanked`` or ``kept``."""
    fields: Mapping[str, Any]
    """What a blanked row's fields are set to."""


def policy_for(subject: str) -> ErasurePolicy:
    """The policy that is in force for this kind of person, recorded once."""
    content = {"form": FORM, "subject": subject, "ends": list(_ends(subject))}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    found = ErasurePolicy.objects.filter(sha256=digest).first()
    if found is None:
        ErasurePolicy.objects.bulk_create(
            [ErasurePolicy(sha256=digest, content=content)], ignore_conflicts=True
        )
        found = ErasurePolicy.objects.get(sha256=digest)
    return found


def endings_under(policy: ErasurePolicy) -> Iterator[Ending]:
    """Each model that holds data on such a person today, with its end; the person's own row last.

    What was promised is done. Only where today's declaration leaves less behind does it count
    instead, and where the policy does not know the model yet.
    """
    subject = str(policy.content["subject"])
    promised = {
        (said["model"], tuple(said["by"])): said for said in policy.content["ends"] if "by" in said
    }
    found = [
        _ending(
            model,
            declaration,
            promised.get((model._meta.label, tuple(sorted(declaration.match))), {"end": "kept"}),
        )
        for model, declaration in declarations_about(subject)
    ]
    yield from sorted(found, key=lambda ending: ending.model._meta.label == subject)


def _ending(
    model: type[models.Model], declaration: PersonalData, promised: Mapping[str, Any]
) -> Ending:
    today = _said(declaration.end)
    stricter = max(today, promised, key=lambda said: _STRICTNESS.index(said["end"]))
    return Ending(model, declaration, stricter["end"], stricter.get("fields", {}))


def kept_under(policy: ErasurePolicy) -> list[tuple[type[models.Model], Kept]]:
    """What stays, and on which ground: of the person, and of what stands for them in its turn."""
    return list(_kept(str(policy.content["subject"])))


def _kept(subject: str) -> Iterator[tuple[type[models.Model], Kept]]:
    for model, declaration in declarations_about(subject):
        if isinstance(declaration.end, Kept):
            yield model, declaration.end
        label = model._meta.label
        if label != subject and label in subjects():
            yield from _kept(label)


def _ends(subject: str) -> Iterator[dict[str, Any]]:
    declared = [
        # Who is invited and who invites stand in one table and end differently.
        {"model": model._meta.label, "by": sorted(declaration.match), **_said(declaration.end)}
        for model, declaration in declarations_about(subject)
    ]
    yield from sorted(declared, key=lambda said: (said["model"], said["by"]))
    with translation.override("en"):
        for model, kept in _kept(subject):
            yield {
                "model": model._meta.label,
                "end": "kept",
                "ground": str(kept.ground),
                "law": str(kept.law),
                "until": kept.until.words(),
            }


def _said(end: End) -> dict[str, Any]:
    if isinstance(end, Deleted):
        return {"end": "deleted"}
    if isinstance(end, Blanked):
        return {"end": "blanked", "fields": dict(end.fields)}
    return {"end": "kept"}
