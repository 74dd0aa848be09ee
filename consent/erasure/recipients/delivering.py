"""Sending a notice, and trying again until it is taken or its time is over."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.utils import timezone

from chatbo.foundation.encryption import UnreadableError, text_or
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.outbound import FetchError, Reply, post
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.recipients.models import ErasureNotice, Recipient
from consent.erasure.recipients.registering import switch_off_recipient
from consent.erasure.recipients.signing import signed
from consent.erasure.recipients.telling import tell_switched_off

declare_store(
    Medium.LOG, __name__, NoPersonalData("Which notice was not taken, and why: a number, a code.")
)

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
"""Between the tries, as Standard Webhooks proposes; the last one is at the end of the window."""
LONGEST_ASKED = timedelta(hours=24)
"""So much of a ``Retry-After`` is obeyed."""
OTHERS_WAIT = timedelta(minutes=5)
"""So long a recipient that fails is spared the notices that stand behind: one asks for all."""

GONE = 410
TOO_MANY = 429

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """A request as it goes out."""

    url: str
    body: str
    headers: dict[str, str]


def deliver_notice(tenant_id: str, notice_id: str) -> None:
    """Try one notice once; outside any scope, as the other side may take its time.

    Killed between the answer and its noting, it goes out again under the same ``webhook-id``, by
    which the receiver knows it.
    """
    with tenant_scope(tenant_id):
        notice = ErasureNotice.objects.claim(notice_id)
        letter = _letter_of(notice) if notice else None
    if notice is None or letter is None:
        return
    reply, error = send(letter)
    with tenant_scope(tenant_id):
        _note(notice, reply, error)


def send(letter: Letter) -> tuple[Reply | None, str]:
    """What came back, and why that is not enough: nothing, where it was taken."""
    try:
        reply = post(letter.url, letter.body.encode(), headers=letter.headers)
    except FetchError as failed:
        return None, failed.reason.value
    return reply, "" if 200 <= reply.status < 300 else f"status {reply.status}"


def letter_to(recipient: Recipient, message_id: str, body: str) -> Letter:
    """Signed as of now. Raises ``UnreadableError`` where no key opens its secret or address."""
    now = timezone.now()
    keys = [recipient.secret]
    if recipient.previous_until and recipient.previous_until > now:
        keys += filter(None, [text_or(recipient, "previous_secret", "")])
    return Letter(recipient.url, body, signed(message_id, body, keys, at=now))


def _letter_of(notice: ErasureNotice) -> Letter | None:
    """Nothing, where it is not to be sent now."""
    recipient = notice.recipient
    if recipient is None or recipient.state != Recipient.State.ACTIVE:
        # It was paused just when this one had been put off to a nearer time.
        _put_off(notice, Recipient.State.PAUSED.value, notice.WINDOW)
        return None
    try:
        return letter_to(recipient, notice.message_id, notice.body)
    except UnreadableError:
        _put_off(notice, "unreadable", _pause_after(notice.attempts))
        return None


def _note(claimed: ErasureNotice, reply: Reply | None, error: str) -> None:
    notice = (
        ErasureNotice.objects.in_hands_of(claimed)
        .select_for_update(of=("self",))
        .select_related("recipient")
        .first()
    )
    if notice is None or notice.recipient is None:
        return  # Taken back meanwhile, or in the hands of another who tries the same.
    if not error:
        notice.end(ErasureNotice.State.DELIVERED)
        return
    log.warning("erasure_notice_not_taken", row=str(notice.pk), reason=error)
    if reply is not None and reply.status == GONE:
        if switch_off_recipient(notice.recipient):
            tell_switched_off(notice.recipient)
        return
    asked = reply.retry_after if reply else None
    pause = max(_pause_after(notice.attempts), min(asked or timedelta(), LONGEST_ASKED))
    _put_off(notice, error, pause)
    if reply is None or reply.status == TOO_MANY or reply.status >= 500:
        _spare_others(notice, min(pause, OTHERS_WAIT))


def _pause_after(attempts: int) -> timedelta:
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _put_off(notice: ErasureNotice, error: str, pause: timedelta) -> None:
    """Until its next try, which is at the end of the window at the latest; then it is given up."""
    left = notice.deadline - timezone.now()
    if left <= timedelta():
        log.warning("erasure_notice_given_up", row=str(notice.pk), reason=error)
        notice.end(ErasureNotice.State.GIVEN_UP, error)
    else:
        notice.try_again(error, after=min(pause, left))


def _spare_others(notice: ErasureNotice, pause: timedelta) -> None:
    until = timezone.now() + pause
    others = ErasureNotice.objects.unfinished().filter(
        recipient=notice.recipient, lease_until=None, not_before__lt=until
    )
    others.exclude(pk=notice.pk).update(not_before=until)
