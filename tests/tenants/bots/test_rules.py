"""Which rule fits, and which goes first."""

from typing import Any

import pytest

from chatbo.foundation.isolation.ids import new_id
from tenants.bots.bots import change_bot, create_bot, pause_bot
from tenants.bots.models import Bot, Rule
from tenants.bots.rules import add_rule, change_rule, move_rule, remove_rule


@pytest.mark.parametrize(
    ("keywords", "text"),
    [
        ("öffnungszeiten", "Öffnungszeiten?"),
        ("offen, wann", "WANN habt ihr auf?"),
        ("gluten free", "Do you have gluten-free cake?"),
        ("straße", "Welche STRASSE?"),
    ],
)
def test_a_rule_fits_whole_words_in_any_case(keywords: str, text: str) -> None:
    assert rule(keywords).fits(text)


@pytest.mark.parametrize(
    ("keywords", "text"), [("art", "Wo ist der Garten?"), ("wann", ""), (" , ", "was auch immer")]
)
def test_a_rule_does_not_fit_parts_of_words(keywords: str, text: str) -> None:
    assert not rule(keywords).fits(text)


def test_rules_are_added_behind_moved_and_removed(cafe: Any) -> None:
    with cafe.scope():
        bot = create_bot(name="Morgenrot")
        rules = [add_rule(bot, keywords=word, answer=word) for word in ("eins", "zwei", "drei")]

        move_rule(rules[2], steps=-1)
        assert said(bot) == ["eins", "drei", "zwei"]
        move_rule(rules[0], steps=-1)
        assert said(bot) == ["eins", "drei", "zwei"], "at the top it stays there"
        move_rule(rules[0], steps=1)
        assert said(bot) == ["drei", "eins", "zwei"]
        change_rule(rules[0], keywords="uno,  uno ,due\n", answer="neu")
        assert bot.rules.get(answer="neu").keywords == "uno, due"
        remove_rule(rules[1])
        assert said(bot) == ["drei", "neu"]


def test_a_neighbours_rules_are_not_there(cafe: Any, dentist: Any) -> None:
    with cafe.scope():
        add_rule(create_bot(name="Morgenrot"), keywords="eins", answer="eins")

    with dentist.scope():
        assert not Rule.objects.exists()


def test_a_bot_begins_as_a_draft_and_only_a_live_one_is_paused(cafe: Any) -> None:
    with cafe.scope():
        bot = create_bot(name="Morgenrot", greeting="Hallo")
        assert bot.state == Bot.State.DRAFT
        assert pause_bot(bot).state == Bot.State.DRAFT

        Bot.objects.update(state=Bot.State.LIVE)
        assert pause_bot(bot).state == Bot.State.PAUSED

        change_bot(bot, name="Neu", language="en", greeting="", fallback="Hm")
        bot.refresh_from_db()
    assert (bot.name, bot.language, bot.state) == ("Neu", "en", Bot.State.PAUSED)


def said(bot: Bot) -> list[str]:
    return [rule.answer for rule in bot.rules.all()]


def rule(keywords: str) -> Rule:
    return Rule(tenant_id=new_id(), keywords=keywords)
