"""The owner's pages: from nothing to the code on the website."""

from typing import Any

import pytest
from django.urls import reverse

from chatbo.foundation.isolation import directory
from consent.embeds.models import Tool
from consent.embeds.tools import create_tool
from tenants.accounts.models import Tenant
from tenants.bots.bots import create_bot, pause_bot
from tests.consent.embeds.conftest import live_bot

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Any, cafe: Any) -> Any:
    client.force_login(cafe.owner)
    client.cookies["django_language"] = "en"
    return client


def url(name: str, business: Any, *args: Any) -> str:
    return reverse(f"embeds:{name}", args=[business.tenant.slug, *args])


def test_without_a_bot_the_way_leads_to_the_bots(member: Any, cafe: Any) -> None:
    page = member.get(url("list", cafe)).content.decode()
    assert reverse("bots:list", args=[cafe.tenant.slug]) in page
    assert member.get(url("new", cafe)).status_code == 302


def test_an_owner_makes_a_button_and_takes_its_code(member: Any, cafe: Any, bot: Any) -> None:
    assert "A button for your website" in member.get(url("list", cafe)).content.decode()
    assert "Chat with us" in member.get(url("new", cafe)).content.decode()

    made = member.post(
        url("new", cafe),
        {"label": "Fragen?", "bot": str(bot.pk), "language": "de", "position": "corner"},
        follow=True,
    )

    with cafe.scope():
        tool = Tool.objects.get()
    page = made.content.decode()
    assert tool.label in page
    assert f"/e/{tool.pk}/consent/" in page
    assert "position:fixed" in tool_snippet(cafe, tool)
    entry = directory.find("tool", str(tool.pk))
    assert entry is not None
    assert (entry.tenant_id, entry.target_id) == (cafe.tenant.pk, tool.pk)
    assert "Fragen?" in member.get(url("list", cafe)).content.decode()


def tool_snippet(business: Any, tool: Tool) -> str:
    with business.scope():
        return tool.current.snippet


def test_a_neighbours_bot_cannot_be_chosen(member: Any, cafe: Any, bot: Any, dentist: Any) -> None:
    theirs = live_bot(dentist)
    response = member.post(
        url("new", cafe),
        {"label": "Chat", "bot": str(theirs.pk), "language": "de", "position": "inline"},
    )
    assert response.status_code == 200
    with cafe.scope():
        assert not Tool.objects.exists()


def test_a_stranger_finds_nothing(client: Any, cafe: Any, dentist: Any, tool: Tool) -> None:
    client.force_login(dentist.owner)
    for name in ("show", "edit", "file"):
        assert client.get(url(name, cafe, tool.pk)).status_code == 404
        assert client.get(url(name, dentist, tool.pk)).status_code == 404
    assert client.post(url("switch", dentist, tool.pk), {"to": "off"}).status_code == 404


def test_changing_the_words_says_that_the_code_is_new(
    member: Any, cafe: Any, bot: Any, tool: Tool
) -> None:
    form = {"label": tool.label, "bot": str(bot.pk), "language": "de", "position": "inline"}
    same = member.post(url("edit", cafe, tool.pk), form, follow=True).content.decode()
    assert "replace it on your website" not in same
    other = {**form, "label": "Fragen?"}
    changed = member.post(url("edit", cafe, tool.pk), other, follow=True).content.decode()
    assert "replace it on your website" in changed
    assert "Fragen?" in changed


def test_a_change_of_the_notice_is_offered_as_the_next_version(
    member: Any, cafe: Any, tool: Tool
) -> None:
    page = url("show", cafe, tool.pk)
    assert url("renew", cafe, tool.pk) not in member.get(page).content.decode()
    with cafe.scope():
        Tenant.objects.update(company="Café Abendrot")
    assert url("renew", cafe, tool.pk) in member.get(page).content.decode()
    member.post(url("renew", cafe, tool.pk))
    with cafe.scope():
        assert Tool.objects.get().version == 2


def test_it_is_switched_off_and_on(member: Any, cafe: Any, tool: Tool) -> None:
    off = member.post(url("switch", cafe, tool.pk), {"to": "off"}, follow=True)
    assert "This tool is off" in off.content.decode()
    on = member.post(url("switch", cafe, tool.pk), {"to": "on"}, follow=True)
    assert "This tool is off" not in on.content.decode()


def test_the_file_is_the_current_version(member: Any, cafe: Any, tool: Tool) -> None:
    response = member.get(url("file", cafe, tool.pk))
    with cafe.scope():
        assert response.content.decode() == tool.current.script
    assert f'filename="chatbo-{tool.pk}.js"' in response["Content-Disposition"]


def test_a_bot_that_is_not_live_is_pointed_out(member: Any, cafe: Any, bot: Any) -> None:
    with cafe.scope():
        silent = create_tool(create_bot(name="Neu"), label="Chat")
        tool = create_tool(bot, label="Chat")
        pause_bot(bot)
    assert (
        "The web chat of this bot is off"
        in member.get(url("show", cafe, silent.pk)).content.decode()
    )
    assert "This bot is not live" in member.get(url("show", cafe, tool.pk)).content.decode()
