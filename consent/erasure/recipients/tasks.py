"""The task that sends notices; the sweep calls it for those whose time has come."""

from celery import shared_task

from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.recipients.delivering import deliver_notice
from consent.erasure.recipients.models import ErasureNotice

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))


@shared_task(name="erasure.notify", ignore_result=True)
def notify(tenant_id: str, notice_id: str) -> None:
    """Try one notice once."""
    deliver_notice(tenant_id, notice_id)


sweep_up(ErasureNotice, notify)
