"""A café that has said who it is, and channels to switch on and off."""

from collections.abc import Callable
from typing import Any

import pytest

from chatbo.foundation.isolation import directory
from tenants.accounts.models import Tenant
from tenants.bots.bots import create_bot
from tenants.bots.channels import disconnect_channel
from tenants.bots.models import Bot, Channel


@pytest.fixture
def named(cafe: Any) -> Any:
    """The café with complete company data."""
    with cafe.scope():
        Tenant.objects.update(
            street="Musterstraße 1",
            postal_code="10115",
            city="Berlin",
            contact_email="kontakt@cafe-morgenrot.example",
        )
        cafe.tenant.refresh_from_db()
    return cafe


@pytest.fixture
def bot(named: Any) -> Bot:
    with named.scope():
        return create_bot(name="Frieda")


@pytest.fixture
def switch(named: Any, bot: Bot) -> Callable[..., None]:
    """``switch("telegram", on=True)``: as connecting leaves it, without asking the platform."""

    def switched(platform: str, *, on: bool) -> None:
        with named.scope():
            channel = Channel.objects.filter(platform=platform).first()
            if on and channel is None:
                channel = Channel.objects.create(bot=bot, platform=platform, external_id=platform)
                directory.register("channel", str(channel.pk), channel.pk)
            elif on and channel is not None:
                channel.state = Channel.State.CONNECTED
                channel.save()
            elif channel is not None:
                disconnect_channel(channel)

    return switched
