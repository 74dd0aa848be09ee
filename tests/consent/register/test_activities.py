"""The register says what the configuration does, in the language asked for."""

from typing import Any

import pytest
from django.apps import apps
from django.utils import translation

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.personal_data import Category, declared_about_persons
from consent.register.activities import activities_of, activities_offered, switched_on_by
from consent.register.for_chatbo import activities_of_chatbo, newsletter
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


def keys_of(business: Any) -> list[str]:
    with business.scope():
        return [activity.key for activity in activities_of(business.tenant)]


def test_with_nothing_switched_on_only_the_proofs_are_left(cafe: Any) -> None:
    assert keys_of(cafe) == ["proof"]


def test_the_active_channels_are_in_it_and_no_others(cafe: Any) -> None:
    connect(cafe, Platform.TELEGRAM, months=6)

    assert keys_of(cafe) == ["telegram", "proof"]


def test_a_neighbours_channel_is_not_in_it(cafe: Any, dentist: Any) -> None:
    connect(dentist, Platform.MESSENGER, months=6)

    assert keys_of(cafe) == ["proof"]
    with platform_scope("test"):
        assert switched_on_by(None) == {dentist.tenant.pk: {"messenger"}}
        assert switched_on_by([cafe.tenant.pk]) == {}


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
    european = {"Ireland", "Germany"}
    for activity in (*activities_offered(), *activities_of_chatbo()):
        for recipient in activity.recipients:
            assert recipient.outside_eu == (recipient.country not in european)
        assert activity.transfers == tuple(r for r in activity.recipients if r.outside_eu)


def test_every_activity_says_all_that_the_law_asks_for() -> None:
    for activity in (*activities_offered(), *activities_of_chatbo()):
        for said in (
            activity.title,
            activity.purpose,
            activity.legal_basis,
            activity.data_kinds,
            activity.data_subjects,
            activity.starts,
            activity.stops,
            activity.retention,
        ):
            assert said, activity.key


def test_no_table_on_people_is_without_an_activity_and_no_activity_without_a_table() -> None:
    """The other way round of "declared": whoever holds data says what they are for."""
    every = (*activities_offered(), *activities_of_chatbo())
    covered = {label for activity in every for label in activity.tables}

    assert covered == {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if declared_about_persons(model)
    }


def test_no_two_activities_share_a_key() -> None:
    keys = [activity.key for activity in (*activities_offered(), *activities_of_chatbo())]

    assert len(keys) == len(set(keys))


def test_every_category_has_words() -> None:
    for category in Category:
        assert words_for(category)
        assert words_for(category, of_users=True)


def test_the_kinds_of_data_are_those_that_the_models_declare() -> None:
    kinds = kinds_about("bots.Subscriber")

    assert words_for(Category.IDENTIFIER) in kinds
    assert words_for(Category.CONTENT) in kinds
    assert words_for(Category.CONTRACT) not in kinds


def test_how_long_proofs_are_kept_is_what_their_model_declares(cafe: Any) -> None:
    with cafe.scope():
        (proof,) = activities_of(cafe.tenant)

    assert "3 years from the end of the year of the withdrawal" in proof.retention
    assert "secs. 195, 199 BGB" in proof.retention


def test_how_long_notes_on_requests_are_kept_is_what_their_models_declare(cafe: Any) -> None:
    with cafe.scope():
        (proof,) = activities_of(cafe.tenant)

    assert "3 years from the end of the year in which its answer was due" in proof.retention
    assert "30 days after the answer to their request" in proof.retention
