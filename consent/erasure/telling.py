"""What the person is told at the end."""

from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from consent.erasure.models import Erasure
from consent.texts.versions import filled, fitting, text_in_force
from tenants.accounts.models import Tenant
from tenants.bots.platforms import Outgoing


def last_message(erasure: Erasure) -> Outgoing:
    """What was deleted, what is kept and why, the code and its page, in the person's language."""
    version = text_in_force("bot-erasure-done", erasure.language)
    with translation.override(version.language):
        values = {
            "company": Tenant.objects.get(pk=erasure.tenant_id).company,
            "counts": ", ".join(f"{name}: {count}" for name, count in counted(erasure)),
            "kept": kept_in_words(erasure),
            "code": erasure.code,
            "url": settings.BASE_URL + reverse("erasure_status:status", args=[erasure.code]),
        }
    return Outgoing(text=filled(version, fitting(version, values)))


def kept_in_words(erasure: Erasure) -> str:
    """What stays, on which ground, and until when (Arts. 12(4), 17(3)(e) GDPR)."""
    year = (erasure.deleted_at or erasure.created_at).year + 3
    return _(
        "proof, without your name, of what you were shown and agreed to, until 31 December"
        " %(year)d, because the business must be able to prove it"
    ) % {"year": year}


def steps_of(erasure: Erasure) -> list[dict[str, object]]:
    """How far it has got, as ``elements/timeline.html`` shows it; in the current language."""
    state = erasure.state
    steps: list[dict[str, object]] = [
        {"at": erasure.created_at, "title": _("Deletion requested"), "icon": "message"}
    ]
    if erasure.deleted_at:
        steps.append({"at": erasure.deleted_at, "title": _("Everything deleted"), "tone": "good"})
    if state == Erasure.State.TOLD:
        steps.append({"at": erasure.told_at, "title": _("Confirmed in the chat"), "tone": "good"})
    elif state == Erasure.State.UNTOLD:
        steps.append(
            {
                "at": erasure.finished_at,
                "title": _("The confirmation could not be delivered"),
                "text": _("The deletion itself is complete."),
                "tone": "bad",
            }
        )
    return steps


def counted(erasure: Erasure) -> list[tuple[str, int]]:
    """The rows that went, by kind, in the current language."""
    return [
        (capfirst(str(apps.get_model(label)._meta.verbose_name_plural)), count)
        for label, count in sorted(erasure.counts.items())
    ]
