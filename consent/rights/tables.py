"""The people of a business as it sees them: by a number of their row, and never by a name."""

import uuid
from collections.abc import Mapping

import django_tables2 as tables
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatbo.foundation.pages import status
from consent.erasure.words import number_of
from tenants.bots.models import Message, Subscriber

FORM = "choosing"
"""The form around the table's boxes; they name it, as forms cannot lie in one another."""


class PeopleTable(tables.Table):
    choice = tables.Column(verbose_name=gettext_lazy("Choose"), accessor="pk")
    number = tables.Column(verbose_name=gettext_lazy("Person"), accessor="pk")
    channel = tables.Column(verbose_name=gettext_lazy("Channel"))
    first_seen_at = tables.DateTimeColumn(verbose_name=gettext_lazy("First contact"), short=True)
    last_seen_at = tables.DateTimeColumn(verbose_name=gettext_lazy("Last contact"), short=True)
    messages = tables.Column(verbose_name=gettext_lazy("Messages"), accessor="pk")

    class Meta:
        model = Subscriber
        fields = ("choice", "number", "channel", "first_seen_at", "last_seen_at", "messages")
        orderable = False

    def __init__(self, *args: object, tenant_slug: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.tenant_slug = tenant_slug
        self.said: Mapping[uuid.UUID, int] = {}
        """How many messages are stored of whom, of the page that is shown."""
        self.caption = _("People")
        self.empty_text = _("Nobody is stored here.")

    def count_messages(self) -> None:
        """By one query for the page, once it is cut out."""
        shown = [row.record.pk for row in self.page.object_list]
        of_each = Message.objects.filter(subscriber_id__in=shown).order_by().values("subscriber_id")
        self.said = dict(of_each.annotate(count=Count("*")).values_list("subscriber_id", "count"))

    def render_choice(self, record: Subscriber) -> SafeString:
        return format_html(
            '<span class="form-check"><input class="form-check-input" type="checkbox"'
            ' name="subject" value="{}" form="{}" aria-label="{}"></span>',
            record.pk,
            FORM,
            _("Choose %(number)s") % {"number": number_of(record)},
        )

    def render_number(self, record: Subscriber) -> SafeString:
        url = reverse("rights:person", args=[self.tenant_slug, record.pk])
        link = format_html('<a href="{}"><code>{}</code></a>', url, number_of(record))
        if record.restricted_at is None:
            return link
        return format_html("{}<br>{}", link, status("stopped", _("restricted")))

    def render_channel(self, record: Subscriber) -> str:
        words = {
            "bot": record.channel.bot.name,
            "platform": record.channel.get_platform_display(),
        }
        if record.is_trial:
            return _("%(bot)s, %(platform)s (trial)") % words
        return "{bot}, {platform}".format(**words)

    def render_messages(self, record: Subscriber) -> int:
        return self.said.get(record.pk, 0)
