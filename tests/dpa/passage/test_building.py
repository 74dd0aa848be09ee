"""The passage says what is switched on, in approved words, and nothing else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone, translation

from consent.embeds.tools import create_tool, switch_off_tool, switch_on_tool
from consent.texts.errors import NotApprovedError
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import decide_on_text, submit_text, text_in_force
from dpa.passage.building import PARTS_OF_ACTIVITIES, Passage, build_passage, languages
from dpa.passage.plain import as_text
from tenants.accounts.models import Tenant, User
from tenants.bots.models import Bot, Platform

pytestmark = pytest.mark.django_db

GENERAL = ["passage-intro", "passage-retention", "passage-rights"]
Switch = Callable[..., None]


def passage_of(business: Any, language: str = "de") -> Passage:
    with business.scope():
        return build_passage(Tenant.objects.get(pk=business.tenant.pk), language=language)


def keys(passage: Passage) -> list[str]:
    return [version.key for version in passage.versions]


def test_with_nothing_on_only_the_general_part_is_left(named: Any) -> None:
    passage = passage_of(named)
    assert keys(passage) == GENERAL
    assert passage.activities == ()


@pytest.mark.parametrize("platform", Platform.values)
def test_switching_a_channel_on_and_off_changes_the_passage_and_back(
    named: Any, switch: Switch, platform: str
) -> None:
    before = passage_of(named)

    switch(platform, on=True)
    during = passage_of(named)
    switch(platform, on=False)
    after = passage_of(named)

    assert keys(during) == [GENERAL[0], f"passage-channel-{platform}", *GENERAL[1:]]
    assert [activity.key for activity in during.activities] == [platform]
    assert text_in_force(f"passage-channel-{platform}", "de").title
    assert after == before
    assert after.sha256 != during.sha256


def test_switching_a_tool_on_and_off_changes_the_passage_and_back(named: Any, bot: Bot) -> None:
    before = passage_of(named)
    with named.scope():
        tool = create_tool(bot, label="Chat mit uns")
    during = passage_of(named)
    assert "passage-tool-button" in keys(during)
    assert "Chat-Knopf auf unserer Website" in during.text
    with named.scope():
        switch_off_tool(tool)
    assert passage_of(named) == before
    with named.scope():
        switch_on_tool(tool)
    assert passage_of(named) == during


def test_everything_on_is_told_in_the_order_of_the_register(
    named: Any, bot: Bot, switch: Switch
) -> None:
    for platform in Platform.values:
        switch(platform, on=True)
    with named.scope():
        create_tool(bot, label="Chat")
    assert keys(passage_of(named)) == [
        "passage-intro",
        "passage-channel-messenger",
        "passage-channel-telegram",
        "passage-channel-web",
        "passage-tool-button",
        "passage-retention",
        "passage-rights",
    ]


def test_every_channel_there_is_has_a_text(db: None) -> None:
    for platform in Platform.values:
        assert text_in_force(PARTS_OF_ACTIVITIES[platform], "de")


def test_a_neighbours_channels_are_not_told(named: Any, dentist: Any, switch: Switch) -> None:
    switch("messenger", on=True)
    assert keys(passage_of(dentist)) == GENERAL


def test_the_longest_retention_of_the_speaking_bots_is_told(
    named: Any, bot: Bot, switch: Switch
) -> None:
    switch("web", on=True)
    with named.scope():
        Bot.objects.create(name="Stumm", retention_months=36)
        Bot.objects.filter(pk=bot.pk).update(retention_months=7)
    assert "nach 7 Monaten ohne neue Nachricht" in passage_of(named).text


def test_the_same_configuration_is_the_same_passage(named: Any, switch: Switch) -> None:
    switch("messenger", on=True)
    first = passage_of(named)
    with translation.override("en"):
        second = passage_of(named)
    assert (second.html, second.text, second.sha256) == (first.html, first.text, first.sha256)
    assert first.sha256[:12] in first.html


def test_each_language_has_its_own(named: Any, switch: Switch) -> None:
    switch("web", on=True)
    german, english = (passage_of(named, language) for language in languages())
    assert "Ihre Rechte" in german.text
    assert "Your rights" in english.text
    assert '<section lang="en"' in english.html
    assert german.sha256 != english.sha256


def test_only_approved_words_are_used(named: Any) -> None:
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    old = passage_of(named)
    draft = submit_text(
        key="passage-rights",
        language="de",
        title="Ihre Rechte",
        body="## Ihre Rechte\n\nNeu geordnet.\n",
        change="Kürzer",
    )
    assert passage_of(named) == old

    decide_on_text(draft, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    new = passage_of(named)
    assert "Neu geordnet." in new.text
    assert new.versions[-1] == draft
    assert new.as_of >= old.as_of
    assert new.as_of <= timezone.now()

    for version in TextVersion.objects.filter(key="passage-rights", language="de"):
        decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED)
    with pytest.raises(NotApprovedError):
        passage_of(named)


def test_the_html_loads_nothing_and_links_only_where_the_texts_do(
    named: Any, bot: Bot, switch: Switch
) -> None:
    for platform in Platform.values:
        switch(platform, on=True)
    html = passage_of(named).html
    assert set(re.findall(r"<(\w+)", html)) <= {
        "section",
        "h2",
        "p",
        "strong",
        "ul",
        "ol",
        "li",
        "a",
    }
    assert "src=" not in html
    approved = " ".join(v.body for v in passage_of(named).versions)
    for address in re.findall(r'href="([^"]+)"', html):
        assert address in approved


def test_words_of_the_owner_stay_words(named: Any) -> None:
    with named.scope():
        Tenant.objects.update(company="<b>*Café* & [Co](https://evil.example)</b>")
    passage = passage_of(named)
    assert "evil.example" not in re.findall(r'href="([^"]+)"', passage.html)
    assert "<b>" not in passage.html
    assert "<b>*Café* & [Co](https://evil.example)</b>" in passage.text


def test_what_is_missing_stands_in_brackets(cafe: Any) -> None:
    passage = passage_of(cafe, "en")
    assert not passage.is_complete
    assert "[postal address]" in passage.text


def test_no_placeholder_is_left(named: Any, bot: Bot, switch: Switch) -> None:
    for platform in Platform.values:
        switch(platform, on=True)
    for language in languages():
        assert "{{" not in passage_of(named, language).markdown


def test_plain_text_keeps_lists_and_addresses() -> None:
    markdown = (
        "## Über uns\n\nEin **Satz** mit [Link](https://example.org/).\n\n"
        "- eins\n- zwei\n\n1. erst\n2. dann\n\nEnde.\n"
    )
    assert as_text(markdown) == (
        "Über uns\n\nEin Satz mit Link (https://example.org/).\n\n"
        "- eins\n- zwei\n\n1. erst\n2. dann\n\nEnde.\n"
    )
