"""What the person is told at the end."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.erasure.facts import Facts, facts_of
from consent.erasure.models import Erasure
from consent.texts.versions import filled, fitting, text_in_force
from tenants.accounts.models import Tenant
from tenants.bots.platforms import Outgoing


def last_message(erasure: Erasure) -> Outgoing:
    """What was deleted, what is kept and why, the code and its page, in the person's language."""
    version = text_in_force("bot-erasure-done", erasure.language)
    facts = facts_of(erasure)
    with translation.override(version.language):
        values = {
            "company": Tenant.objects.get(pk=erasure.tenant_id).company,
            "counts": ", ".join(f"{kind}: {count}" for kind, count in facts.counts)
            or _("nothing, as nothing was stored any more"),
            "kept": _kept(facts),
            "code": erasure.code,
            "url": settings.BASE_URL + reverse("erasure_status:status", args=[erasure.code]),
        }
    return Outgoing(text=filled(version, fitting(version, values)))


def _kept(facts: Facts) -> str:
    """What stays, on which ground, and until when (Arts. 12(4), 17(3)(e) GDPR).

    Where the certificate is not as it was signed, its page says so, and the message nothing wrong.
    """
    if not facts.kept:
        return _("see the page below")
    return "; ".join(
        _("%(what)s: %(count)s, until %(date)s: %(ground)s (%(law)s)")
        % {
            "what": each.what,
            "count": each.count,
            "date": date_format(each.until, "DATE_FORMAT"),
            "ground": each.ground,
            "law": each.law,
        }
        for each in facts.kept
    )
