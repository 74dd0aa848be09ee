"""The erasures as the tenant sees them."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.pages import status
from consent.erasure.models import Erasure


class ErasureTable(tables.Table):
    code = tables.Column(verbose_name=_("Code"), orderable=False)
    state = tables.Column(verbose_name=_("State"))
    origin = tables.Column(verbose_name=_("Where"))
    created_at = tables.DateTimeColumn(verbose_name=_("Requested"), short=True)
    due_at = tables.DateColumn(verbose_name=_("Due by"), short=True)

    class Meta:
        model = Erasure
        fields = ("code", "state", "origin", "created_at", "due_at")
        order_by = "-created_at"

    def __init__(self, *args: object, tenant_slug: str, search: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_slug = tenant_slug
        self.search = search
        self.search_label = _("Search by code")
        self.caption = _("Erasures")

    def render_code(self, value: str) -> SafeString:
        url = reverse("erasure:detail", args=[self.tenant_slug, value])
        return format_html('<a href="{}"><code>{}</code></a>', url, value)

    def render_state(self, record: Erasure) -> SafeString:
        return status(record.state, record.get_state_display())
