"""Consent records as the tenant reads them."""

import datetime
import uuid

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.pages import status
from consent.ledger.models import ConsentQuerySet, ConsentRecord


class ConsentFilter(django_filters.FilterSet):
    """What the page can be narrowed down to. The search by person is the view's."""

    purpose = django_filters.ChoiceFilter(
        choices=ConsentRecord.Purpose, label=_("Purpose"), empty_label=_("all")
    )
    decision = django_filters.ChoiceFilter(
        choices=ConsentRecord.Decision, label=_("Decision"), empty_label=_("all")
    )
    source = django_filters.ChoiceFilter(
        choices=ConsentRecord.Source, label=_("Where"), empty_label=_("all")
    )
    text = django_filters.CharFilter(method="of_text", widget=forms.HiddenInput)
    """A version: each row's text leads there."""
    until = django_filters.DateFilter(
        method="given_until",
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    since = django_filters.DateFilter(
        method="given_since",
        label=_("Since"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    class Meta:
        model = ConsentRecord
        fields = ("purpose", "decision", "source", "since", "until", "text")

    def given_since(
        self, records: ConsentQuerySet, name: str, day: datetime.date
    ) -> ConsentQuerySet:
        """From the beginning of a day, as a moment: an index has moments, not days."""
        return records.filter(given_at__gte=_begin_of(day))

    def given_until(
        self, records: ConsentQuerySet, name: str, day: datetime.date
    ) -> ConsentQuerySet:
        """With the day that was named."""
        if day == datetime.date.max:
            return records
        return records.filter(given_at__lt=_begin_of(day + datetime.timedelta(days=1)))

    def of_text(self, records: ConsentQuerySet, name: str, asked: str) -> ConsentQuerySet:
        """With the text whose version this is; what is no version narrows nothing."""
        try:
            return records.filter(text_version_id=uuid.UUID(asked))
        except ValueError:
            return records


def _begin_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


class ConsentTable(tables.Table):
    """``sealed``: which of the shown ones are in the tree, once the page is cut out."""

    given_at = tables.DateTimeColumn(verbose_name=_("When"), short=True)
    # Narrowed down by the fields above the table: sorting a million records by them helps nobody.
    purpose = tables.Column(verbose_name=_("Purpose"), orderable=False)
    decision = tables.Column(verbose_name=_("Decision"), orderable=False)
    source = tables.Column(verbose_name=_("Where"), orderable=False)
    text_version = tables.Column(verbose_name=_("Text"), orderable=False)
    provable = tables.Column(
        verbose_name=_("Provable"), empty_values=(), accessor="pk", orderable=False
    )

    class Meta:
        model = ConsentRecord
        fields = ("given_at", "purpose", "decision", "source", "text_version", "provable")
        order_by = "-given_at"

    def __init__(self, *args: object, tenant_slug: str, search: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_slug = tenant_slug
        self.sealed: set[uuid.UUID] = set()
        self.search = search
        self.search_label = _("Exact e-mail or platform id")
        self.finds_people = True
        self.caption = _("Consent records")
        self.empty_text = _("No record fits this choice.")
        self.nothing_found = _("Nothing is recorded under these words. They have to be exact.")

    def render_purpose(self, record: ConsentRecord) -> SafeString:
        url = reverse("ledger:detail", args=[self.tenant_slug, record.pk])
        return format_html('<a href="{}">{}</a>', url, capfirst(record.get_purpose_display()))

    def render_decision(self, record: ConsentRecord) -> SafeString:
        return status(record.decision, record.get_decision_display())

    def render_text_version(self, record: ConsentRecord) -> SafeString:
        url = reverse("ledger:list", args=[self.tenant_slug])
        version = record.text_version
        language = get_language_info(version.language)["name_translated"]
        words = str(_("Version %(number)s, %(language)s"))
        words %= {"number": version.number, "language": language}
        return format_html('<a href="{}?text={}">{}</a>', url, version.pk, words)

    def render_provable(self, record: ConsentRecord) -> SafeString:
        if record.pk in self.sealed:
            return status("granted", _("yes"))
        return status("pending", _("within a minute"))

    def render_source(self, record: ConsentRecord) -> str:
        where = capfirst(record.get_source_display())
        return f"{where}: {record.place}" if record.place else where
