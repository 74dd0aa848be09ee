"""The nightly search, as the schedule calls it."""

from celery import shared_task

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.erasure.scanning.scans import scan_for_erased

declare_store(Medium.QUEUE, __name__, NoPersonalData("Takes nothing."))


@shared_task(name="erasure.scan", ignore_result=True)
def scan() -> None:
    """Each night, where bulk work waits: an alarm for each place that still names somebody."""
    scan_for_erased()
