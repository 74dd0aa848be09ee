"""What a member types in about bots and rules. Saving is the use cases'."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.bots.models import Bot, Rule


class BotForm(forms.ModelForm[Bot]):
    class Meta:
        model = Bot
        fields = ["name", "language", "greeting", "fallback"]
        widgets = {
            "greeting": forms.Textarea({"rows": 3}),
            "fallback": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "name": _("Stands above the web chat, and in your dashboard."),
            "language": _("The language of the notice, the menu and all that the bot must say."),
            "greeting": _("Said at the start, after the notice that this is a bot."),
            "fallback": _(
                "Leave it empty, and the bot names your imprint, where humans are found."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=self.fields["language"].label,
            choices=settings.LANGUAGES,
            help_text=self.fields["language"].help_text,
        )


class RuleForm(forms.ModelForm[Rule]):
    class Meta:
        model = Rule
        fields = ["keywords", "answer"]
        widgets = {"answer": forms.Textarea({"rows": 5})}
        help_texts = {
            "keywords": _("For example: opening hours, open, when"),
            "answer": _(
                "Answers are for everybody: ask nobody for their health, religion or the like."
            ),
        }

    def clean_keywords(self) -> str:
        keywords = str(self.cleaned_data["keywords"])
        if not any(word.strip() for word in keywords.split(",")):
            raise forms.ValidationError(_("Name at least one word."))
        return keywords
