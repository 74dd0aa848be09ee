"""When a tool's text changes: the new one is shown, and an older one bears what it still can."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consent.embeds.models import Tool, ToolVersion
from consent.embeds.shown import SHOWN_FOR
from consent.embeds.tools import change_tool, create_tool, follow_texts
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, decide_on_text, text_in_force
from tenants.accounts.models import User
from tests.consent.embeds.conftest import live_bot
from tests.consent.embeds.test_agreeing import form_of, press, records
from tests.next_versions import publish_next

pytestmark = pytest.mark.django_db

SENTENCE, NOTICE = "consent-embed-chat", "consent-embed-notice"
APPROVED, REJECTED = Approval.Verdict.APPROVED, Approval.Verdict.REJECTED

Change = Callable[..., TextVersion]


@pytest.fixture
def lawyer(cafe: Any) -> User:
    return User.objects.get(email="lawyer@chatbo.example")


@pytest.fixture
def change(cafe: Any) -> Change:
    def changed(key: str, effect: Effect, *, words: str = "", language: str = "de") -> TextVersion:
        """The text's next version, approved; without ``words`` it looks the same."""
        return publish_next(key, effect, words=words and f" {words}", language=language)

    return changed


def page_of(client: Any, tool: Tool) -> Any:
    return client.get(reverse("tool:page", args=[tool.pk]))


def loader_of(client: Any, tool: Tool, **headers: str) -> Any:
    return client.get(reverse("tool:loader", args=[tool.pk]), headers=headers)


@pytest.mark.parametrize("key", [SENTENCE, NOTICE])
def test_page_and_loader_show_the_text_in_force_without_anybodys_doing(
    client: Any, cafe: Any, tool: Tool, change: Change, key: str
) -> None:
    before = loader_of(client, tool)
    change(key, Effect.INFORM, words="Neues Wort.")

    assert "Neues Wort." in page_of(client, tool).content.decode()
    after = loader_of(client, tool, **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Neues Wort." in after.content.decode()
    assert "max-age=300" in after["Cache-Control"]
    assert loader_of(client, tool, **{"If-None-Match": after["ETag"]}).status_code == 304
    with cafe.scope():
        assert Tool.objects.get().version == 2, "handed out once, not at each look"


def test_the_script_with_a_number_stays_word_for_word_what_it_was(
    client: Any, tool: Tool, change: Change
) -> None:
    url = reverse("tool:loader_version", args=[tool.pk, 1])
    before = client.get(url).content
    change(SENTENCE, Effect.ASK, words="Neues Wort.")
    page_of(client, tool)
    assert client.get(url).content == before


@pytest.mark.parametrize("key", [SENTENCE, NOTICE])
def test_whoever_agreed_to_words_that_no_longer_hold_is_shown_the_new_ones_and_asked_again(
    client: Any, cafe: Any, tool: Tool, change: Change, key: str
) -> None:
    pasted = form_of(cafe, tool)
    new = change(key, Effect.ASK, words="Neues Wort.")

    refused = press(client, tool, pasted)

    assert refused.status_code == 409
    said = refused.content.decode()
    assert "Der Text hat sich geändert" in said
    assert "Neues Wort." in said
    assert not refused.cookies
    assert "no-store" in refused["Cache-Control"]
    assert records(cafe) == []

    again = press(client, tool, {**form_of(cafe, tool), "shown": refused.context["shown"]})
    assert again.status_code == 303
    (record,) = records(cafe)
    if key == SENTENCE:
        assert record.text_version == new
    assert record.place == "Chat mit uns (v2)"
    assert record.shown_at is not None


@pytest.mark.parametrize("key", [SENTENCE, NOTICE])
@pytest.mark.parametrize("effect", [Effect.INFORM, Effect.EDITORIAL])
def test_a_lesser_change_leaves_what_was_agreed_to_what_it_was(
    client: Any, cafe: Any, tool: Tool, change: Change, key: str, effect: Effect
) -> None:
    pasted, old = form_of(cafe, tool), text_in_force(SENTENCE, "de")
    change(key, effect, words="Neues Wort.")
    page_of(client, tool)

    assert press(client, tool, pasted).status_code == 303

    (record,) = records(cafe)
    assert record.text_version == old
    assert record.place == "Chat mit uns (v1)"


def test_a_new_version_that_looks_the_same_is_another_one_to_agree_to(
    client: Any, cafe: Any, tool: Tool, change: Change
) -> None:
    """Or everybody would be asked again for ever, by a page that never gets the new version."""
    pasted = form_of(cafe, tool)
    change(NOTICE, Effect.ASK)
    assert press(client, tool, pasted).status_code == 409
    assert press(client, tool, form_of(cafe, tool)).status_code == 303


def test_words_of_one_version_with_the_number_of_another_are_refused(
    client: Any, cafe: Any, tool: Tool, change: Change
) -> None:
    new = change(SENTENCE, Effect.INFORM, words="Neues Wort.")
    page_of(client, tool)
    mixed = {"version": "1", "text": str(new.pk)}
    assert press(client, tool, mixed).status_code == 400
    assert records(cafe) == []


def test_a_withdrawn_text_with_nothing_before_it_is_shown_to_nobody(
    client: Any, cafe: Any, tool: Tool, lawyer: User
) -> None:
    pasted = form_of(cafe, tool)
    decide_on_text(text_in_force(NOTICE, "de"), lawyer=lawyer, verdict=REJECTED, remark="No.")

    assert page_of(client, tool).status_code == 404
    assert press(client, tool, pasted).status_code == 404
    assert "customElements" not in loader_of(client, tool).content.decode()
    assert records(cafe) == []

    client.force_login(cafe.owner)
    shown = client.get(reverse("embeds:show", args=[cafe.tenant.slug, tool.pk]))
    assert "Kein Text in Kraft" in shown.content.decode()
    client.post(reverse("embeds:renew", args=[cafe.tenant.slug, tool.pk]))
    new = reverse("embeds:new", args=[cafe.tenant.slug])
    form = {"label": "Neu", "bot": str(tool.bot_id), "language": "de", "position": "inline"}
    assert "kein freigegebener Text" in client.post(new, form).content.decode()


def test_after_a_withdrawal_the_tool_goes_back_to_the_words_before(
    client: Any, cafe: Any, tool: Tool, change: Change, lawyer: User
) -> None:
    withdrawn = change(SENTENCE, Effect.ASK, words="Neues Wort.")
    page_of(client, tool)
    seen = form_of(cafe, tool)
    decide_on_text(withdrawn, lawyer=lawyer, verdict=REJECTED, remark="No.")

    assert "Neues Wort." not in page_of(client, tool).content.decode()
    assert press(client, tool, seen).status_code == 409
    assert press(client, tool, form_of(cafe, tool)).status_code == 303


def test_a_neighbours_tool_follows_by_itself_and_not_by_ours(
    client: Any, cafe: Any, dentist: Any, tool: Tool, change: Change
) -> None:
    with dentist.scope():
        theirs = create_tool(live_bot(dentist), label="Termin")
    change(SENTENCE, Effect.ASK, words="Neues Wort.")
    page_of(client, tool)
    with dentist.scope():
        assert Tool.objects.get().version == 1
        assert follow_texts(theirs).number == 2
    assert press(client, theirs, {"version": "1", "text": "x"}).status_code == 400


def test_the_owner_reads_which_copied_code_has_visitors_asked_again(
    client: Any, cafe: Any, bot: Any, tool: Tool, change: Change
) -> None:
    client.force_login(cafe.owner)
    url = reverse("embeds:show", args=[cafe.tenant.slug, tool.pk])
    assert client.get(url).context["earlier"] == []
    with cafe.scope():
        change_tool(tool, bot=bot, label="Fragen?", language="de", position="inline")
    assert [effect for _, effect in client.get(url).context["earlier"]] == [Effect.EDITORIAL]
    asked_again = "wird noch einmal gefragt"
    assert asked_again not in client.get(url).content.decode()
    change(SENTENCE, Effect.ASK, words="Neues Wort.")
    assert asked_again in client.get(url).content.decode(), "until the next version is taken"
    page_of(client, tool)

    shown = client.get(url)
    assert asked_again not in shown.content.decode()

    assert [(v.number, e) for v, e in shown.context["earlier"]] == [(2, "ask"), (1, "ask")]
    assert "wird neu gefragt" in shown.content.decode()


def shown_field(client: Any, tool: Tool) -> str:
    return str(page_of(client, tool).context["shown"])


def test_our_own_page_says_by_its_seal_when_it_was_shown(
    client: Any, cafe: Any, tool: Tool
) -> None:
    before = timezone.now().replace(microsecond=0)  # A seal says it to the second.
    field = shown_field(client, tool)
    after = timezone.now()
    press(client, tool, {**form_of(cafe, tool), "shown": field})

    (record,) = records(cafe)
    assert record.shown_at is not None
    assert before <= record.shown_at <= after <= record.given_at


def test_a_page_that_lay_open_for_a_day_bears_a_consent_but_says_no_time(
    client: Any, cafe: Any, tool: Tool
) -> None:
    field = shown_field(client, tool)
    with time_machine.travel(time.time() + SHOWN_FOR.total_seconds() + 60, tick=True):
        press(client, tool, {**form_of(cafe, tool), "shown": field})
    (record,) = records(cafe)
    assert record.shown_at is None


def test_a_time_that_was_made_up_or_is_anothers_is_not_believed(
    client: Any, cafe: Any, bot: Any, tool: Tool
) -> None:
    with cafe.scope():
        other = create_tool(bot, label="Noch einer")
    of_version_1 = shown_field(client, tool)
    of_another = shown_field(client, other)
    with cafe.scope():
        change_tool(tool, bot=bot, label="Fragen?", language="de", position="inline")
    for number, field in enumerate(
        (of_version_1, of_another, "made up", "x" * 100_000, "2020-01-01T00:00:00+00:00")
    ):
        form = {**form_of(cafe, tool), "shown": field, "after": "1"}
        sender = f"203.0.113.{number}"
        assert press(client, tool, form, REMOTE_ADDR=sender).status_code == 303
    assert [record.shown_at for record in records(cafe)] == [None] * 5


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("0", 0),
        ("30", 30),
        ("", None),
        ("-5", None),
        ("99999", None),
        ("9" * 5000, None),
        ("１", None),
        ("1.5", None),
        ("soon", None),
    ],
)
def test_what_the_script_counted_is_believed_within_bounds(
    client: Any, cafe: Any, tool: Tool, after: str, seconds: int | None
) -> None:
    with time_machine.travel(time.time() + 3600, tick=False):  # the version is an hour old
        press(client, tool, {**form_of(cafe, tool), "after": after})
    (record,) = records(cafe)
    if seconds is None:
        assert record.shown_at is None
    else:
        assert record.shown_at == record.given_at - timedelta(seconds=seconds)


def test_nothing_was_shown_before_it_was_there(client: Any, cafe: Any, tool: Tool) -> None:
    with cafe.scope():
        made = ToolVersion.objects.get().made_at
    press(client, tool, {**form_of(cafe, tool), "after": "600"})
    (record,) = records(cafe)
    assert record.given_at - timedelta(seconds=600) < made
    assert record.shown_at is None
