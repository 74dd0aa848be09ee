"""The lawyer's word: a signed record on that very version, checked before the version is used."""

import datetime
import json

import structlog
from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from chatbo.foundation.signed_notes import NoteError, parse_key
from chatbo.foundation.signing import is_believed, note_keys, sign_note
from consent.texts.errors import NotALawyerError, NotInUseError, TextChangedError
from consent.texts.fingerprints import fingerprint
from consent.texts.models import Approval, TextVersion
from consent.texts.signers import has_signed, keep_signers_known, signing_name
from tenants.accounts.models import PlatformRole, User

declare_store(Medium.LOG, __name__, NoPersonalData("Which decision is not genuine: ids."))

log = structlog.get_logger(__name__)


@transaction.atomic
def decide_on_text(
    version: TextVersion, *, lawyer: User, verdict: Approval.Verdict, remark: str = ""
) -> Approval:
    """Record the lawyer's word on this very version. The last word counts; the same twice is one.

    What the version means for its readers, and from when to when it holds, is part of what is
    signed. Raises ``NotALawyerError`` for anybody else, and ``TextChangedError`` when the stored
    text no longer has the hash it was submitted with.
    """
    return _say(version, lawyer=lawyer, verdict=verdict, remark=remark)


@transaction.atomic
def end_validity(
    version: TextVersion, *, lawyer: User, at: datetime.datetime, remark: str
) -> Approval:
    """Let an approved version hold until then, and no longer: a word of its own, no change.

    Raises ``NotInUseError`` for what is not approved, or has ended already.
    """
    said = version.last_word()
    if said is None or not said.stands_at(timezone.now()):
        raise NotInUseError(version.pk)
    return _say(version, lawyer=lawyer, verdict=Approval.Verdict.ENDED, remark=remark, ends_at=at)


def _say(
    version: TextVersion,
    *,
    lawyer: User,
    verdict: Approval.Verdict,
    remark: str,
    ends_at: datetime.datetime | None = None,
) -> Approval:
    if lawyer.platform_role != PlatformRole.LAWYER:
        raise NotALawyerError(lawyer.pk)
    version = TextVersion.objects.get(pk=version.pk)
    if not has_its_hash(version):
        raise TextChangedError(version.pk)
    said = version.last_word()
    if said is not None and (said.verdict, said.remark, said.ends_at) == (verdict, remark, ends_at):
        return said
    keep_signers_known()
    approval = Approval(
        version=version,
        sha256=version.sha256,
        verdict=verdict,
        remark=remark,
        lawyer=lawyer,
        ends_at=ends_at,
    )
    name = signing_name()
    approval.note = sign_note(name, record_of(approval, name=name))
    approval.signer = str(note_keys(name)[0])
    approval.save()
    record(f"text.{verdict}", target=version, actor_id=lawyer.pk)
    return approval


def has_its_hash(version: TextVersion) -> bool:
    """Whether the stored words are those that were submitted."""
    return version.sha256 == fingerprint(
        key=version.key,
        language=version.language,
        number=version.number,
        title=version.title,
        body=version.body,
        placeholders=version.placeholders,
    )


def is_genuine(approval: Approval) -> bool:
    """Whether a key of ours signed this word, on these very words of the version.

    Dear only the first time: a process remembers what it has checked.
    """
    try:
        key = parse_key(approval.signer)
    except NoteError:
        return False
    return (
        approval.sha256 == approval.version.sha256
        and has_its_hash(approval.version)
        and has_signed(key, approval.note, record_of(approval, name=key.name))
        and is_believed(key.public)
    )


def lets_use(said: Approval, *, at: datetime.datetime) -> bool:
    """Whether the last word on a version lets it be used at that moment, and it is valid then."""
    version = said.version
    if not said.stands_at(at):
        return False
    if not is_genuine(said):
        log.error("approval_not_genuine", table="texts_textversion", row=str(version.pk))
        return False
    return (version.valid_from is None or version.valid_from <= at) and (
        version.valid_until is None or at < version.valid_until
    )


def record_of(approval: Approval, *, name: str) -> str:
    """What is signed, a line a fact; form 1. A later form gets a function of its own."""
    version = approval.version
    facts = {
        "version": version.pk,
        "text": f"{version.key} {version.language} {version.number}",
        "sha256": approval.sha256,
        "effect": version.effect,
        "valid from": _moment(version.valid_from),
        "valid until": _moment(version.valid_until),
        "verdict": approval.verdict,
        "ends": _moment(approval.ends_at),
        "remark": json.dumps(approval.remark),  # one line
        "lawyer": approval.lawyer_id,
        "at": _moment(approval.at),
    }
    lines = [name, "approval of a text, 1", *(f"{fact}: {value}" for fact, value in facts.items())]
    return "\n".join(lines) + "\n"


def _moment(moment: datetime.datetime | None) -> str:
    """To the microsecond, as the database keeps it, in UTC."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds") if moment else "-"
