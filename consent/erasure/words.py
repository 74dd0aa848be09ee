"""What readers are told of rows: what they are called, and why and until when they are kept."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from chatbo.foundation.personal_data import Kept, declarations_about
from consent.erasure.certificates.issuing import TOMBSTONES
from consent.erasure.certificates.kinds import Certificate
from tenants.bots.models import Subscriber


@dataclass(frozen=True)
class KeptInWords:
    """One kind of what is kept, on which ground of law, and until when at the latest."""

    label: str
    """Of the model."""
    count: int
    ground: str
    law: str
    until: date

    @property
    def what(self) -> str:
        """What so many of them are called."""
        return kind_of_rows(self.label, self.count)

    @property
    def counted(self) -> str:
        return number_of_rows(self.label, self.count)

    @property
    def whose(self) -> str:
        """Whether it says whose it is, with what and until when: as its model declares it."""
        about = declarations_about("bots.Subscriber")
        own = (each.end for model, each in about if model._meta.label == self.label)
        names = [end.names for end in own if isinstance(end, Kept) and end.names]
        return str(names[0]) if names else gettext("without your name")


@dataclass(frozen=True)
class WhatGoes:
    """What goes and what stays, foreseen or done, in the current language."""

    deleted: list[tuple[str, int]]
    kept: list[KeptInWords]


def number_of(subscriber: Subscriber) -> str:
    """What a person is called where they are not named: the first letters would be a time."""
    return f"…{str(subscriber.pk)[-6:]}"


def kind_of_rows(label: str, count: int = 2) -> str:
    """What so many rows of a model are called, as its people know it: at the start of a line."""
    kind = _kind(label, count)
    return kind if kind == label else str(capfirst(kind))


def number_of_rows(label: str, count: int) -> str:
    """The same with their number, within a sentence: "1 message"."""
    return f"{count} {_kind(label, count)}"


def counted(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """Rows by model label, as kind and number; what is called alike, together."""
    return [(kind_of_rows(label, count), count) for label, count in _together(rows)]


def counted_in_a_sentence(rows: Mapping[str, int]) -> str:
    """The same in one line; empty where there was nothing."""
    return ", ".join(number_of_rows(label, count) for label, count in _together(rows))


def _together(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    """What is called alike under one label, and what only ChatBo itself needs last."""
    found: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for label, count in sorted(rows.items()):
        found[labels.setdefault(_kind(label, 2), label)] += count
    technical = _technical(2)
    named = ((label, count) for label, count in found.items() if count)
    return sorted(named, key=lambda pair: _kind(pair[0], 2) == technical)


def _kind(label: str, count: int) -> str:
    """Of what only ChatBo itself needs, that it is so; of a model that is gone since, its label."""
    if label == TOMBSTONES:
        return ngettext(
            "check value against restored backups", "check values against restored backups", count
        )
    try:
        meta = apps.get_model(label)._meta
    except (LookupError, ValueError):
        return label
    if not {"verbose_name", "verbose_name_plural"} <= meta.original_attrs.keys():
        return _technical(count)
    return str(meta.verbose_name if count == 1 else meta.verbose_name_plural)


def _technical(count: int) -> str:
    return ngettext("technical entry", "technical entries", count)


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
            label=label,
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
            label=each["what"],
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
