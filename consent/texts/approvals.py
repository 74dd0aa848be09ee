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
from chatbo.foundation.turns import wait_for_turn
from consent.texts.errors import (
    AnotherWordError,
    NotALawyerError,
    NotInUseError,
    OverError,
    TextChangedError,
)
from consent.texts.fingerprints import fingerprint
from consent.texts.models import Approval, TextVersion
from consent.texts.signers import has_signed, keep_signers_known, signing_name
from tenants.accounts.models import PlatformRole, User

declare_store(Medium.LOG, __name__, NoPersonalData("Which decision is not genuine: ids."))

log = structlog.get_logger(__name__)


@transaction.atomic
def decide_on_text(
    version: TextVersion,
    *,
    lawyer: User,
    verdict: Approval.Verdict,
    remark: str = "",
    seen: str | None = None,
) -> Approval:
    """Record the lawyer's word on this very version. The last word counts; the same twice is one.

    ``seen``: the id of the last word that the lawyer knew of, empty for none; where another has
    come since, nothing is stored (``AnotherWordError``). Without it, whatever was said before.
    What the version means for its readers, what is said about it, and from when to when it holds
    is part of what is signed. Raises ``NotALawyerError`` for anybody else, ``TextChangedError``
    when the stored text no longer has the hash it was submitted with, and ``OverError`` for an
    approval after the version's last day.
    """
    return _say(version, lawyer=lawyer, verdict=verdict, remark=remark, seen=seen)


@transaction.atomic
def end_validity(
    version: TextVersion,
    *,
    lawyer: User,
    at: datetime.datetime,
    remark: str,
    seen: str | None = None,
) -> Approval:
    """Let an approved version hold until then, and no longer: a word of its own, no change.

    Raises ``NotInUseError`` for what is not approved, or has ended already.
    """
    ended = Approval.Verdict.ENDED
    return _say(version, lawyer=lawyer, verdict=ended, remark=remark, ends_at=at, seen=seen)


def _say(
    version: TextVersion,
    *,
    lawyer: User,
    verdict: Approval.Verdict,
    remark: str,
    ends_at: datetime.datetime | None = None,
    seen: str | None = None,
) -> Approval:
    if lawyer.platform_role != PlatformRole.LAWYER:
        raise NotALawyerError(lawyer.pk)
    wait_for_turn("decide", version.pk)
    version = TextVersion.objects.get(pk=version.pk)
    if not has_its_hash(version):
        raise TextChangedError(version.pk)
    said = version.last_word()
    wanted = (verdict, remark, ends_at, lawyer.pk)
    if said and (said.verdict, said.remark, said.ends_at, said.lawyer_id) == wanted:
        return said
    if said and seen not in (None, str(said.pk)):
        raise AnotherWordError(said)
    _demand_sense(version, said, verdict)
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


def _demand_sense(version: TextVersion, said: Approval | None, verdict: Approval.Verdict) -> None:
    now = timezone.now()
    if verdict == Approval.Verdict.ENDED and (said is None or not said.stands_at(now)):
        raise NotInUseError(version.pk)
    is_over = version.valid_until is not None and version.valid_until <= now
    if verdict == Approval.Verdict.APPROVED and is_over:
        raise OverError(version.pk)


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
        and has_signed(key, approval.note, _as_its_note(approval, name=key.name))
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
    """What is signed, a line a fact; form 2: with what is said about the text, and by whom."""
    version = approval.version
    return _written(
        name,
        2,
        {
            **_facts_of(approval),
            "change": json.dumps(version.change),
            "reason": json.dumps(version.reason),
            "author": version.author_id or "-",
            "release": version.release or "-",
            "submitted": _moment(version.submitted_at),
        },
    )


def record_of_old(approval: Approval, *, name: str) -> str:
    """Form 1, which earlier approvals have, and are believed in as they are."""
    return _written(name, 1, _facts_of(approval))


def _as_its_note(approval: Approval, *, name: str) -> str:
    """What a note of the form that this one says it has should be. Both forms were signed by us."""
    is_old = approval.note.startswith(f"{name}\n{_HEAD}, 1\n")
    return (record_of_old if is_old else record_of)(approval, name=name)


_HEAD = "approval of a text"


def _written(name: str, form: int, facts: dict[str, object]) -> str:
    lines = [name, f"{_HEAD}, {form}", *(f"{fact}: {value}" for fact, value in facts.items())]
    return "\n".join(lines) + "\n"


def _facts_of(approval: Approval) -> dict[str, object]:
    version = approval.version
    return {
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


def _moment(moment: datetime.datetime | None) -> str:
    """To the microsecond, as the database keeps it, in UTC."""
    return moment.astimezone(datetime.UTC).isoformat(timespec="microseconds") if moment else "-"
