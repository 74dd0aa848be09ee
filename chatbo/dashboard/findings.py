"""What came out of checking a document, in words that need no lawyer."""

import dataclasses
from typing import Literal

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.documents.errors import Refusal
from chatbo.foundation.documents.verify import Problem, SealReport
from consent.ledger.checking import Genuine, Several
from consent.ledger.errors import NotGenuineError
from consent.ledger.models import ConsentRecord

Tone = Literal["good", "wait", "bad", "quiet"]


@dataclasses.dataclass(frozen=True)
class Finding:
    """The answer in one line, what it means, and each thing that is wrong."""

    tone: Tone
    title: str | Promise
    text: str | Promise
    details: tuple[str | Promise, ...] = ()


PROBLEMS: dict[Problem, Promise] = {
    "no_signature": _("There is no seal in this document."),
    "changed": _("What was sealed is not what stands here now: at least one byte is different."),
    "changed_afterwards": _("Something was added or altered after the seal was set."),
    "not_covered": _("Parts of the file are not covered by the seal."),
    "foreign_signer": _("At least one signature was not made by ChatBo."),
    "certificate_expired": _("The certificate of the seal has expired since."),
    "timestamp_broken": _("The time stamp does not fit the document."),
}

REFUSALS: dict[Refusal | Literal["no_file"], Finding] = {
    "too_large": Finding(
        "quiet",
        _("The file is too large"),
        _("We check files of up to 20 MB. Contracts from ChatBo are far smaller."),
    ),
    "not_a_pdf": Finding(
        "quiet",
        _("This is neither a PDF nor a receipt or certificate"),
        _(
            "ChatBo seals PDF documents, and gives receipts and certificates as files ending in"
            " .jsonld and .json. Choose the file that you received, not a picture of it."
        ),
    ),
    "malformed": Finding(
        "bad",
        _("This file is damaged"),
        _("It cannot be read as a PDF. A document that ChatBo sealed is no longer genuine so."),
    ),
    "encrypted": Finding(
        "quiet",
        _("This file is locked with a password"),
        _("ChatBo does not lock its documents, so this is not the file that we sealed."),
    ),
    "scripted": Finding(
        "bad",
        _("This file contains a program"),
        _("Documents from ChatBo never do. We did not open it, and neither should you."),
    ),
    "too_complex": Finding(
        "quiet",
        _("This file is too complex to be ours"),
        _("It has far more parts than any document that ChatBo makes. We did not check it."),
    ),
    "no_file": Finding(
        "quiet",
        _("No file was chosen"),
        _("Choose a document, a receipt or a certificate, or drop it on the field below."),
    ),
}


def refused(reason: Refusal | Literal["no_file"]) -> Finding:
    """Why a file was not looked at."""
    return REFUSALS[reason]


def finding_of(report: SealReport) -> Finding:
    """One sentence for a report. What is not genuine is never called so, for whatever reason."""
    details = tuple(PROBLEMS[problem] for problem in report.problems)
    if report.complete:
        return Finding(
            "good",
            _("Genuine and unchanged"),
            _("ChatBo sealed this document, and since then not a single byte has changed."),
        )
    if report.genuine:
        return Finding(
            "wait",
            _("Genuine, but not complete"),
            _("ChatBo sealed it and nothing has changed, but not everybody has signed yet."),
        )
    if "changed" in report.problems or "changed_afterwards" in report.problems:
        return Finding(
            "bad",
            _("This document has been changed"),
            _("Do not rely on it. Ask for the original, or take it from your dashboard."),
            details,
        )
    if not any(signature.ours for signature in report.signatures):
        return Finding(
            "quiet",
            _("Not sealed by ChatBo"),
            _("There is no seal of ours on this document, so we can say nothing about it."),
            details,
        )
    return Finding(
        "bad",
        _("We cannot confirm this document"),
        _("ChatBo sealed it, but not everything about it is in order."),
        details,
    )


RECEIPTS: dict[str, Finding] = {
    "too_large": Finding(
        "quiet",
        _("The file is too large"),
        _(
            "We check receipts of up to 1 MB. A larger export is checked by the program"
            " chatbo-verify: it stands on the page of our public keys."
        ),
    ),
    "no_receipt": Finding(
        "quiet",
        _("This is neither a receipt nor a certificate"),
        _("Or only a part of one. Load it again from its page, and choose the whole file."),
    ),
    "for_the_program": Finding(
        "quiet",
        _("An export, not a receipt"),
        _(
            "Exports of all consents, and several proofs in one file, are checked by the program"
            " chatbo-verify, which also finds what was dropped. It stands on the page of our"
            " public keys."
        ),
    ),
    "unproved": Finding(
        "bad",
        _("There is no proof in it"),
        _(
            "Either it was loaded before the record was sealed, or somebody took the proof away."
            " It proves nothing. Load it again from its page, then check."
        ),
    ),
    "not_sealed": Finding(
        "wait",
        _("Not sealed yet"),
        _("It was loaded before the record was sealed. Load it again from its page, then check."),
    ),
    "newer_form": Finding(
        "quiet",
        _("We do not know this kind of receipt"),
        _("It has a form that this site cannot check."),
    ),
    "not_signed_by_us": Finding(
        "bad",
        _("Not signed by us"),
        _("The proof in it does not lead to anything that ChatBo signed. Do not rely on it."),
    ),
    "changed": Finding(
        "bad",
        _("This receipt has been changed"),
        _("What it says is not what was sealed. Do not rely on it; load it again from its page."),
    ),
    "person_changed": Finding(
        "bad",
        _("This receipt is about somebody else"),
        _("The record is genuine, but the person named here is not the one that it is about."),
    ),
    "says_something_else": Finding(
        "bad",
        _("This receipt has been changed"),
        _("The proof in it is genuine, but what stands around it says something else."),
    ),
    "text_changed": Finding(
        "bad",
        _("The text in this receipt has been changed"),
        _("The record is genuine, but this is not the text, word for word, that was shown."),
    ),
    "not_as_made": Finding(
        "bad",
        _("This receipt has been changed"),
        _(
            "The proof in it is genuine, but the receipt as a whole is not the one that we signed:"
            " names, recipients or other words around the proof are different."
        ),
    ),
}
"""Why a receipt is not confirmed, by ``NotGenuineError.reason``."""


def not_genuine(error: NotGenuineError) -> Finding:
    """The sentence on a receipt that is not confirmed, with the place that was changed."""
    finding = RECEIPTS[error.reason]
    return dataclasses.replace(finding, details=(error.place,)) if error.place else finding


def finding_of_several(several: Several) -> Finding:
    """Of a graph of receipts. Whether one is missing, none of them can tell."""
    count, waiting = len(several.genuine), several.waiting
    uncovered = sorted({place for each in several.genuine for place in each.uncovered})
    proved = ngettext(
        "%(count)s receipt is genuine, unchanged and sealed.",
        "%(count)s receipts are genuine, unchanged and sealed.",
        count,
    ) % {"count": count}
    if waiting:
        unproved = ngettext(
            "%(count)s more was not sealed yet when the file was made, and proves nothing.",
            "%(count)s more were not sealed yet when the file was made, and prove nothing.",
            waiting,
        ) % {"count": waiting}
        return Finding("wait", gettext("Not all of it is proved"), f"{proved} {unproved}")
    if several.changed:
        missing = ngettext(
            "%(count)s more had been changed past ChatBo when the file was made, and has no receipt"
            " in it.",
            "%(count)s more had been changed past ChatBo when the file was made, and have no"
            " receipts in it.",
            several.changed,
        ) % {"count": several.changed}
        return Finding("wait", gettext("Not all of it is proved"), f"{proved} {missing}")
    if uncovered:
        return _only_the_proof(tuple(uncovered))
    return Finding("good", _("Genuine, unchanged and sealed"), proved)


def _only_the_proof(uncovered: tuple[str, ...]) -> Finding:
    return Finding(
        "wait",
        _("Only the proof is genuine"),
        _(
            "The record is as it was sealed. But no signature covers what else stands here, so we"
            " cannot say whether it was changed:"
        ),
        uncovered,
    )


def finding_of_receipt(genuine: Genuine) -> Finding:
    if genuine.uncovered:
        return _only_the_proof(genuine.uncovered)
    return Finding(
        "good",
        _("Genuine, unchanged and sealed"),
        gettext(
            "ChatBo recorded exactly this. It stands in the ledger at position %(position)s, under"
            " the head of %(size)s records that we signed on %(when)s."
        )
        % {
            "position": genuine.position,
            "size": genuine.head.size,
            "when": _moment(genuine.head.at.isoformat()),
        },
    )


def facts_of(genuine: Genuine) -> list[tuple[str, str]]:
    """What the record says, from the proof itself: nothing that only stands around it."""
    body = genuine.body
    decided = [(gettext("Decided"), _moment(body["given_at"]))]
    if body["decision"] == ConsentRecord.Decision.SHOWN:
        is_step = body["way"] == ConsentRecord.Way.TICK
        word = gettext("Ticked, to be confirmed") if is_step else gettext("Shown")
        decided = [(word, _moment(body["given_at"]))]
    return [
        (gettext("Purpose"), _word(ConsentRecord.Purpose, body["purpose"])),
        (gettext("Decision"), _word(ConsentRecord.Decision, body["decision"])),
        *decided,
        (gettext("Received"), _moment(body["received_at"])),
        (gettext("Where"), f"{_word(ConsentRecord.Source, body['source'])} {body['place']}"),
        (gettext("Record"), body["id"]),
        (gettext("Text (SHA-256)"), body["text"]),
    ]


def _word(choices: type[TextChoices], value: str) -> str:
    return str(capfirst(dict(choices.choices).get(value, value)))


def _moment(text: str) -> str:
    at = parse_datetime(text or "")
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else text
