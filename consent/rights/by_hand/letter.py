"""What a business writes to whoever asked: the answer, why there is none, or that it takes longer.

Nobody is named in it; the business puts the address on it that it has.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chatbo.foundation.documents.render import render_pdf
from consent.rights.by_hand.models import RightsRequest
from consent.rights.by_hand.shown import Shown
from tenants.accounts.models import Tenant

Kind, State = RightsRequest.Kind, RightsRequest.State
Outcome = RightsRequest.Outcome


class About(StrEnum):
    """What a letter is for."""

    RECEIPT = "receipt"
    LONGER = "longer"
    ANSWER = "answer"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class Letter:
    language: str
    about: About
    subject: str
    paragraphs: list[str]
    sender: str
    """The business's name and address, in one line."""


_OF_CLOSED = {
    State.ANSWERED: About.ANSWER,
    State.REFUSED: About.REFUSAL,
    State.WITHDRAWN: About.WITHDRAWAL,
}


def letters_on(shown: Shown) -> list[About]:
    """What can be written truly at this moment; what is needed next comes last."""
    wish = shown.wish
    if wish.is_closed:
        return [_OF_CLOSED[State(wish.state)]]
    letters = [About.RECEIPT]
    if wish.extended_on:
        letters.append(About.LONGER)
    if shown.may_be_answered and shown.known:
        letters.append(About.ANSWER)
    return letters


def letter_on(shown: Shown, tenant: Tenant, *, about: About, language: str) -> Letter:
    with translation.override(language):
        return Letter(
            language=language,
            about=about,
            subject=_("Your request of %(day)s under data protection law")
            % {"day": _day(shown.wish.received_on)},
            paragraphs=[_("Dear Sir or Madam,"), *_WRITE[about](shown), _("Yours faithfully")],
            sender=", ".join(filter(None, (tenant.company, tenant.street, _place(tenant)))),
        )


def letter_pdf(letter: Letter, tenant: Tenant, *, at: datetime) -> bytes:
    with translation.override(letter.language):
        return render_pdf(
            "consent/rights/by_hand/letter.pdf.html",
            {"letter": letter, "company": tenant.company, "at": at},
            language=letter.language,
            created=at,
        )


def _place(tenant: Tenant) -> str:
    return f"{tenant.postal_code} {tenant.city}".strip()


def _receipt(shown: Shown) -> Iterator[str]:
    wish = shown.wish
    yield _("we have received your request: %(kind)s. We answer it by %(day)s at the latest.") % {
        "kind": wish.get_kind_display(),
        "day": _day(wish.due_on),
    }
    if wish.state == State.OPEN:
        yield _(
            "So that we give nothing out to anybody else, and delete nobody else's data, we have to"
            " be sure who asks (Art. 12(6) GDPR). Please tell us under which identifier you have"
            " written to our chat, or write to us there."
        )


def _longer(shown: Shown) -> Iterator[str]:
    wish = shown.wish
    yield _("you have asked us: %(kind)s. We answer it by %(day)s at the latest.") % {
        "kind": wish.get_kind_display(),
        "day": _day(wish.due_on),
    }
    yield _(
        "It takes us longer than the month that the law names first, Art. 12(3) GDPR. The"
        " reason: %(reason)s"
    ) % {"reason": shown.extension_reason}
    yield _complaint()


def _answer(shown: Shown) -> Iterator[str]:
    """Nothing that is not known: of an unchecked one not even that somebody was ever stored."""
    wish, known = shown.wish, shown.known
    yield _("you have asked us: %(kind)s.") % {"kind": wish.get_kind_display()}
    if known is None:
        if wish.closed_on:
            yield _("We have answered that on %(day)s.") % {"day": _day(wish.closed_on)}
    elif known.outcome == Outcome.NOBODY or not wish.identity:
        yield _(
            "Under what you have told us nothing is stored on you in our chat. Should you have"
            " written to us under another identifier, please name it to us."
        )
    elif known.outcome == Outcome.GONE:
        yield from _erased(shown)
    elif known.outcome == Outcome.OUTSIDE:
        yield shown.how or _("We have done that.")
    else:
        yield _DONE[Kind(wish.kind)]()


def _erased(shown: Shown) -> Iterator[str]:
    erasure = shown.erasure
    if erasure is None or erasure.deleted_at is None:
        yield _("Nothing is stored on you in our chat any more.")
        return
    yield _(
        "On %(day)s we have deleted everything that was stored on you in our chat (Art. 17 GDPR),"
        " but for what the law has us keep."
    ) % {"day": _day(timezone.localdate(erasure.deleted_at))}
    yield _("The code of the deletion: %(code)s") % {"code": erasure.code}
    yield _(
        "At this address you read what was deleted, what is kept, why and until when, and get the"
        " certificate: %(url)s"
    ) % {
        "url": settings.BASE_URL + reverse("erasure_status:status", args=[erasure.code]),
    }


def _refusal(shown: Shown) -> Iterator[str]:
    wish = shown.wish
    yield _("you have asked us: %(kind)s. We do not do that, for this reason: %(ground)s.") % {
        "kind": wish.get_kind_display(),
        "ground": wish.get_refusal_display(),
    }
    if shown.refusal_reason:
        yield shown.refusal_reason
    yield _complaint()


def _withdrawal(shown: Shown) -> Iterator[str]:
    yield _("you have taken your request back: %(kind)s. We do nothing more about it.") % {
        "kind": shown.wish.get_kind_display()
    }


def _complaint() -> str:
    return _(
        "You may complain to a supervisory authority for data protection (Art. 77 GDPR) and go to"
        " court (Art. 79 GDPR)."
    )


_WRITE: dict[About, Callable[[Shown], Iterator[str]]] = {
    About.RECEIPT: _receipt,
    About.LONGER: _longer,
    About.ANSWER: _answer,
    About.REFUSAL: _refusal,
    About.WITHDRAWAL: _withdrawal,
}
_DONE: dict[RightsRequest.Kind, Callable[[], str]] = {
    Kind.ACCESS: lambda: _(
        "With this letter you get a copy of everything that is stored on you in our chat, to read"
        " and for programs, with all that Art. 15 GDPR has us tell you (Arts. 15, 20 GDPR)."
    ),
    Kind.RECTIFICATION: lambda: _(
        "We have set right what was wrong, or added what was missing (Art. 16 GDPR)."
    ),
    Kind.RESTRICTION: lambda: _(
        "We have restricted the processing of your data in our chat (Art. 18 GDPR). Before we lift"
        " the restriction we tell you."
    ),
    Kind.OBJECTION: lambda: _(
        "We only store your data in our chat now, and process them no longer for what you have"
        " objected to (Art. 21 GDPR). Before we change that we tell you."
    ),
}


def _day(day: object) -> str:
    return date_format(day, "DATE_FORMAT")  # type: ignore[arg-type]  # a date serves as well
