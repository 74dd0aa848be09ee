"""Which records somebody wants: a filter as it can be written down, or all on one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from consent.ledger.models import ConsentQuerySet, ConsentRecord
from consent.ledger.pseudonyms import as_pseudonym
from consent.ledger.tables import ConsentFilter
from consent.texts.models import TextVersion

CHUNK = 1000


@dataclass(frozen=True)
class Selection:
    """``asked``: the filter as an address has it. ``person``: an identifier, never written down."""

    asked: str = ""
    person: str = ""

    @property
    def names_the_person(self) -> bool:
        """Whoever asks by a pseudonym need not know who that is, and learns it from no file."""
        return bool(self.person) and as_pseudonym(self.person) is None

    @classmethod
    def of(cls, filter_: ConsentFilter, *, person: str = "") -> "Selection":
        """In one way only: of what the filter understood, by name.

        Whoever takes records along asks ``filter_.is_valid()`` first: the rest narrows nothing.
        """
        understood = {
            name: str(value) for name, value in sorted(_understood(filter_).items()) if value
        }
        return cls(urlencode(understood), person)

    def records(self, *, until: datetime) -> ConsentQuerySet:
        """Those that had been received by then: what comes in meanwhile moves nothing."""
        records = ConsentRecord.objects.filter(received_at__lte=until)
        if self.person:
            records = records.about(self.person)
        narrowed: ConsentQuerySet = self._filter(records).qs
        return narrowed

    def words(self) -> list[tuple[str, str]]:
        """As pairs of what it is narrowed down by and to what, for a reader."""
        filter_ = self._filter(ConsentRecord.objects.none())
        pairs = [(_("Person"), self.person)] if self.person else []
        for name, value in _understood(filter_).items():
            if value and name == "text":
                version = TextVersion.objects.filter(pk=value).first()
                pairs.append((_("Text"), _called(version) if version else str(value)))
            elif value:
                field = filter_.form.fields[name]
                words = dict(getattr(field, "choices", ()))
                pairs.append((str(field.label), _in_words(value, words)))
        return pairs

    def in_a_sentence(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self.words()) or _("all records")

    def _filter(self, records: ConsentQuerySet) -> ConsentFilter:
        return ConsentFilter(QueryDict(self.asked), queryset=records)


def in_chunks(records: ConsentQuerySet, size: int = CHUNK) -> Iterator[list[ConsentRecord]]:
    """Newest first, so many at once, each by a query of its own: nothing stays open in between."""
    ordered = records.select_related("text_version").order_by("-given_at", "-id")
    page = list(ordered[:size])
    while page:
        yield page
        last = page[-1]
        page = list(
            ordered.filter(
                Q(given_at__lt=last.given_at) | Q(given_at=last.given_at, id__lt=last.pk),
                given_at__lte=last.given_at,
            )[:size]
        )


def _called(version: TextVersion) -> str:
    language = get_language_info(version.language)["name_translated"]
    words = _("%(title)s, version %(number)s, %(language)s")
    return words % {"title": version.title, "number": version.number, "language": language}


def _understood(filter_: ConsentFilter) -> dict[str, Any]:
    filter_.is_valid()
    return dict(filter_.form.cleaned_data) if filter_.is_bound else {}


def _in_words(value: Any, choices: dict[Any, Any]) -> str:
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return capfirst(str(choices.get(value, value)))
