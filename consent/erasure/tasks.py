"""Carrying out an erasure: tombstone, delete, tell; each step noted before the next begins."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.core.files.storage import default_storage
from django.utils import timezone

import consent.erasure.accounts.tasks
import consent.erasure.leaving.tasks
import consent.erasure.recipients.tasks
import consent.erasure.scanning.tasks  # noqa: F401 (the worker finds them here)
from chatbo.foundation.encryption import text_or
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.jobs.one_by_one import one_by_one
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.bulk import delete_many
from consent.erasure.deletion import delete_subject, end_what_came_late
from consent.erasure.errors import PeopleBusyError
from consent.erasure.holds.warning import warn_of_ending_holds
from consent.erasure.models import Erasure
from consent.erasure.never_back import tombstones, words
from consent.erasure.never_back.saying_later import say_what_was_not_said
from consent.erasure.reasons import ADDRESS_UNREADABLE, CHANNEL_GONE, TOO_LATE
from consent.erasure.retention import bots_of_everybody, erase_inactive
from consent.erasure.telling import last_message
from consent.erasure.warning import warn_of_due_erasures, warn_of_the_platform_s
from tenants.bots.models import Bot
from tenants.bots.platforms import PermanentError, PlatformError, send

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))
declare_store(Medium.FILES, __name__, NoPersonalData("Only drops files of people who are gone."))
declare_store(Medium.LOG, __name__, NoPersonalData("Which erasure did not succeed, and why."))

TELL_FOR = timedelta(hours=24)
"""How long after the deletion a refused last message is tried again; then the address goes."""

OFTEN = 8
"""Tries after which it counts as failing: some four minutes. It is tried on, once an hour."""

log = structlog.get_logger(__name__)


def wake(erasure: Erasure) -> None:
    """Have it carried out: one person's at once, many people's where bulk work waits."""
    task = carry_out_many if erasure.is_of_many else carry_out
    task.delay(str(erasure.tenant_id), str(erasure.pk))


@shared_task(name="erasure.carry_out", ignore_result=True)
def carry_out(tenant_id: str, erasure_id: str) -> None:
    """Bring one erasure to its end. Killed at any point, it goes on from the step it was at.

    The person is told only after the deletion is committed, and a second time only if the
    process died between the platform's answer and its noting (it has no idempotency key). A worker
    that was so slow that its lease ran out leaves the telling to whoever has the job now.
    """
    with tenant_scope(tenant_id):
        waiting = Erasure.objects.due().filter(pk=erasure_id).first()
        if waiting is None:
            return
        if waiting.is_of_many:  # The sweep knows one task alone.
            wake(waiting)
            return
        erasure = Erasure.objects.claim(erasure_id)
    if erasure is None:
        return
    try:
        if erasure.state == Erasure.State.REQUESTED:
            _delete_one(tenant_id, erasure)
        _remove_files(erasure)
    except Exception as error:
        _put_off(erasure, error)
        raise
    if _is_held(erasure):
        _tell(tenant_id, erasure)


@shared_task(name="erasure.carry_out_many", ignore_result=True)
def carry_out_many(tenant_id: str, erasure_id: str) -> None:
    """Bring an erasure of many people to its end, or as far as it goes now."""
    with tenant_scope(tenant_id):
        erasure = Erasure.objects.claim(erasure_id)
    if erasure is None:
        return
    try:
        if erasure.state == Erasure.State.REQUESTED:
            delete_many(erasure)
        if not _is_held(erasure):
            return
        with tenant_scope(tenant_id):
            erasure.refresh_from_db()
        _remove_files(erasure)
    except PeopleBusyError as error:
        _put_off(erasure, error)
        return
    except Exception as error:
        _put_off(erasure, error)
        raise
    _close(tenant_id, erasure, Erasure.State.DONE)


@shared_task(name="erasure.warn", ignore_result=True)
def warn() -> None:
    """Each hour: an alarm for what is due soon and not done, and for holds that end. Once each."""
    kinds = (warn_of_due_erasures, warn_of_ending_holds, warn_of_the_platform_s)
    one_by_one((kind.__name__, kind) for kind in kinds)


@shared_task(name="erasure.drop_tombstones", ignore_result=True)
def drop_tombstones() -> None:
    """Each day: a tombstone goes when no backup that could be restored holds the person.

    And a word about a hold or a restriction, when each of them has the row itself. One that fails
    holds up no other.
    """
    one_by_one(
        (
            ("words confirmed", words.confirm_known),
            ("words said", say_what_was_not_said),
            ("tombstones dropped", tombstones.drop_expired),
            ("words dropped", words.drop_expired),
        )
    )


@shared_task(name="erasure.retain", ignore_result=True)
def retain() -> None:
    """Every night: erase who has been inactive. Missed once, the next night finds them too."""
    for tenant_id, bot_id in bots_of_everybody():
        retain_bot.delay(tenant_id, bot_id)


@shared_task(name="erasure.retain_bot", ignore_result=True)
def retain_bot(tenant_id: str, bot_id: str) -> None:
    """A task of its own, so that one bot's failure holds up no other's. Twice is once."""
    with tenant_scope(tenant_id):
        if (bot := Bot.objects.filter(pk=bot_id).first()) is not None:
            erase_inactive(bot)


def _delete_one(tenant_id: str, erasure: Erasure) -> None:
    with tenant_scope(tenant_id):
        subject = erasure.subject()
        if subject is not None:
            tombstones.put_up(tombstones.name_of(erasure.pk), [subject])
        if erasure.tombstoned_at is None:
            erasure.tombstoned_at = timezone.now()
            erasure.save(update_fields=["tombstoned_at"])
    with tenant_scope(tenant_id):
        delete_subject(erasure)


def _remove_files(erasure: Erasure) -> None:
    """What the deletion left on the disk. A file that is away already is away."""
    if not erasure.files:
        return
    with tenant_scope(erasure.tenant_id):
        for name in erasure.files:
            default_storage.delete(name)
        erasure.files = []
        erasure.save(update_fields=["files"])


def _put_off(erasure: Erasure, error: Exception) -> None:
    """Until the next try. What has failed often is an alarm, and goes on being tried.

    Also where files cannot be removed: the address is held no longer for that.
    """
    with tenant_scope(erasure.tenant_id):
        row = Erasure.objects.in_hands_of(erasure).select_for_update().first()
        if row is None:
            return
        if row.attempts >= OFTEN and row.failed_at is None:
            row.failed_at = timezone.now()
            log.error("erasure_failing", row=str(row.pk), reason=type(error).__name__)
        if _is_too_late_to_tell(row):
            row.address = row.subject_index = ""
        row.try_again(type(error).__name__)


def _is_held(erasure: Erasure) -> bool:
    """Whether the job is this worker's still; with a new lease if so."""
    with tenant_scope(erasure.tenant_id):
        return Erasure.objects.keep_hold_of(erasure)


def _tell(tenant_id: str, erasure: Erasure) -> None:
    """What cannot be sent, for whatever reason, is tried again for a day, and then not any more."""
    address = text_or(erasure, "address", "")
    try:
        with tenant_scope(tenant_id):
            channel = erasure.channel()
            message = last_message(erasure)
        if channel is None:
            raise PermanentError(CHANNEL_GONE)
        if not address:
            raise PermanentError(ADDRESS_UNREADABLE if erasure.subject_index else TOO_LATE)
        send(channel, address, message)
    except PermanentError as error:
        _close(tenant_id, erasure, Erasure.State.UNTOLD, str(error))
    except PlatformError as error:
        _tell_later(tenant_id, erasure, str(error), after=error.retry_after)
    except Exception as error:
        _tell_later(tenant_id, erasure, type(error).__name__)
        raise
    else:
        _close(tenant_id, erasure, Erasure.State.TOLD)


def _tell_later(
    tenant_id: str, erasure: Erasure, reason: str, *, after: timedelta | None = None
) -> None:
    if _is_too_late_to_tell(erasure):
        _close(tenant_id, erasure, Erasure.State.UNTOLD, reason)
    else:
        with tenant_scope(tenant_id):
            erasure.try_again(reason, after=after)


def _is_too_late_to_tell(erasure: Erasure) -> bool:
    return erasure.deleted_at is not None and timezone.now() > erasure.deleted_at + TELL_FOR


def _close(tenant_id: str, erasure: Erasure, state: Erasure.State, error: str = "") -> None:
    """The job is done: what it still knew of the person goes."""
    erasure.state = state
    erasure.last_error = error[:200]
    if state == Erasure.State.TOLD:
        erasure.told_at = timezone.now()
    with tenant_scope(tenant_id):
        end_what_came_late(erasure)
        erasure.address = erasure.subject_index = ""
        erasure.finish()


sweep_up(Erasure, carry_out)
