"""Referrals as their partner reads them: when, that consent came first, the state. Not who."""

from typing import Any

import django_tables2 as tables
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbo.foundation.pages import status
from tenants.affiliates.models import Referral


class ReferralTable(tables.Table):
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Account opened"), short=True)
    consented_at = tables.Column(verbose_name=gettext_lazy("Consent before that"))
    state = tables.Column(verbose_name=gettext_lazy("State"))

    class Meta:
        model = Referral
        fields = ("created_at", "consented_at", "state")
        order_by = "-created_at"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.caption = _("Your referrals")

    def render_consented_at(self, record: Referral) -> SafeString:
        at = date_format(localtime(record.consented_at), "SHORT_DATETIME_FORMAT")
        return format_html("<span>{} {}</span>", status("granted", _("given")), at)

    def render_state(self, record: Referral) -> SafeString:
        return status(record.state, record.get_state_display())
