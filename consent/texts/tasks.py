"""What the texts' room does by the clock."""

from celery import shared_task

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from consent.texts import signers

declare_store(Medium.QUEUE, __name__, NoPersonalData("The schedule calls it with nothing."))


@shared_task(name="texts.keep_signers_known", ignore_result=True)
def keep_signers_known() -> None:
    """Before a key may leave the ring (a day after it was replaced), it is kept outside."""
    signers.keep_signers_known()
