"""What the queue wakes up: the end of an account."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import structlog
from celery import shared_task
from django.utils import timezone

from chatbo.foundation.encryption import text_or
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.accounts.carrying_out import delete_account
from consent.erasure.accounts.errors import NotMineAnyMoreError
from consent.erasure.accounts.models import AccountEnding
from consent.erasure.accounts.telling import last_mail

declare_store(Medium.QUEUE, __name__, NoPersonalData("The id of a row."))
declare_store(Medium.LOG, __name__, NoPersonalData("Which row did not succeed, and why."))

State = AccountEnding.State
TELL_FOR = timedelta(hours=24)
"""How long after the deletion the last mail is tried; then the address goes."""
OFTEN = 8
"""Tries after which it counts as failing; it is tried on."""

log = structlog.get_logger(__name__)


@shared_task(name="erasure.end_account", ignore_result=True)
def carry_out(tenant_id: str, ending_id: str) -> None:
    """Bring the end of an account to its end; of no tenant, so that its id is empty.

    Killed at any point, it goes on where it was.

    The person is told only after the deletion is committed, and twice only if the process died
    between the mail server's answer and its noting.
    """
    ending = AccountEnding.objects.claim(ending_id)
    if ending is None:
        return
    try:
        if ending.state == State.ASKED:
            delete_account(ending)
    except NotMineAnyMoreError:
        return
    except Exception as error:
        _put_off(ending, type(error).__name__)
        raise
    _tell(ending)


def _tell(ending: AccountEnding) -> None:
    address = text_or(ending, "address", "")
    try:
        if not address:
            _close(ending, State.UNTOLD, "address_unreadable")
            return
        last_mail(ending, address).send()
    except SMTPRecipientsRefused:
        _close(ending, State.UNTOLD, "refused")
    except OSError as error:
        if timezone.now() > (ending.deleted_at or ending.created_at) + TELL_FOR:
            _close(ending, State.UNTOLD, type(error).__name__)
        else:
            _put_off(ending, type(error).__name__)
    else:
        _close(ending, State.TOLD)


def _close(ending: AccountEnding, state: State, error: str = "") -> None:
    """The job is done: what it still knew of the person goes."""
    row = AccountEnding.objects.in_hands_of(ending).first()
    if row is not None:
        row.state, row.address, row.last_error = state, "", error
        row.finish()


def _put_off(ending: AccountEnding, reason: str) -> None:
    row = AccountEnding.objects.in_hands_of(ending).first()
    if row is None:
        return
    if row.attempts >= OFTEN and row.failed_at is None:
        row.failed_at = timezone.now()
        log.error("account_ending_failing", row=str(row.pk), reason=reason)
    row.try_again(reason)


sweep_up(AccountEnding, carry_out)
