"""What the chat was about to say to somebody whose data are restricted is not said any more."""

from django.db import models

from consent.rights.models import Restriction
from tenants.bots.models import Message, Platform, Subscriber

CALLED_OFF = "called_off"
"""The problem of a message that is not said any more."""


def call_off_everything(subscriber: Subscriber) -> None:
    """Whatever waits for this person."""
    _call_off(Message.objects.filter(subscriber=subscriber, sent_at=None))


def call_off_what_tells(restriction: Restriction) -> None:
    """What tells the person that it ends, and has not reached them. The caller saves the row."""
    if restriction.message_id is None:
        return
    message = Message.objects.filter(pk=restriction.message_id)
    on_web = models.Q(subscriber__channel__platform=Platform.WEB)
    unread = on_web if restriction.told_at is None else models.Q(pk=None)
    _call_off(message.filter(models.Q(sent_at=None) | unread))
    restriction.message_id = None


def _call_off(messages: "models.QuerySet[Message]") -> None:
    waiting = messages.filter(direction=Message.Direction.OUT, problem="")
    waiting.update(problem=CALLED_OFF, sent_at=None)
