"""A channel's token goes in and never comes out again: no page gives it, or a part of it, back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chatbo.conversation.bot_urls import urlpatterns
from tenants.bots.models import Bot, Channel

KNOWN = {"messenger": "EAAQx7Rm2ZpKd9WvTq", "telegram": "8864209753:Hy4uLs6NbGc3Jf0"}
WRONG = "EAAWb5Ek8TnXq2MzUh"


def parts(secret: str) -> list[str]:
    """A page may show neither the whole nor a part, as many do (``...d9WvTq``)."""
    return [secret[place : place + 6] for place in range(len(secret) - 5)]


def pages_of(bot: Bot, slug: str, channels: list[Channel]) -> Iterator[str]:
    """Every address below a bot of the business, for each of its channels."""
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        if "rule_id" in names:
            continue
        for channel in channels:
            ids = {"bot_id": bot.pk, "channel_id": channel.pk}
            given = {name: value for name, value in ids.items() if name in names}
            yield reverse(f"bots:{pattern.name}", kwargs={"tenant_slug": slug} | given)


@pytest.fixture
def channels(cafe: Any, channel: Channel, telegram_channel: Channel) -> list[Channel]:
    """Both connected, each with a token that nothing else on a page looks like."""
    with cafe.scope():
        for platform, token in KNOWN.items():
            Channel.objects.filter(platform=platform).update(token=token)
        return list(Channel.objects.all())


def test_no_page_of_the_bot_shows_a_token_or_a_part_of_it(
    cafe: Any, bot: Bot, channels: list[Channel], client: Client
) -> None:
    client.force_login(cafe.owner)
    secrets = [*KNOWN.values(), *(each.webhook_secret for each in channels)]
    looked_at = set()
    for url in pages_of(bot, cafe.tenant.slug, channels):
        response = client.get(url, follow=True)
        assert response.status_code in {200, 404, 405}, url
        looked_at |= {url} if response.status_code == 200 else set()
        answer = response.content.decode() + str(response.headers)
        for secret in secrets:
            assert not [part for part in parts(secret) if part in answer], url
    assert len(looked_at) >= 6


@pytest.mark.parametrize("platform", ["messenger", "telegram"])
def test_a_form_that_comes_back_has_forgotten_the_token(
    cafe: Any, bot: Bot, standins: Any, client: Client, platform: str
) -> None:
    client.force_login(cafe.owner)
    url = reverse(f"bots:connect_{platform}", args=[cafe.tenant.slug, bot.pk])

    response = client.post(url, {"token": WRONG})

    assert response.status_code == 200  # Refused: the form again.
    assert 'type="password"' in response.content.decode()
    assert not [part for part in parts(WRONG) if part in response.content.decode()]
