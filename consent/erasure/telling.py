"""What the person is told at the end."""

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.erasure.facts import Facts, facts_of
from consent.erasure.models import Erasure
from consent.erasure.words import KeptInWords, counted_in_a_sentence
from consent.texts.versions import filled, fitting, text_in_force
from tenants.accounts.models import Tenant
from tenants.bots.platforms import Outgoing
from tenants.bots.platforms.wire import LONGEST


def last_message(erasure: Erasure) -> Outgoing:
    """What was deleted, what is kept and why, the code and its page, in the person's language.

    Where that is longer than any messenger takes, it leaves to the page what stands there anyway.
    """
    version = text_in_force("bot-erasure-done", erasure.language)
    facts = facts_of(erasure)
    with translation.override(version.language):
        values = {
            "company": Tenant.objects.get(pk=erasure.tenant_id).company,
            "counts": counted_in_a_sentence(erasure.counts)
            or _("nothing, as nothing was stored any more"),
            "code": erasure.code,
            "url": settings.BASE_URL + reverse("erasure_status:status", args=[erasure.code]),
        }
        for kept in _kept(facts):
            text = filled(version, fitting(version, values | {"kept": kept}))
            if len(text) <= LONGEST:
                break
    return Outgoing(text=text)


def _kept(facts: Facts) -> Iterator[str]:
    """What stays, until when, whether it says whose it is, and on which ground (Arts. 12(4),
    17(3)(e) GDPR); then the same without the grounds; then that the page says it.

    Where the certificate is not as it was signed, its page says so, and the message nothing wrong.
    """
    if facts.kept:
        yield "; ".join(f"{_item(each)}: {each.ground} ({each.law})" for each in facts.kept)
        yield "; ".join([*map(_item, facts.kept), _("the page below says why")])
    yield _("see the page below")


def _item(kept: KeptInWords) -> str:
    return _("%(what)s, %(whose)s, until %(date)s") % {
        "what": kept.counted,
        "whose": kept.whose,
        "date": date_format(kept.until, "DATE_FORMAT"),
    }
