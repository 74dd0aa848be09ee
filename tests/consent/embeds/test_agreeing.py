"""The second click: what is recorded, and what is not believed."""

from typing import Any

import pytest
from django.urls import reverse

from chatbo.foundation.limits import LIMITS, MINUTE, Limit, Per
from consent.embeds.models import Tool
from consent.embeds.tools import change_tool, create_tool, switch_off_tool
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.receipts import receipt_code
from consent.texts.models import TextVersion
from consent.texts.versions import text_in_force
from tenants.bots.bots import pause_bot
from tests.consent.embeds.conftest import live_bot

pytestmark = pytest.mark.django_db


def form_of(business: Any, tool: Tool) -> dict[str, str]:
    with business.scope():
        version = Tool.objects.get(pk=tool.pk).current
    return {"version": str(version.number), "text": str(version.consent_text_id)}


def press(client: Any, tool: Tool, form: dict[str, str], **extra: Any) -> Any:
    return client.post(reverse("tool:consent", args=[tool.pk]), form, **extra)


def records(business: Any) -> list[ConsentRecord]:
    with business.scope():
        return list(ConsentRecord.objects.select_related("text_version"))


def test_the_second_click_records_the_consent_and_opens_the_chat(
    client: Any, cafe: Any, tool: Tool
) -> None:
    response = press(client, tool, form_of(cafe, tool), REMOTE_ADDR="203.0.113.77")

    assert response.status_code == 303
    (record,) = records(cafe)
    with cafe.scope():
        query = f"?receipt={receipt_code(record)}"
    assert response["Location"] == reverse("webchat:chat", args=[tool.pk]) + query
    assert (record.purpose, record.decision) == ("chat", "granted")
    assert (record.source, record.controller) == ("tool", "tenant")
    assert record.place == "Chat mit uns (v1)"
    assert record.network == "203.0.113.0"
    with cafe.scope():
        assert record.text_version == text_in_force("consent-embed-chat", "de")


def test_no_cookie_is_needed_and_none_is_set(cafe: Any, tool: Tool) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    form = form_of(cafe, tool)
    for response in (
        client.get(reverse("tool:page", args=[tool.pk])),
        press(client, tool, form, HTTP_ORIGIN="null"),
        press(client, tool, {}, HTTP_ORIGIN="https://cafe-morgenrot.example"),
    ):
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"


def test_pressing_twice_opens_twice(client: Any, cafe: Any, tool: Tool) -> None:
    form = form_of(cafe, tool)
    assert [press(client, tool, form).status_code for _ in range(2)] == [303, 303]
    assert len({record.subject_id for record in records(cafe)}) == 2, "nobody is recognised"


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"version": "1", "text": ""},
        {"version": "1", "text": "not-an-id"},
        {"version": "1", "text": "00000000-0000-7000-8000-000000000000"},
        {"version": "2"},
        {"version": "99999999999999999999"},
        {"version": "-1"},
        {"version": "one"},
        {"version": "9" * 5000},
        {"version": "1", "text": "a" * 100_000},
    ],
)
def test_a_forged_form_is_told_so_and_records_nothing(
    client: Any, cafe: Any, tool: Tool, forged: dict[str, str]
) -> None:
    form = {**form_of(cafe, tool), **forged} if forged else {}
    response = press(client, tool, form)
    assert response.status_code == 400
    assert reverse("tool:page", args=[tool.pk]) in response.content.decode()
    assert records(cafe) == []


def test_any_other_text_than_the_one_shown_is_refused(client: Any, cafe: Any, tool: Tool) -> None:
    others = TextVersion.objects.exclude(key="consent-embed-chat", language="de")
    for number, text in enumerate(others):
        form = {"version": "1", "text": str(text.pk)}
        sender = f"203.0.113.{number}"  # each counts for itself, or the last would be too many
        assert press(client, tool, form, REMOTE_ADDR=sender).status_code == 400
    assert records(cafe) == []


def test_another_tools_version_is_refused(
    client: Any, cafe: Any, dentist: Any, bot: Any, tool: Tool
) -> None:
    neighbours = live_bot(dentist)
    with dentist.scope():
        theirs = create_tool(neighbours, label="Termin", language="en")
    with cafe.scope():
        change_tool(tool, bot=bot, label="Neu", language="de", position="inline")
    assert press(client, theirs, form_of(cafe, tool)).status_code == 400
    assert press(client, tool, form_of(dentist, theirs)).status_code == 400
    assert records(cafe) == records(dentist) == []


def test_a_consent_belongs_to_the_tools_own_tenant_only(
    client: Any, cafe: Any, dentist: Any, tool: Tool
) -> None:
    press(client, tool, form_of(cafe, tool))
    assert len(records(cafe)) == 1
    assert records(dentist) == []


def test_a_tool_that_is_off_opens_nothing(client: Any, cafe: Any, tool: Tool) -> None:
    form = form_of(cafe, tool)
    with cafe.scope():
        switch_off_tool(tool)
    assert press(client, tool, form).status_code == 404
    assert client.get(reverse("tool:page", args=[tool.pk])).status_code == 404
    assert records(cafe) == []


def test_a_bot_that_is_not_live_is_said_to_be_unavailable(
    client: Any, cafe: Any, bot: Any, tool: Tool
) -> None:
    form = form_of(cafe, tool)
    with cafe.scope():
        pause_bot(bot)
    response = press(client, tool, form)
    assert response.status_code == 404
    assert "Café Morgenrot" in response.content.decode()
    assert records(cafe) == []


def test_an_unknown_tool_is_a_page_not_found(client: Any, cafe: Any) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    for name in ("tool:page", "tool:consent", "tool:loader"):
        assert client.get(reverse(name, args=[unknown]), follow=True).status_code == 404


def test_coming_back_to_the_consents_address_shows_the_notice(client: Any, tool: Tool) -> None:
    response = client.get(reverse("tool:consent", args=[tool.pk]))
    assert response["Location"] == reverse("tool:page", args=[tool.pk])


def test_the_page_without_script_shows_all_that_the_snippet_shows(
    client: Any, cafe: Any, tool: Tool
) -> None:
    page = client.get(reverse("tool:page", args=[tool.pk])).content.decode()
    with cafe.scope():
        version = tool.current
    assert version.notice in page
    assert version.consent in page
    assert f'value="{version.consent_text_id}"' in page
    assert '<html lang="de"' in page


def test_a_flood_of_consents_is_not_recorded(
    client: Any, cafe: Any, tool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "tool:consent", (Limit(2, MINUTE, Per.ADDRESS),))
    form = form_of(cafe, tool)
    flood = [press(client, tool, form, REMOTE_ADDR="203.0.113.77").status_code for _ in range(4)]
    neighbour = press(client, tool, form, REMOTE_ADDR="198.51.100.9")

    assert flood == [303, 303, 429, 429]
    assert neighbour.status_code == 303
    assert len(records(cafe)) == 3


def test_a_no_on_our_own_page_is_recorded_and_makes_no_person(
    client: Any, cafe: Any, tool: Tool
) -> None:
    page = client.get(reverse("tool:page", args=[tool.pk])).text
    assert 'name="decision" value="no"' in page
    shown = page.split('name="shown" value="')[1].split('"')[0]
    form = {**form_of(cafe, tool), "shown": shown, "decision": "no"}

    answer = press(client, tool, form, REMOTE_ADDR="203.0.113.77")

    assert answer.status_code == 200
    assert not answer.cookies
    assert "Der Chat bleibt geschlossen" in answer.text
    (record,) = records(cafe)
    assert (record.purpose, record.decision, record.way) == ("chat", "refused", "click")
    assert (record.source, record.network) == ("tool", "")
    assert record.shown_at is not None
    with cafe.scope():
        assert not ConsentIdentity.objects.exists()


def test_a_no_to_what_was_never_handed_out_records_nothing(
    client: Any, cafe: Any, tool: Tool
) -> None:
    forged = {"version": "2", "text": form_of(cafe, tool)["text"], "decision": "no"}
    assert press(client, tool, forged).status_code == 400
    with cafe.scope():
        switch_off_tool(tool)
    assert press(client, tool, {**form_of(cafe, tool), "decision": "no"}).status_code == 404
    assert records(cafe) == []
