"""What a change of a text means for those who know an earlier version."""

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Effect(models.TextChoices):
    """From the weakest to the strongest."""

    EDITORIAL = "editorial", _("nobody need be told")
    INFORM = "inform", _("they are told")
    ASK = "ask", _("they are asked again")

    @property
    def must_be_told(self) -> bool:
        """Whether those who know an earlier version have to see this one, at least."""
        return self != Effect.EDITORIAL


def strongest(effects: Iterable[str]) -> Effect:
    """Of none: nobody need be told."""
    order = list(Effect)
    return max((Effect(each) for each in effects), key=order.index, default=Effect.EDITORIAL)
