"""What the audit log can be narrowed down to."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.audit.actions import ACTIONS
from chatbo.foundation.audit.searching import Wanted


class LogForm(forms.Form):
    action = forms.ChoiceField(label=_("What"), required=False, choices=[])
    actor = forms.UUIDField(label=_("Who"), required=False)
    target = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    """An id that nobody types: each row of the log leads to what was done on the same."""
    since = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action: Any = self.fields["action"]
        labels = sorted(((key, str(label)) for key, label in ACTIONS.items()), key=lambda p: p[1])
        action.choices = [("", _("all")), *labels]
        self.fields["actor"].widget = forms.Select(choices=[("", _("all")), *people])

    def wanted(self) -> Wanted:
        """What is asked for as far as it makes sense; a wrong date narrows nothing."""
        self.is_valid()
        asked = self.cleaned_data
        until = asked.get("until")
        return Wanted(
            action=asked.get("action") or "",
            actor_id=asked.get("actor"),
            target_id=asked.get("target") or "",
            since=_begin_of(asked.get("since")),
            # The day that was named is meant too.
            until=_begin_of(until + datetime.timedelta(days=1))
            if until and until < datetime.date.max
            else None,
        )


def _begin_of(day: datetime.date | None) -> datetime.datetime | None:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min)) if day else None
