"""What a member types in about a conversion tool. Saving is the use cases'."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.embeds.models import Tool
from tenants.bots.models import Bot


class ToolForm(forms.ModelForm[Tool]):
    class Meta:
        model = Tool
        fields = ["label", "bot", "language", "position"]
        widgets = {"position": forms.RadioSelect}
        help_texts = {
            "label": gettext_lazy("Say what happens: 40 characters at most."),
            "bot": gettext_lazy("Its web chat is what the button opens."),
            "language": gettext_lazy("The language of the notice that the first click shows."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bots = Bot.objects.order_by("created_at")
        language = self.fields["language"]
        self.fields["language"] = forms.ChoiceField(
            label=language.label, choices=settings.LANGUAGES, help_text=language.help_text
        )
        self.fields["bot"] = forms.ModelChoiceField(
            bots,
            label=self.fields["bot"].label,
            help_text=self.fields["bot"].help_text,
            empty_label=None,
        )
        if self.instance.version == 0:
            self.initial.setdefault("label", _("Chat with us"))
            first = bots.first()
            if first is not None:
                self.initial.setdefault("language", first.language)
