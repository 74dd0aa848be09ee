"""Connecting bots with pages, and the job that keeps their menus."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from chatbo.foundation.isolation import directory
from standins.testing import Running
from tenants.bots.bots import create_bot
from tenants.bots.channels import (
    connect_messenger,
    connect_telegram,
    disconnect_channel,
    switch_on_web_chat,
    want_menu,
)
from tenants.bots.errors import ChannelInUseError, PageTakenError
from tenants.bots.models import Bot, Channel, MenuWatch
from tenants.bots.platforms import Menu
from tenants.bots.platforms.errors import TokenDeadError
from tenants.bots.tasks import set_menu

TOKEN = "page-token-1001"
TELEGRAM_TOKEN = "123456:telegram-token-1001"

Commit = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def bot(cafe: Any) -> Bot:
    with cafe.scope():
        return create_bot(name="Morgenrot")


def test_connecting_stores_the_page_and_sets_its_menu(
    cafe: Any, bot: Bot, menu: Menu, standins: Running, queue: list[Any], commit: Commit
) -> None:
    with commit(), cafe.scope():
        channel = connect_messenger(bot, token=TOKEN, menu=menu)
    assert channel.menu_state == Channel.Menu.PENDING

    run(queue)

    with cafe.scope():
        channel.refresh_from_db()
    assert channel.menu_state == Channel.Menu.SET
    assert "persistent_menu" in standins.control.page("1001")["profile"]
    assert "messages" in standins.control.page("1001")["subscribed_fields"]


def test_a_token_lies_encrypted_in_the_database(
    cafe: Any, bot: Bot, menu: Menu, standins: Running
) -> None:
    from django.db import connection

    with cafe.scope():
        connect_messenger(bot, token=TOKEN, menu=menu)
        with connection.cursor() as cursor:
            cursor.execute("SELECT c::text FROM bots_channel c")
            [(row,)] = cursor.fetchall()

    assert TOKEN not in row


def test_a_wrong_token_connects_nothing(cafe: Any, bot: Bot, menu: Menu, standins: Running) -> None:
    with cafe.scope():
        with pytest.raises(TokenDeadError):
            connect_messenger(bot, token="nobody-has-this", menu=menu)
        assert not Channel.objects.exists()


def test_a_page_belongs_to_one_business(
    cafe: Any, dentist: Any, bot: Bot, menu: Menu, standins: Running
) -> None:
    with cafe.scope():
        connect_messenger(bot, token=TOKEN, menu=menu)

    with dentist.scope():
        other = create_bot(name="Linde")
        with pytest.raises(PageTakenError):
            connect_messenger(other, token=TOKEN, menu=menu)
        assert not Channel.objects.exists()


def test_a_page_that_was_parted_is_free_for_another_business(
    cafe: Any, dentist: Any, bot: Bot, menu: Menu, standins: Running
) -> None:
    with cafe.scope():
        disconnect_channel(connect_messenger(bot, token=TOKEN, menu=menu))

    with dentist.scope():
        channel = connect_messenger(create_bot(name="Linde"), token=TOKEN, menu=menu)

    entry = directory.find("messenger-page", "1001")
    assert entry is not None
    assert (entry.tenant_id, entry.target_id) == (dentist.tenant.pk, channel.pk)


def test_a_page_has_one_bot(cafe: Any, bot: Bot, menu: Menu, standins: Running) -> None:
    with cafe.scope():
        connect_messenger(bot, token=TOKEN, menu=menu)
        second = create_bot(name="Abendrot")

        with pytest.raises(ChannelInUseError) as raised:
            connect_messenger(second, token=TOKEN, menu=menu)

    assert raised.value.bot_name == "Morgenrot"


def test_connecting_again_renews_the_token_and_heals_the_channel(
    cafe: Any, bot: Bot, menu: Menu, standins: Running
) -> None:
    with cafe.scope():
        first = connect_messenger(bot, token=TOKEN, menu=menu)
        Channel.objects.update(state=Channel.State.BROKEN, problem="token_dead", token="old")

        again = connect_messenger(bot, token=TOKEN, menu=menu)

    assert (again.pk, again.token, again.state) == (first.pk, TOKEN, Channel.State.CONNECTED)


def test_telegram_gets_a_webhook_with_a_secret_and_commands(
    cafe: Any, bot: Bot, menu: Menu, standins: Running, queue: list[Any], commit: Commit
) -> None:
    with commit(), cafe.scope():
        channel = connect_telegram(bot, token=TELEGRAM_TOKEN, menu=menu)

    run(queue)

    webhook = standins.control.bot("123456")["webhook"]
    assert webhook["url"].endswith(f"/webhooks/telegram/{channel.pk}/")
    assert webhook["secret_token"] == channel.webhook_secret
    with cafe.scope():
        channel.refresh_from_db()
    assert channel.menu_state == Channel.Menu.SET


def test_parting_drops_the_token(cafe: Any, bot: Bot, menu: Menu, standins: Running) -> None:
    with cafe.scope():
        channel = connect_telegram(bot, token=TELEGRAM_TOKEN, menu=menu)
        disconnect_channel(channel)

        channel.refresh_from_db()
        assert (channel.token, channel.webhook_secret) == ("", "")
        assert not MenuWatch.objects.exists()


def test_a_web_chat_needs_no_platform(cafe: Any, bot: Bot, menu: Menu) -> None:
    with cafe.scope():
        channel = switch_on_web_chat(bot, menu=menu)
        again = switch_on_web_chat(bot, menu=menu)

    assert channel.pk == again.pk
    assert channel.menu_state == Channel.Menu.SET


def test_a_menu_that_another_tool_changed_is_put_back_a_day_later(
    cafe: Any, bot: Bot, menu: Menu, standins: Running, queue: list[Any], commit: Commit
) -> None:
    with commit(), cafe.scope():
        connect_messenger(bot, token=TOKEN, menu=menu)
    run(queue)
    standins.control.page("1001", profile={})

    with cafe.scope():
        watch = MenuWatch.objects.get()
    set_menu(str(watch.tenant_id), str(watch.pk))
    assert standins.control.page("1001")["profile"] == {}, "not before a day has passed"

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        set_menu(str(watch.tenant_id), str(watch.pk))

    assert "persistent_menu" in standins.control.page("1001")["profile"]


def test_a_menu_that_cannot_be_set_for_now_is_tried_again(
    cafe: Any, bot: Bot, menu: Menu, standins: Running, queue: list[Any], commit: Commit
) -> None:
    standins.control.fail("graph", "/messenger_profile", code=2)
    with commit(), cafe.scope():
        channel = connect_messenger(bot, token=TOKEN, menu=menu)
    run(queue)

    with cafe.scope():
        watch = MenuWatch.objects.get()
        channel.refresh_from_db()
        assert channel.menu_state == Channel.Menu.PENDING
        assert watch.last_error == "2"
        assert watch.not_before > timezone.now()

    with time_machine.travel(watch.not_before + timedelta(seconds=1)):
        set_menu(str(watch.tenant_id), str(watch.pk))
    with cafe.scope():
        channel.refresh_from_db()
    assert channel.menu_state == Channel.Menu.SET


def test_a_token_that_died_is_shown_to_the_owner(
    cafe: Any, bot: Bot, menu: Menu, standins: Running, queue: list[Any], commit: Commit
) -> None:
    with commit(), cafe.scope():
        channel = connect_messenger(bot, token=TOKEN, menu=menu)
    standins.control.page("1001", token_state="password")

    run(queue)

    with cafe.scope():
        channel.refresh_from_db()
    assert channel.state == Channel.State.BROKEN
    assert channel.problem == "token_dead"
    assert channel.menu_state == Channel.Menu.FAILED


def test_who_renews_the_menu_wins_over_a_worker_that_is_still_at_it(
    cafe: Any, bot: Bot, menu: Menu, standins: Running
) -> None:
    from tenants.bots.tasks import _still_ours

    with cafe.scope():
        channel = connect_messenger(bot, token=TOKEN, menu=menu)
        watch = MenuWatch.objects.claim(MenuWatch.objects.get().pk)
        assert isinstance(watch, MenuWatch)
        assert _still_ours(watch)

        want_menu(channel, menu)

        assert not _still_ours(watch)


def run(queue: list[Any]) -> None:
    """What a worker would do with what was handed to the queue."""
    from celery import current_app

    while queue:
        name, *args = queue.pop(0)
        current_app.tasks[name](*args)
