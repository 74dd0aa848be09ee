"""Everybody may read who else processes; nobody is listed outside the EEA without a ground."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dpa.subprocessors.errors import GroundMissingError
from dpa.subprocessors.models import SubProcessor
from dpa.subprocessors.publishing import publish_examples, publish_subprocessor

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 1, 1)


def publish(**changes: Any) -> SubProcessor:
    facts: dict[str, Any] = {
        "name": "Rechenzentrum",
        "purpose_de": "Server",
        "purpose_en": "Servers",
        "place": "Nürnberg",
        "country": "DE",
        "since": DAY,
    }
    return publish_subprocessor(**{**facts, **changes})


def test_the_list_is_public_and_in_both_languages(client: Any) -> None:
    publish(purpose_de="Betrieb der Server", purpose_en="Running the servers")

    assert "Betrieb der Server" in client.get("/subprocessors/").content.decode()
    english = client.get("/subprocessors/", headers={"accept-language": "en"})
    assert "Running the servers" in english.content.decode()


def test_an_empty_list_says_so(client: Any) -> None:
    assert client.get("/subprocessors/").status_code == 200


def test_past_and_future_firms_are_not_listed() -> None:
    past = publish()
    past.until = DAY
    past.save()
    publish(since=datetime.date(2999, 1, 1))

    assert not SubProcessor.objects.used_today().exists()
    assert list(SubProcessor.objects.used_on(DAY)) == [past]


def test_outside_the_eea_only_with_a_ground() -> None:
    with pytest.raises(GroundMissingError):
        publish(country="us")
    assert publish(country="us", transfer_ground="SCC (EU) 2021/914").country == "US"


def test_the_database_refuses_a_missing_ground_too() -> None:
    firm = publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        SubProcessor.objects.filter(pk=firm.pk).update(country="US")


def test_the_demos_firms_are_published_once() -> None:
    assert len(publish_examples(since=DAY)) == 2
    assert publish_examples(since=DAY) == []
