"""A restriction ends: first the person is told in the chat, then it is lifted (Art. 18(3) GDPR)."""

from datetime import timedelta

from chatbo.conversation.delivery import queue_messages
from chatbo.conversation.legal import Legal
from chatbo.foundation.isolation import tenant_scope
from consent.rights.models import Restriction
from consent.rights.restricting import end_restriction
from tenants.bots.models import Message, Subscriber

LONGEST_PAUSE = 6
"""2 to the power of it, in seconds: how often it looks while the message waits. ``delivery`` gives
the message up after about half an hour."""


def tell_and_lift(tenant_id: str, restriction_id: str) -> None:
    """One step: queue the message, or see what became of it. Killed anywhere, the sweep goes on.

    The person is told once: the message and its number in the job are one transaction.
    """
    with tenant_scope(tenant_id):
        restriction = Restriction.objects.claim(restriction_id)
    if restriction is None:
        return
    try:
        with tenant_scope(tenant_id):
            _step(restriction)
    except Exception as error:  # Whatever it is, the job waits and is tried again.
        with tenant_scope(tenant_id):
            row = Restriction.objects.in_hands_of(restriction).select_for_update().first()
            if row is not None:
                row.try_again(type(error).__name__)
        raise


def _step(claimed: Restriction) -> None:
    """In the order in which everybody locks: the person, then what is theirs."""
    person = (
        Subscriber.objects.select_for_update(of=("self",))
        .select_related("channel__bot")
        .filter(pk=claimed.subscriber_id)
        .first()
    )
    row = (
        Restriction.objects.in_hands_of(claimed)
        .filter(state=Restriction.State.LIFTING)
        .select_for_update()
        .first()
    )
    if person is None or row is None:
        return  # Erased, or restricted anew, meanwhile.
    message = Message.objects.filter(pk=row.message_id).first() if row.message_id else None
    if message is None:
        (message,) = queue_messages(person, [Legal(person.channel.bot).restriction_ends()])
        row.message_id = message.pk
    if message.is_waiting:
        row.try_again("", after=timedelta(seconds=2 ** min(row.attempts, LONGEST_PAUSE)))
    else:
        end_restriction(row, person, message)
