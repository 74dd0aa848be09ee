"""A restriction ends: first the person is told in the chat, then it is lifted (Art. 18(3) GDPR).

Told is whoever's message the platform has taken; on the web chat, whose chat has loaded it. Whom
the chat cannot tell stays restricted, and the business reads why.
"""

from datetime import timedelta

from chatbo.conversation.delivery import queue_messages
from chatbo.conversation.legal import Legal
from chatbo.foundation.isolation import tenant_scope
from consent.erasure.reasons import CHANNEL_GONE
from consent.rights.models import Restriction
from consent.rights.restricting import end_restriction, leave_in_force, when_told
from tenants.bots.models import Channel, Message, Platform, Subscriber

LONGEST_PAUSE = 6
"""2 to the power of it, in seconds: how often it looks while the message waits. ``delivery`` gives
the message up after about half an hour."""

UNLOADED_PAUSE = timedelta(days=1)
"""How often it looks at a web chat, which says by itself that it has loaded the message."""


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
    told_at = when_told(row, person)
    if told_at is not None:
        end_restriction(row, person, told_at=told_at)
        return
    message = Message.objects.filter(pk=row.message_id).first() if row.message_id else None
    if message is not None and message.problem:
        leave_in_force(row, why=message.problem)
        return
    if person.channel.state == Channel.State.DISCONNECTED:
        leave_in_force(row, why=CHANNEL_GONE)
        return
    if message is None:
        (message,) = queue_messages(person, [Legal(person.channel.bot).restriction_ends()])
        row.message_id = message.pk
    pause = timedelta(seconds=2 ** min(row.attempts, LONGEST_PAUSE))
    is_web = person.channel.platform == Platform.WEB
    row.try_again("", after=UNLOADED_PAUSE if is_web else pause)
