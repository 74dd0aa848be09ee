"""The businesses for which ChatBo processes, as its own people read them."""

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import A

from consent.register.activities import activities_offered, features_of_everybody, switched_on_by
from tenants.accounts.models import Tenant


class CustomerTable(tables.Table):
    company = tables.Column(
        verbose_name=gettext_lazy("Controller"), linkify=("platform:tenant", {"tenant_id": A("pk")})
    )
    address = tables.Column(verbose_name=gettext_lazy("Address"), empty_values=(), orderable=False)
    activities = tables.Column(
        verbose_name=gettext_lazy("Categories of processing"), empty_values=(), orderable=False
    )

    class Meta:
        model = Tenant
        fields = ("company", "address", "activities")
        order_by = "company"

    def __init__(self, *args: object, search: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        self.search_label = _("Search by company")
        self.caption = _("Businesses for which ChatBo processes")
        self.empty_text = _("No business has this name.")

    def look_up_activities(self) -> None:
        """What those on the page have switched on: a query a room, not one a row."""
        self.titles = {activity.key: activity.title for activity in activities_offered()}
        self.always = features_of_everybody()
        self.on = switched_on_by([row.record.pk for row in self.page.object_list])

    def render_address(self, record: Tenant) -> str:
        return record.address or "–"

    def render_activities(self, record: Tenant) -> str:
        keys = {*self.on.get(record.pk, ()), *self.always}
        return ", ".join(title for key, title in self.titles.items() if key in keys)
