"""What readers are told of rows: what they are called, and why and until when they are kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from chatbo.foundation.audit.targets import target_of
from chatbo.foundation.personal_data import Kept
from consent.erasure.certificates.issuing import TOMBSTONES
from consent.erasure.certificates.kinds import Certificate
from tenants.bots.models import Subscriber


@dataclass(frozen=True)
class KeptInWords:
    """One kind of what is kept, on which ground of law, and until when at the latest."""

    what: str
    count: int
    ground: str
    law: str
    until: date


@dataclass(frozen=True)
class WhatGoes:
    """What goes and what stays, foreseen or done, in the current language."""

    deleted: list[tuple[str, int]]
    kept: list[KeptInWords]


def number_of(subscriber: Subscriber) -> str:
    """What a person is called where they are not named: the first letters would be a time."""
    return f"…{str(subscriber.pk)[-6:]}"


def kind_of_rows(label: str) -> str:
    """What the rows of a model are called, as its people know it.

    Of what only ChatBo itself needs, that it is so; of a model that is gone since, its label.
    """
    if label == TOMBSTONES:
        return _("Check values against restored backups")
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return label
    if "verbose_name_plural" in model._meta.original_attrs:
        return str(capfirst(str(model._meta.verbose_name_plural)))
    target = target_of(model)
    return str(target.word) if target else _("Technical entries")


def counted(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rows by model label, as kind and number; what is called alike, together."""
    found: Counter[str] = Counter()
    for label, count in sorted(rows.items()):
        found[kind_of_rows(label)] += count
    technical = _("Technical entries")
    named = ((kind, count) for kind, count in found.items() if count)
    return sorted(named, key=lambda pair: pair[0] == technical)  # These come last.


def kept_by_ground(
    counts: Mapping[str, int],
    grounds: Mapping[str, Kept],
    at: datetime,
    *,
    own: Mapping[str, date] | None = None,
) -> list[KeptInWords]:
    """Of rows that would be kept from this moment on; by model label.

    ``own``: the last day of what has one of its own.
    """
    return [
        KeptInWords(
            what=kind_of_rows(label),
            count=count,
            ground=str(grounds[label].ground),
            law=str(grounds[label].law),
            until=(own or {}).get(label) or grounds[label].until.latest(at),
        )
        for label, count in sorted(counts.items())
    ]


def kept_as_signed(kept: Iterable[Mapping[str, Any]]) -> list[KeptInWords]:
    """As a certificate says it. The grounds stand there in English, which translations begin
    with."""
    return [
        KeptInWords(
            what=kind_of_rows(each["what"]),
            count=each["count"],
            ground=gettext(each["ground"]),
            law=gettext(each["law"]),
            until=date.fromisoformat(each["until"]),
        )
        for each in kept
    ]


def certified(certificate: Certificate) -> WhatGoes:
    """What a genuine certificate says went and stays."""
    return WhatGoes(counted(certificate.deleted), kept_as_signed(certificate.kept))
