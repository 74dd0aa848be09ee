"""The list of requests by hand: what is due first stands first, then what was closed last."""

from datetime import date
from typing import Any

import django_tables2
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.shown import Shown

State = RightsRequest.State
TONES = {
    State.OPEN: "wait",
    State.IN_PROGRESS: "info",
    State.ANSWERED: "good",
    State.REFUSED: "quiet",
    State.WITHDRAWN: "quiet",
}


class RequestTable(django_tables2.Table):
    kind = django_tables2.Column(verbose_name=pgettext_lazy("right", "Request"))
    due_on = django_tables2.Column(verbose_name=gettext_lazy("Answer due by"))
    state = django_tables2.Column(verbose_name=gettext_lazy("State"))
    way = django_tables2.Column(verbose_name=gettext_lazy("How it came"))
    received_on = django_tables2.Column(verbose_name=gettext_lazy("Received"))

    class Meta:
        model = RightsRequest
        fields = ("kind", "due_on", "state", "way", "received_on")
        orderable = False

    def __init__(self, *args: Any, tenant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_slug = tenant_slug
        self.caption = _("Requests outside the chat")
        self.empty_text = _("No request is in this state.")

    def render_kind(self, record: RightsRequest) -> SafeString:
        url = reverse("requests:show", args=[self.tenant_slug, record.pk])
        return format_html('<a href="{}">{}</a>', url, record.get_kind_display())

    def render_due_on(self, record: RightsRequest) -> SafeString | str:
        day = date_format(record.due_on, "SHORT_DATE_FORMAT")
        if record.is_closed:
            return day
        words = Shown(record).due_in_words
        if record.days_left >= 0:
            return format_html("<div>{}<br><small>{}</small></div>", day, words)
        context = {"tone": "bad", "label": words}
        state = render_to_string("elements/status.html", context)
        return format_html("<div>{}<br>{}</div>", day, state)

    def render_state(self, record: RightsRequest) -> SafeString:
        return state_of(record)

    def render_received_on(self, value: date) -> str:
        return date_format(value, "SHORT_DATE_FORMAT")


def state_of(wish: RightsRequest) -> SafeString:
    context = {"tone": TONES[State(wish.state)], "label": wish.get_state_display()}
    return render_to_string("elements/status.html", context)
