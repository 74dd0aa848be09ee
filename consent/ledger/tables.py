"""Consent records as the tenant reads them."""

import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.pages import status
from chatbo.foundation.searching import PARAMETER, sealed_search
from consent.ledger.genuine import Examined, Standing
from consent.ledger.models import ConsentQuerySet, ConsentRecord
from consent.ledger.telling import PROVABLE, where

SHOWN_OF_A_PSEUDONYM = 6
"""Its last letters: the first ones are a time, and much the same for all who came in one hour."""


class NarrowingForm(forms.Form):
    """The fields of a ``ConsentFilter``. A time that ends before it begins has no records."""

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error(
                "until", _("This day lies before “Since”. Choose that day or a later one.")
            )
        return asked


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
    text = django_filters.UUIDFilter(
        field_name="text_version_id",
        widget=forms.HiddenInput,
        error_messages={"invalid": _("The text that the address names is none.")},
    )
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
        form = NarrowingForm
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


def _begin_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


class ConsentTable(tables.Table):
    """``examined``: what is proven of the shown ones, once the page is cut out."""

    given_at = tables.DateTimeColumn(verbose_name=_("When"), short=True)
    # Narrowed down by the fields above the table: sorting a million records by them helps nobody.
    person = tables.Column(
        verbose_name=_("Person"), empty_values=(), accessor="pk", orderable=False
    )
    purpose = tables.Column(verbose_name=_("Purpose"), orderable=False)
    decision = tables.Column(verbose_name=_("Decision"), orderable=False)
    source = tables.Column(verbose_name=_("Where"), orderable=False)
    text_version = tables.Column(verbose_name=_("Text"), orderable=False)
    provable = tables.Column(
        verbose_name=_("Provable"),
        empty_values=(),
        accessor="pk",
        orderable=False,
        attrs={"td": {"class": "provable"}},
    )

    class Meta:
        model = ConsentRecord
        fields = ("given_at", "person", "purpose", "decision", "source", "text_version", "provable")
        order_by = "-given_at"

    def __init__(self, *args: object, tenant_slug: str, is_search: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_slug = tenant_slug
        self.examined = Examined()
        self.caption = _("Consent records")
        self.empty_text = (
            _("Nothing is recorded under these words. They have to be exact.")
            if is_search
            else _("No record fits this choice.")
        )

    def render_person(self, record: ConsentRecord) -> SafeString:
        """To all records under this pseudonym. It stands in the address sealed, as any search."""
        url = reverse("ledger:list", args=[self.tenant_slug])
        pseudonym = str(record.subject_id)
        return format_html(
            '<a href="{}?{}={}" aria-label="{}"><code class="text-nowrap">…{}</code></a>',
            url,
            PARAMETER,
            sealed_search(pseudonym, user=self.request.user.pk, page=url),
            _("All records on the person …%(end)s") % {"end": pseudonym[-SHOWN_OF_A_PSEUDONYM:]},
            pseudonym[-SHOWN_OF_A_PSEUDONYM:],
        )

    def render_purpose(self, record: ConsentRecord) -> SafeString:
        """Named apart from its neighbours for whoever hears the links one after the other."""
        url = reverse("ledger:detail", args=[self.tenant_slug, record.pk])
        moment = date_format(timezone.localtime(record.given_at), "SHORT_DATETIME_FORMAT")
        return format_html(
            '<a href="{}">{}<span class="visually-hidden">, {}, …{}</span></a>',
            url,
            capfirst(record.get_purpose_display()),
            moment,
            str(record.pk)[-SHOWN_OF_A_PSEUDONYM:],
        )

    def render_decision(self, record: ConsentRecord) -> SafeString:
        """What was changed behind our back is told as what it says, not as what was decided."""
        if self.examined.standing(record) == Standing.NOT:
            words = _("it says “%(decision)s” now")
            return format_html("{}", words % {"decision": record.get_decision_display()})
        return status(record.decision, record.get_decision_display())

    def render_text_version(self, record: ConsentRecord) -> SafeString:
        url = reverse("ledger:list", args=[self.tenant_slug])
        version = record.text_version
        language = get_language_info(version.language)["name_translated"]
        words = str(_("Version %(number)s, %(language)s"))
        words %= {"number": version.number, "language": language}
        label = _("Only records with this text: %(title)s, %(words)s")
        return format_html(
            '<a href="{}?text={}" aria-label="{}">{}</a>',
            url,
            version.pk,
            label % {"title": version.title, "words": words},
            words,
        )

    def render_provable(self, record: ConsentRecord) -> SafeString:
        return provable(self.examined.standing(record))

    def render_source(self, record: ConsentRecord) -> str:
        return where(record)


def provable(standing: Standing) -> SafeString:
    """Whether a record can be proven, as icon and word."""
    tones = {Standing.PROVEN: "granted", Standing.SOON: "pending", Standing.NOT: "failed"}
    return status(tones[standing], PROVABLE[standing])
