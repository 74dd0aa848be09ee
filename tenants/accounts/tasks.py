"""What the schedule does about accounts."""

from celery import shared_task

from tenants.accounts import sessions


@shared_task(name="accounts.forget_old_sessions", ignore_result=True)
def forget_old_sessions() -> int:
    """Once a day: log-ins that are over leave nothing behind, not even a device's name."""
    return sessions.forget_old_sessions()
