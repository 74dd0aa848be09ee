"""How the platform's list of completed contracts looks."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dpa.contracts.models import Contract


class CompletedTable(tables.Table):
    number = tables.Column(verbose_name=gettext_lazy("Number"))
    company = tables.Column(verbose_name=gettext_lazy("Company"), order_by="data__company")
    completed_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Completed on"), short=True)
    actions = tables.Column(empty_values=(), orderable=False)

    class Meta:
        model = Contract
        fields = ("number", "company", "completed_at", "actions")
        order_by = "-completed_at"

    def __init__(self, *args: object, search: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        self.search_label = _("Search by company or number")
        self.caption = _("Completed contracts")

    def render_number(self, record: Contract) -> SafeString:
        url = reverse("contract_review:show", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def render_actions(self, record: Contract) -> SafeString:
        return render_to_string("dpa/contracts/_sealed_link.html", {"contract": record})
