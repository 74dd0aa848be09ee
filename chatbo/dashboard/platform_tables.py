"""How the platform's tables look."""

from datetime import datetime

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django_tables2 import A

from chatbo.foundation.mail.models import OutgoingMail
from chatbo.foundation.pages import status
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from dpa.contracts.models import Contract
from tenants.accounts.models import Tenant, User


class TenantTable(tables.Table):
    company = tables.Column(
        verbose_name=gettext_lazy("Company"), linkify=("platform:tenant", {"tenant_id": A("pk")})
    )
    created_at = tables.DateColumn(verbose_name=gettext_lazy("Since"), short=True)
    agreement = tables.Column(
        verbose_name=gettext_lazy("Processing agreement"), empty_values=(), orderable=False
    )
    live_bots = tables.Column(verbose_name=gettext_lazy("Live bots"))
    locked_at = tables.Column(verbose_name=gettext_lazy("State"), empty_values=())

    class Meta:
        model = Tenant
        fields = ("company", "created_at", "agreement", "live_bots", "locked_at")
        order_by = "company"

    def __init__(self, *args: object, search: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        self.search_label = _("Search by company")
        self.caption = _("Businesses that use ChatBo")
        self.empty_text = _("No business has this name.")

    def render_agreement(self, value: str | None) -> SafeString:
        if not value:
            return status("none", _("none yet"))
        return status(value, Contract.State(value).label)

    def render_locked_at(self, value: datetime | None, record: Tenant) -> SafeString:
        if record.ended_at:
            return status("none", pgettext("business", "has left"))
        if record.leaves_at:
            return status("waiting", pgettext("business", "is leaving"))
        return status("failed", _("locked")) if value else status("live", _("open"))


class UserTable(tables.Table):
    name = tables.Column(
        verbose_name=gettext_lazy("Name"), linkify=("platform:user", {"user_id": A("pk")})
    )
    email = tables.Column(verbose_name=gettext_lazy("E-mail address"))
    places = tables.Column(verbose_name=gettext_lazy("Businesses"))
    platform_role = tables.Column(verbose_name=gettext_lazy("Role at ChatBo"))
    has_second_factor = tables.BooleanColumn(
        verbose_name=gettext_lazy("Second factor"), orderable=False
    )
    last_login = tables.DateTimeColumn(verbose_name=gettext_lazy("Last log-in"), short=True)

    class Meta:
        model = User
        fields = ("name", "email", "places", "platform_role", "has_second_factor", "last_login")
        order_by = "name"

    def __init__(self, *args: object, search: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.search = search
        self.search_label = _("Search by name or address")
        self.finds_people = True
        self.caption = _("Everybody who can log in")

    def render_platform_role(self, record: User) -> str:
        return str(record.get_platform_role_display())

    def render_has_second_factor(self, value: bool) -> SafeString:
        return (
            status("granted", _("set up"))
            if value
            else status("none", pgettext("second factor", "none"))
        )


class LostMailTable(tables.Table):
    finished_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Given up"), short=True)
    recipient = tables.Column(verbose_name=gettext_lazy("To"), orderable=False)
    subject = tables.Column(verbose_name=gettext_lazy("Subject"), orderable=False)
    company = tables.Column(verbose_name=gettext_lazy("Company"))
    last_error = tables.Column(verbose_name=gettext_lazy("Last answer"), orderable=False)

    class Meta:
        model = OutgoingMail
        fields = ("finished_at", "recipient", "subject", "company", "last_error")
        order_by = "-finished_at"

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.caption = _("Mails that could not be delivered")

    def render_last_error(self, value: str) -> SafeString:
        if value == "refused":
            return status("failed", _("the mailbox refused it"))
        return format_html("<code>{}</code>", value)


class OpenErasureTable(tables.Table):
    code = tables.Column(verbose_name=gettext_lazy("Code"), orderable=False)
    company = tables.Column(verbose_name=gettext_lazy("Company"))
    state = tables.Column(verbose_name=gettext_lazy("State"))
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Requested"), short=True)
    due_at = tables.DateColumn(verbose_name=gettext_lazy("Due by"), short=True)
    last_error = tables.Column(verbose_name=gettext_lazy("Last answer"), orderable=False)

    class Meta:
        model = Erasure
        fields = ("code", "company", "state", "created_at", "due_at", "last_error")

    def __init__(self, *args: object, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.caption = _("Erasures that are not finished, the overdue first")

    def render_code(self, value: str) -> SafeString:
        url = reverse("erasure_status:status", args=[value])
        return format_html('<a href="{}"><code>{}</code></a>', url, value)

    def render_state(self, record: Erasure) -> SafeString:
        if record.deleted_at is None and record.due_at < self.now:
            return status("failed", _("overdue"))
        return status(record.state, record.get_state_display())

    def render_last_error(self, value: str) -> SafeString:
        return format_html("<code>{}</code>", value)


class RequestTable(tables.Table):
    code = tables.Column(verbose_name=gettext_lazy("Request"), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("State"), orderable=False)
    created_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Requested"), short=True)
    due_at = tables.DateColumn(verbose_name=gettext_lazy("Due by"), short=True)
    actions = tables.Column(verbose_name=gettext_lazy("Actions"), empty_values=(), orderable=False)

    class Meta:
        model = ErasureRequest
        fields = ("code", "state", "created_at", "due_at", "actions")
        prefix = "requests-"

    def __init__(self, *args: object, now: datetime, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.caption = _("Requests that Meta passed on, the open ones first")

    def render_code(self, record: ErasureRequest) -> SafeString:
        """With where it came from."""
        url = reverse("erasure_status:status", args=[record.code])
        return format_html(
            '<div><a href="{}"><code class="text-break">{}</code></a><br>'
            '<span class="text-secondary">{}</span></div>',
            url,
            record.code,
            record.get_origin_display(),
        )

    def render_state(self, record: ErasureRequest) -> SafeString:
        """With the reason, where it does not go on."""
        if record.finished_at is None and record.last_error:
            reason = reason_in_words(record.last_error)
            return format_html(
                '<div>{}<br><span class="text-secondary">{}</span></div>',
                self._state_of(record),
                reason,
            )
        return self._state_of(record)

    def _state_of(self, record: ErasureRequest) -> SafeString:
        if record.finished_at is None and record.due_at < self.now:
            return status("failed", _("overdue"))
        if record.finished_at is None and record.failed_at:
            return status("failed", _("does not succeed"))
        if record.state == ErasureRequest.State.DONE:
            return status("done", parts_in_words(record))
        return status("waiting" if record.finished_at is None else "", record.get_state_display())

    def render_actions(self, record: ErasureRequest) -> str:
        if record.finished_at:
            return ""
        return render_to_string(
            "chatbo/dashboard/_request_actions.html", {"wish": record}, request=self.request
        )


def parts_in_words(wish: ErasureRequest) -> str:
    """What a request that is carried out has led to."""
    number = len(wish.parts)
    erased = ngettext("passed on to %(n)d business", "passed on to %(n)d businesses", number)
    said = [erased % {"n": number}] if number else []
    if wish.connections:
        said.append(_("Facebook disconnected"))
    return ", ".join(said)


def reason_in_words(code: str) -> str:
    """Why a request is not carried out yet; ``code``: Meta's, or an error's name."""
    known = {
        "100/33": _("Meta does not know this number, or does not let ChatBo ask (100/33)"),
        "100": _("Meta does not accept the question (100)"),
        "10": _("Meta does not allow ChatBo to ask (10)"),
        "200": _("Meta does not allow ChatBo to ask (200)"),
        "190": _("Meta does not accept the app's secret (190)"),
        "unreadable": _("Meta's answer could not be read"),
        "NoOtherWayInError": _("Facebook is the only way into the account, without an address"),
        "UnreadableError": _("No key opens the person's number"),
    }
    return known.get(code) or _("Meta could not be reached (%(code)s)") % {"code": code}
