"""The register says what the configuration does, in the language asked for."""

from typing import Any

import pytest
from django.utils import translation

from chatbo.foundation.personal_data import Category
from consent.register.activities import activities_of, activities_offered, newsletter
from consent.register.kinds import kinds_about, words_for
from tenants.bots.models import Bot, Channel, Platform

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def connect(business: Any, platform: Platform, *, months: int) -> None:
    with business.scope():
        bot = Bot.objects.create(name="Bot", retention_months=months)
        Channel.objects.create(bot=bot, platform=platform, external_id=f"{platform}-{months}")


def test_the_active_channels_are_in_it_and_no_others(cafe: Any) -> None:
    connect(cafe, Platform.TELEGRAM, months=6)

    with cafe.scope():
        assert [a.key for a in activities_of(cafe.tenant)] == ["telegram", "tool", "proof"]
        assert [a.key for a in activities_of(cafe.tenant, with_tools=False)] == [
            "telegram",
            "proof",
        ]


def test_a_neighbours_channel_is_not_in_it(cafe: Any, dentist: Any) -> None:
    connect(dentist, Platform.MESSENGER, months=6)

    with cafe.scope():
        assert "messenger" not in [a.key for a in activities_of(cafe.tenant)]


def test_of_two_bots_on_a_platform_the_longer_retention_is_told(cafe: Any) -> None:
    connect(cafe, Platform.WEB, months=3)
    connect(cafe, Platform.WEB, months=18)

    with cafe.scope():
        (web, *_rest) = activities_of(cafe.tenant)
    assert "18 months" in web.retention


def test_before_the_first_channel_all_that_is_offered_can_be_named() -> None:
    assert [a.key for a in activities_offered()] == [*Platform.values, "tool", "proof"]
    assert newsletter().key not in [a.key for a in activities_offered()]


def test_no_transfer_outside_the_eu_stands_without_its_ground() -> None:
    european = {"Ireland"}
    for activity in activities_offered():
        for recipient in activity.recipients:
            assert recipient.outside_eu == (recipient.country not in european)


def test_every_category_has_words() -> None:
    for category in Category:
        assert words_for(category)


def test_the_kinds_of_data_are_those_that_the_models_declare() -> None:
    kinds = kinds_about("bots.Subscriber")

    assert words_for(Category.IDENTIFIER) in kinds
    assert words_for(Category.CONTENT) in kinds
    assert words_for(Category.CONTRACT) not in kinds
