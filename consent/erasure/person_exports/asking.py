"""Asking for all that is held on a person: by themselves in the chat, or by the business."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.files import folder
from chatbo.foundation.isolation.ids import new_id
from chatbo.foundation.jobs.sweep import wake
from consent.erasure.person_exports.errors import CannotBeWrittenToError, TooOftenError
from consent.erasure.person_exports.models import PersonExport
from tenants.accounts.models import User
from tenants.bots.models import REPLY_WINDOW, Platform, Subscriber

State, Way = PersonExport.State, PersonExport.Way

MOST_A_DAY = 3
"""Each keeps a worker busy; the law lets one ask "at reasonable intervals" (recital 63 GDPR)."""

FOLDER = "person-exports"


@transaction.atomic
def ask_for_own_data(subscriber: Subscriber) -> PersonExport:
    """In the chat. While it is being made, asking twice is once. Raises ``TooOftenError``."""
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if under_way := _under_way(subscriber, Way.CHAT):
        return under_way
    lately = PersonExport.objects.filter(
        subscriber=subscriber,
        asked_by_id=None,
        created_at__gt=timezone.now() - timedelta(days=1),
    )
    if lately.count() >= MOST_A_DAY:
        raise TooOftenError
    return _ask(subscriber, Way.CHAT, None)


@transaction.atomic
def ask_for_data_of(subscriber: Subscriber, *, way: PersonExport.Way, user: User) -> PersonExport:
    """By the business, which answers a request. While it is being made, asking twice is once.

    Raises ``CannotBeWrittenToError`` where the link could not be sent.
    """
    subscriber = (
        Subscriber.objects.select_for_update().select_related("channel").get(pk=subscriber.pk)
    )
    if under_way := _under_way(subscriber, way):
        return under_way
    if way == Way.CHAT and not can_be_written_to(subscriber):
        raise CannotBeWrittenToError
    return _ask(subscriber, way, user)


def can_be_written_to(subscriber: Subscriber) -> bool:
    """Whether the platform would let the link pass: Messenger answers within 24 hours only."""
    if subscriber.channel.platform != Platform.MESSENGER:
        return True
    return timezone.now() - subscriber.last_seen_at < REPLY_WINDOW


def _under_way(subscriber: Subscriber, way: PersonExport.Way) -> PersonExport | None:
    return PersonExport.objects.filter(subscriber=subscriber, way=way, state=State.ASKED).first()


def _ask(subscriber: Subscriber, way: PersonExport.Way, user: User | None) -> PersonExport:
    number = new_id()
    export = PersonExport.objects.create(
        pk=number,
        subscriber=subscriber,
        way=way,
        asked_by_id=user.pk if user else None,
        language=subscriber.language,
        file=f"{folder()}/{FOLDER}/{number}",
    )
    record("person_export.asked", target=export, details={"way": way.value})
    wake(export)
    return export
