"""What the schedule calls in this room."""

from celery import shared_task

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.rights.by_hand.warning import warn_of_due_requests

declare_store(Medium.QUEUE, __name__, NoPersonalData("The schedule calls it with nothing."))


@shared_task(name="rights.warn", ignore_result=True)
def warn() -> None:
    """Each hour: a mail on each request by hand that is due within a week, once."""
    warn_of_due_requests()
