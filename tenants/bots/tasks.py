"""The job that keeps each channel's fixed menu where it belongs."""

from celery import shared_task
from django.utils import timezone

from chatbo.foundation.audit.entries import record
from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.jobs.sweep import sweep_up
from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store
from tenants.bots import platforms
from tenants.bots.channels import LOOK_AGAIN, note_menu, note_trouble, note_well
from tenants.bots.models import Channel, MenuWatch
from tenants.bots.platforms.errors import PermanentError, PlatformError

declare_store(Medium.QUEUE, __name__, NoPersonalData("Ids of the business and of a row."))

SAY_SO_AFTER = 4
"""Tries in vain until the owner reads that the platform does not answer (some 15 seconds)."""


@shared_task(name="bots.set_menu", ignore_result=True)
def set_menu(tenant_id: str, watch_id: str) -> None:
    """Put a channel's fixed menu up, or find that it is still there; come back tomorrow.

    A menu that another tool has changed is put back. What the platform refuses for good is shown
    to the owner, and tried again tomorrow all the same.
    """
    with tenant_scope(tenant_id):
        watch = MenuWatch.objects.claim(watch_id)
        if not isinstance(watch, MenuWatch):
            return
        channel = Channel.objects.select_related("bot").get(pk=watch.channel_id)
    try:
        was_missing = platforms.put_up_menu(channel, platforms.Menu(**channel.menu))
    except PlatformError as error:
        with tenant_scope(tenant_id):
            _failed(watch, channel, error)
        return
    with tenant_scope(tenant_id):
        if _still_ours(watch):
            if was_missing and channel.menu_state == Channel.Menu.SET:
                record("menu.restored", target=channel)
            note_well(channel.pk)
            note_menu(channel.pk, Channel.Menu.SET)
            watch.attempts = 0
            watch.try_again("", after=LOOK_AGAIN)


def _failed(watch: MenuWatch, channel: Channel, error: PlatformError) -> None:
    if not _still_ours(watch):
        return
    if isinstance(error, PermanentError):
        note_trouble(channel.pk, error)
        note_menu(channel.pk, Channel.Menu.FAILED)
        watch.attempts = 0
        watch.try_again(error.code, after=LOOK_AGAIN)
    else:
        if watch.attempts >= SAY_SO_AFTER:
            note_trouble(channel.pk, error)
        watch.try_again(error.code, after=error.retry_after)


def _still_ours(watch: MenuWatch) -> bool:
    """Whether nobody has connected the channel anew, or parted it, in the meantime."""
    return (
        MenuWatch.objects.select_for_update()
        .filter(pk=watch.pk, lease_until=watch.lease_until, lease_until__gt=timezone.now())
        .exists()
    )


sweep_up(MenuWatch, set_menu)
