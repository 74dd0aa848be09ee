"""How long data stay, in words: from the bots' settings and from what the models declare."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatbo.foundation.personal_data import Kept, declarations_about
from tenants.bots.models import Bot

PRESET: int = Bot._meta.get_field("retention_months").get_default()


def until_unsubscribed(months: int) -> str:
    """Of a subscriber, by their bot's setting; and of what may outlive that (``erasure.holds``)."""
    usually = ngettext(
        "until the person unsubscribes, at the latest %(months)d month after the last contact",
        "until the person unsubscribes, at the latest %(months)d months after the last contact",
        months,
    ) % {"months": months}
    return _(
        "%(usually)s; messages that are needed for a legal claim, as long as for that"
        " (Art. 17(3)(e) GDPR)"
    ) % {"usually": usually}


def while_kept(subject: str, *labels: str) -> str:
    """Of what the models about a subject keep on a ground, or those of them that are named."""
    said = {
        _("%(term)s (%(law)s)") % {"term": end.until.words(), "law": end.law}: None
        for model, declaration in declarations_about(subject)
        if isinstance(end := declaration.end, Kept) and (not labels or model._meta.label in labels)
    }
    return "; ".join(said)  # In their order; what two models say alike is said once.


def while_of_nobody(subject: str) -> str:
    """Of what models hold that is about nobody on whom anything is stored, as they declare it."""
    said = {
        declaration.of_nobody.words(): None
        for _model, declaration in declarations_about(subject)
        if declaration.of_nobody
    }
    return "; ".join(said)
