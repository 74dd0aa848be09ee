"""The list of what is held for legal claims: what ends first stands first."""

from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbo.foundation.pages import status
from consent.erasure.holds.models import Hold
from consent.erasure.holds.shown import Shown


class HoldTable(django_tables2.Table):
    ends_on = django_tables2.Column(verbose_name=gettext_lazy("Held until"))
    ground = django_tables2.Column(verbose_name=gettext_lazy("Ground"), orderable=False)
    of = django_tables2.Column(
        verbose_name=gettext_lazy("Person"), accessor="taken_at", empty_values=(), orderable=False
    )
    created_at = django_tables2.Column(verbose_name=gettext_lazy("Set"))

    class Meta:
        model = Hold
        fields = ("ends_on", "ground", "of", "created_at")
        order_by = "ends_on"

    def __init__(self, *args: Any, tenant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_slug = tenant_slug

    def render_ends_on(self, record: Hold) -> SafeString:
        url = reverse("erasure:hold", args=[self.tenant_slug, record.pk])
        day = date_format(record.ends_on, "DATE_FORMAT")
        left = Shown(record).left
        return format_html(
            '<a href="{}">{}</a><br><span class="text-secondary">{}</span>', url, day, left
        )

    def render_of(self, record: Hold) -> SafeString:
        if record.taken_at:
            return status("done", _("erased, messages held"))
        return status("live", _("is stored"))

    def render_created_at(self, record: Hold) -> str:
        return date_format(record.created_at, "SHORT_DATE_FORMAT")
