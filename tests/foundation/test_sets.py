"""Rows of many values: found by one place in the statement, whatever stands in them."""

import pytest

from chatbo.foundation.audit.entries import record
from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.sets import among
from consent.ledger.models import ShownForm
from tenants.bots.models import Bot, Rule

ODD = ['"', "\\", '\\"', "{a,b}", "a,b", "NULL", "", " ", "ü", "'; --", "%s", "{}"]


def test_whatever_a_value_is_made_of_it_finds_itself_and_no_other(cafe):
    with cafe.scope():
        for each in ODD:
            ShownForm.objects.create(sha256=each, content="x")

        for each in ODD:
            assert [row.sha256 for row in ShownForm.objects.filter(among("sha256", [each]))] == [
                each
            ]
        assert ShownForm.objects.filter(among("sha256", ODD)).count() == len(ODD)
        assert not ShownForm.objects.filter(among("sha256", ["b", "a"])).exists()


@pytest.mark.parametrize("field", ["bot", "bot_id"])
def test_references_are_found_by_their_numbers(cafe, field):
    with cafe.scope():
        bots = [Bot.objects.create(name=name) for name in "abc"]
        rules = [Rule.objects.create(bot=bot, keywords="x", answer="x") for bot in bots]

        found = Rule.objects.filter(among(field, [bots[0].pk, bots[2].pk]))
        assert set(found) == {rules[0], rules[2]}
        assert set(Rule.objects.exclude(among(field, [bots[0].pk]))) == {rules[1], rules[2]}


def test_of_no_values_none(cafe):
    with cafe.scope():
        Bot.objects.create(name="a")

        assert not Bot.objects.filter(among("pk", [])).exists()


def test_the_statement_is_the_same_for_one_and_for_many(cafe):
    with cafe.scope():
        ids = [Bot.objects.create(name="a").pk for _each in range(30)]
        one, many = (
            Bot.objects.filter(among("id", chosen)).query.sql_with_params()
            for chosen in (ids[:1], ids)
        )

    assert one[0] == many[0]
    assert len(many[1]) == 1


def test_a_number_is_found_in_a_column_of_text_as_well(cafe):
    """As in the log, whose entries name what they are about by its number."""
    with cafe.scope():
        bot = Bot.objects.create(name="a")
        record("bot.created", target=bot)

        assert AuditEntry.objects.filter(among("target_id", [bot.pk])).count() == 1
