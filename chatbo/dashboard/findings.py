"""What came out of checking a document, in words that need no lawyer."""

import dataclasses
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chatbo.foundation.documents.errors import Refusal
from chatbo.foundation.documents.verify import Problem, SealReport

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
        _("This is not a PDF"),
        _("ChatBo seals PDF documents. Choose the file that you received, not a picture of it."),
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
        "quiet", _("No file was chosen"), _("Choose a PDF document, or drop it on the field below.")
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
