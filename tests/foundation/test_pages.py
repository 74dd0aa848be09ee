"""Tables page by page: each row once, whatever they are sorted by."""

from typing import Any

import django_tables2 as tables
import pytest
from django.test import RequestFactory

from chatbo.foundation.pages import show_page
from tenants.bots.models import Bot


class BotTable(tables.Table):
    language = tables.Column()

    class Meta:
        model = Bot
        fields = ("language",)


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


@pytest.mark.parametrize(("number", "like"), [("0", "5"), ("-1", "5"), ("99", "5"), ("x", "1")])
def test_a_page_that_is_not_there_is_the_nearest(many: Any, number: str, like: str) -> None:
    with many.scope():
        assert page(number) == page(like)


def test_its_length_is_not_for_the_asking(many: Any) -> None:
    with many.scope():
        assert len(page("1", per_page="1000000")) == 5
