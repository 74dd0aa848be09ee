"""What came out of checking a certificate of an end, in plain words."""

import dataclasses
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chatbo.dashboard.findings import Finding
from consent.erasure.certificates.kinds import Certificate, Kind
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.words import KeptInWords, counted_in_a_sentence, kept_as_signed
from consent.ledger.errors import NotGenuineError

_CHANGED = _("This certificate has been changed")

CERTIFICATES: dict[str, Finding] = {
    "too_large": Finding(
        "quiet",
        _("The file is too large"),
        _("A certificate of erasure has a few thousand letters. This one is none of ours."),
    ),
    "no_certificate": Finding(
        "quiet",
        _("This is no certificate"),
        _("Or only a part of one. Load it again from the deletion's page, the whole file."),
    ),
    "no_signature": Finding(
        "bad",
        _("There is no signature in it"),
        _(
            "Somebody took it away, or this is only a part of the file. It proves nothing. Load it"
            " again from the deletion's page, then check."
        ),
    ),
    "newer_form": Finding(
        "quiet",
        _("We do not know this kind of certificate"),
        _("It has a form that this site cannot check."),
    ),
    "not_signed_by_us": Finding(
        "bad",
        _("Not signed by us"),
        _("The signature on this certificate is none of ChatBo's. Do not rely on it."),
    ),
    "changed": Finding(
        "bad",
        _CHANGED,
        _("What it says is not what we signed. Load it again from the deletion's page."),
    ),
    "policy_changed": Finding(
        "bad",
        _CHANGED,
        _(
            "What it says of the deletion is what we signed. But the rules that stand beside it are"
            " not those under which it was carried out."
        ),
    ),
    "says_something_else": Finding(
        "bad",
        _CHANGED,
        _("What we signed is in it, but beside that stands something that we never wrote:"),
    ),
}
"""Why a certificate is not confirmed, by ``NotGenuineError.reason``."""


def certificate_not_genuine(error: NotGenuineError) -> Finding:
    finding = CERTIFICATES[error.reason]
    return dataclasses.replace(finding, details=(error.place,)) if error.place else finding


def finding_of_certificate(certificate: Certificate) -> Finding:
    words = _in_words(certificate) % {
        "people": certificate.people,
        "when": _moment(certificate.deleted_at),
    }
    return Finding("good", _("Genuine and unchanged"), words)


def facts_of_certificate(certificate: Certificate) -> list[tuple[str, str]]:
    """What it says, from what was signed itself."""
    deleted = counted_in_a_sentence(certificate.deleted)
    return [
        (gettext("Code"), certificate.code),
        (gettext("Issued by"), certificate.issuer),
        (gettext("Requested"), _moment(certificate.requested_at)),
        (gettext("Deleted"), _moment(certificate.deleted_at)),
        *_of_its_kind(certificate),
        (gettext("What was deleted"), deleted or gettext("Nothing was stored.")),
        *(
            (gettext("Kept: %(kind)s") % {"kind": each.what}, _until(each))
            for each in kept_as_signed(certificate.kept)
        ),
        *_rules(certificate),
    ]


def _in_words(certificate: Certificate) -> str:
    if certificate.kind == Kind.ENDING:
        return gettext(
            "ChatBo signed this certificate: a business has left, and its data were deleted on"
            " %(when)s."
        )
    if certificate.kind == Kind.ACCOUNT:
        return gettext(
            "ChatBo signed this certificate: an account at ChatBo was deleted on %(when)s."
        )
    return ngettext(
        "ChatBo signed this certificate: the data of %(people)s person were deleted on %(when)s.",
        "ChatBo signed this certificate: the data of %(people)s people were deleted on %(when)s.",
        certificate.people,
    )


def _of_its_kind(certificate: Certificate) -> list[tuple[str, str]]:
    if certificate.kind == Kind.ERASURE:
        return [(gettext("People"), str(certificate.people))]
    if certificate.kind == Kind.ENDING:
        choices = dict(TenantEnding.Choice.choices)
        choice = str(choices.get(certificate.choice, certificate.choice))
        return [(gettext("Choice"), choice)]
    return []


def _rules(certificate: Certificate) -> list[tuple[str, str]]:
    sha256 = certificate.policy_sha256
    return [(gettext("Rules (SHA-256)"), sha256)] if sha256 else []


def _until(kept: KeptInWords) -> str:
    return gettext("%(count)s, until %(date)s at the latest: %(ground)s (%(law)s)") % {
        "count": kept.count,
        "date": date_format(kept.until, "DATE_FORMAT"),
        "ground": kept.ground,
        "law": kept.law,
    }


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
