"""Carrying out an erasure: delete, then tell, each step noted before the next begins."""

from datetime import timedelta

from celery import shared_task
from django.db import DatabaseError
from django.utils import timezone

from chatbo.foundation.encryption import text_or
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.deletion import delete_subject
from consent.erasure.models import Erasure
from consent.erasure.telling import last_message
from tenants.bots.models import Channel
from tenants.bots.platforms import PermanentError, PlatformError, send

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))

TELL_FOR = timedelta(hours=24)
"""How long after the deletion a refused last message is tried again; then the address goes."""


@shared_task(name="erasure.carry_out", ignore_result=True)
def carry_out(tenant_id: str, erasure_id: str) -> None:
    """Bring one erasure to its end. Killed at any point, it goes on from the step it was at.

    The person is told only after the deletion is committed, and a second time only if the
    process died between the platform's answer and its noting (it has no idempotency key).
    """
    with tenant_scope(tenant_id):
        erasure = Erasure.objects.claim(erasure_id)
    if erasure is None:
        return
    if erasure.state == Erasure.State.REQUESTED:
        try:
            with tenant_scope(tenant_id):
                delete_subject(erasure)
        except DatabaseError as error:
            with tenant_scope(tenant_id):
                Erasure.objects.get(pk=erasure_id).try_again(type(error).__name__)
            raise
    _tell(tenant_id, erasure)


def _tell(tenant_id: str, erasure: Erasure) -> None:
    with tenant_scope(tenant_id):
        channel = Channel.objects.filter(pk=erasure.channel_id).first()
        message = last_message(erasure)
    address = text_or(erasure, "address", "")
    try:
        if channel is None:
            raise PermanentError("channel_gone")
        if not address:
            raise PermanentError("address_unreadable")
        send(channel, address, message)
    except PermanentError as error:
        _close(tenant_id, erasure, Erasure.State.UNTOLD, str(error))
    except PlatformError as error:
        if timezone.now() > (erasure.deleted_at or erasure.created_at) + TELL_FOR:
            _close(tenant_id, erasure, Erasure.State.UNTOLD, str(error))
        else:
            with tenant_scope(tenant_id):
                erasure.try_again(str(error), after=error.retry_after)
    else:
        _close(tenant_id, erasure, Erasure.State.TOLD)


def _close(tenant_id: str, erasure: Erasure, state: Erasure.State, error: str = "") -> None:
    """The job is done: what it still knew of the person goes."""
    erasure.state = state
    erasure.address = erasure.subject_index = ""
    erasure.last_error = error[:200]
    if state == Erasure.State.TOLD:
        erasure.told_at = timezone.now()
    with tenant_scope(tenant_id):
        erasure.finish()


sweep_up(Erasure, carry_out)
