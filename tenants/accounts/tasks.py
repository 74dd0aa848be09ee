"""What the schedule does about accounts."""

from celery import shared_task

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from tenants.accounts import sessions

declare_store(Medium.QUEUE, __name__, NoPersonalData("The schedule calls it with nothing."))


@shared_task(name="accounts.forget_old_sessions", ignore_result=True)
def forget_old_sessions() -> int:
    """Once a day: log-ins that are over leave nothing behind, not even a device's name."""
    return sessions.forget_old_sessions()
