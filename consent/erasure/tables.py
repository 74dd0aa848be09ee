"""The erasures as the tenant sees them."""

from datetime import datetime

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.utils import AttributeDict

from consent.erasure.facts import facts_of
from consent.erasure.models import Erasure

ROWS = "erasures"
"""The part of the page that follows what is under way."""


class ErasureTable(tables.Table):
    code = tables.Column(verbose_name=_("Code"), orderable=False)
    state = tables.Column(verbose_name=_("State"), attrs={"td": {"class": "erasing"}})
    origin = tables.Column(verbose_name=_("Origin"))
    created_at = tables.DateTimeColumn(verbose_name=_("Requested"), short=True)
    due_at = tables.DateColumn(verbose_name=_("Due by"), short=True)

    class Meta:
        model = Erasure
        fields = ("code", "state", "origin", "created_at", "due_at")
        order_by = "-created_at"

    def __init__(
        self, *args: object, tenant_slug: str, search: str, here: str, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self.here = here
        self.tenant_slug = tenant_slug
        self.search = search
        self.search_label = _("Search by code")
        self.caption = _("Erasures")

    def render_code(self, value: str) -> SafeString:
        url = reverse("erasure:detail", args=[self.tenant_slug, value])
        return format_html('<a href="{}"><code class="text-break">{}</code></a>', url, value)

    def follow(self) -> None:
        """Let the rows of this page be asked for again, while one of them is under way.

        They have their name afterwards, too: the last answer is looked through for it.
        """
        rows = {"id": ROWS}
        if any(row.record.finished_at is None for row in self.paginated_rows):
            rows |= {"hx-get": self.here, "hx-trigger": "every 5s", "hx-swap": "outerHTML"}
            rows |= {"hx-select": f"#{ROWS}"}
        self.attrs["tbody"] = AttributeDict(rows)

    def render_state(self, record: Erasure) -> SafeString:
        facts = facts_of(record)
        state = render_to_string("consent/erasure/_state.html", {"facts": facts})
        if not facts.progress:
            return state
        return format_html("<div>{}<br><small>{}</small></div>", state, facts.progress)

    def render_due_at(self, value: datetime, record: Erasure) -> SafeString:
        day = date_format(timezone.localtime(value), "SHORT_DATE_FORMAT")
        if record.deleted_at is not None:
            return format_html("{}", day)
        return format_html("<div>{}<br><small>{}</small></div>", day, facts_of(record).due_in_words)
