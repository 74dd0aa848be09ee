"""How the platform's list of completed contracts looks."""

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.texts.effects import Effect
from dpa.contracts.models import Contract
from dpa.contracts.older_versions import Effects, effect_on


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


class OlderTable(tables.Table):
    """Contracts in force whose texts were replaced so that their parties have to hear of it."""

    number = tables.Column(
        verbose_name=gettext_lazy("Number"), attrs={"td": {"class": "text-nowrap"}}
    )
    company = tables.Column(verbose_name=gettext_lazy("Company"), order_by="data__company")
    holds = tables.Column(accessor="agreement", verbose_name=gettext_lazy("Holds"), orderable=False)
    effect = tables.Column(empty_values=(), verbose_name=gettext_lazy("Asks for"), orderable=False)
    completed_at = tables.DateColumn(verbose_name=gettext_lazy("Completed on"), short=True)
    next_state = tables.Column(
        empty_values=(), verbose_name=gettext_lazy("Next contract"), orderable=False
    )

    class Meta:
        model = Contract
        fields = ("number", "company", "holds", "effect", "completed_at", "next_state")
        order_by = "completed_at"

    def __init__(self, *args: object, effects: Effects, **kwargs: object) -> None:
        super().__init__(*args, prefix="older-", **kwargs)
        self.effects = effects
        self.caption = _("Contracts that hold an older version")

    def render_number(self, record: Contract) -> SafeString:
        url = reverse("contract_review:show", args=[record.pk])
        return format_html('<a href="{}">{}</a>', url, record.number)

    def render_holds(self, record: Contract) -> str:
        facts = {"number": record.agreement.number, "language": record.language.upper()}
        return _("Version %(number)s, %(language)s") % facts

    def render_effect(self, record: Contract) -> SafeString:
        is_asked = effect_on(record, self.effects) == Effect.ASK
        label = _("a new signature") if is_asked else _("being told")
        return _state("wait" if is_asked else "info", label)

    def render_next_state(self, record: Contract) -> SafeString:
        state = getattr(record, "next_state", None)
        if state is None:
            return _state("quiet", _("none yet"))
        return render_to_string(
            "elements/status.html", {"state": state, "label": Contract.State(state).label}
        )


def _state(tone: str, label: str) -> SafeString:
    return render_to_string("elements/status.html", {"tone": tone, "label": label})
