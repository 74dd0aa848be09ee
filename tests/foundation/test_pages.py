"""Tables page by page: each row once, whatever they are sorted by."""

import re
from typing import Any

import django_tables2 as tables
import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from chatbo.foundation.pages import show_page
from tenants.bots.models import Bot

OFFSET = re.compile(r"OFFSET (\d+)")


class BotTable(tables.Table):
    language = tables.Column()
    name = tables.Column()

    class Meta:
        model = Bot
        fields = ("language", "name")


def page(number: str, **asked: str) -> list[Any]:
    table = BotTable(Bot.objects.all())
    show_page(RequestFactory().get("/", {"page": number, **asked}), table, rows=5)
    return [row.record.pk for row in table.page.object_list]


@pytest.fixture
def many(cafe: Any) -> Any:
    with cafe.scope():
        Bot.objects.bulk_create(Bot(name="Bot", language="de") for _ in range(23))
    return cafe


@pytest.mark.parametrize("sort", ["language", "-language"])
def test_rows_that_are_alike_are_each_shown_once(many: Any, sort: str) -> None:
    with many.scope():
        seen = [pk for number in range(1, 6) for pk in page(str(number), sort=sort)]

        assert sorted(seen) == sorted(Bot.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["language", "-language", "name", "-name"])
def test_the_pages_of_the_second_half_go_on_in_the_same_order(many: Any, sort: str) -> None:
    with many.scope():
        for place, bot in enumerate(Bot.objects.all()):
            Bot.objects.filter(pk=bot.pk).update(name=f"Bot {place % 7}", language="de")
        seen = [pk for number in range(1, 6) for pk in page(str(number), sort=sort)]

        assert seen == list(Bot.objects.order_by(sort, "pk").values_list("pk", flat=True))


def test_a_page_passes_over_half_of_the_rows_at_most(many: Any) -> None:
    """The database reads what it passes over: the last page must not cost all the others."""
    with many.scope(), CaptureQueriesContext(connection) as captured:
        for number in range(1, 6):
            page(str(number))

    passed_over = [
        int(found[1]) for query in captured if (found := OFFSET.search(str(query["sql"])))
    ]
    assert max(passed_over) <= 23 / 2


@pytest.mark.parametrize(("number", "like"), [("0", "5"), ("-1", "5"), ("99", "5"), ("x", "1")])
def test_a_page_that_is_not_there_is_the_nearest(many: Any, number: str, like: str) -> None:
    with many.scope():
        assert page(number) == page(like)


def test_its_length_is_not_for_the_asking(many: Any) -> None:
    with many.scope():
        assert len(page("1", per_page="1000000")) == 5
