"""A business names its own systems, whose secrets lie encrypted and whose addresses are public."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.outbound import FetchError
from consent.erasure.recipients.errors import KnownRecipientError, TooManyRecipientsError
from consent.erasure.recipients.models import Recipient
from consent.erasure.recipients.registering import (
    MOST,
    add_recipient,
    pause_recipient,
    remove_recipient,
    renew_secret,
    resume_recipient,
)
from tests.meanwhile import meanwhile

URL = "https://kasse.example/erased"


def add(url: str = URL, **more: Any) -> Recipient:
    return add_recipient(**{"name": "Kasse", "country": "DE", "url": url, **more})


def actions() -> list[str]:
    return list(
        AuditEntry.objects.filter(target_kind="erasure.recipient")
        .order_by("pk")
        .values_list("action", flat=True)
    )


def test_a_system_is_added_with_a_secret_of_ours(cafe: Any) -> None:
    with cafe.scope():
        added, other = add(), add("https://kasse.example/other")

        assert added.state == Recipient.State.ACTIVE
        assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", added.secret)
        assert len(base64.b64decode(added.secret.removeprefix("whsec_"))) == 32
        assert added.secret != other.secret
        assert actions() == ["recipient.added", "recipient.added"]


def test_secret_and_address_lie_encrypted(cafe: Any, owner_db: Any) -> None:
    with cafe.scope():
        renew_secret(add("https://kasse.example/erased?token=hidden"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT url, secret, previous_secret FROM erasure_recipient")
            (row,) = cursor.fetchall()

    assert all(column.startswith("gAAAA") for column in row)


@pytest.mark.parametrize(
    "url",
    [
        "http://kasse.example/erased",
        "ftp://kasse.example/",
        "kasse.example/erased",
        "https://kasse.example:8443/",
        "https://user:password@kasse.example/",
        "https://127.0.0.1/",
        "https://10.0.0.5/",
        "https://[::1]/",
        "https://2130706433/",
        "https://localhost/",
        "https://kasse/",
        "javascript:alert(1)",
        "",
        f"https://kasse.example/{'x' * 2000}",
    ],
)
def test_an_address_that_we_would_not_open_is_not_taken(cafe: Any, url: str) -> None:
    with cafe.scope():
        with pytest.raises(FetchError):
            add(url)
        assert not Recipient.objects.exists()


def test_the_same_address_is_not_taken_twice_however_it_is_written(cafe: Any) -> None:
    with cafe.scope():
        add()
        for url in (URL, " HTTPS://KASSE.example:443/erased#part "):
            with pytest.raises(KnownRecipientError):
                add(url)
        assert Recipient.objects.count() == 1


def test_a_neighbour_may_name_the_same_address_and_sees_nothing_of_it(
    cafe: Any, dentist: Any
) -> None:
    with cafe.scope():
        add()
    with dentist.scope():
        assert not Recipient.objects.exists()
        add(name="Praxis")
        assert Recipient.objects.get().name == "Praxis"


def test_there_is_a_most(cafe: Any) -> None:
    with cafe.scope():
        for number in range(MOST):
            add(f"https://kasse.example/{number}")
        with pytest.raises(TooManyRecipientsError):
            add("https://kasse.example/more")
        assert Recipient.objects.count() == MOST


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_get_past_the_most(cafe: Any) -> None:
    def one_more(url: str) -> None:
        with cafe.scope():
            try:
                add(url)
            except TooManyRecipientsError:
                refused.append(url)

    refused: list[str] = []
    with cafe.scope():
        for number in range(MOST - 1):
            add(f"https://kasse.example/{number}")
    meanwhile(
        lambda: one_more("https://kasse.example/a"), lambda: one_more("https://kasse.example/b")
    )

    assert refused == ["https://kasse.example/b"]


def test_a_new_secret_leaves_the_one_before_for_a_day_and_none_before_that(cafe: Any) -> None:
    with cafe.scope():
        added = add()
        second = renew_secret(added)
        third = renew_secret(added)

        assert len({added.secret, second.secret, third.secret}) == 3
        assert third.previous_secret == second.secret
        assert third.previous_until is not None
        left = third.previous_until - timezone.now()
        assert timedelta(hours=23) < left <= timedelta(hours=24)
        assert actions()[1:] == ["recipient.secret_renewed"] * 2


def test_pausing_and_using_again_twice_is_once(cafe: Any) -> None:
    with cafe.scope():
        added = add()
        for _ in range(2):
            pause_recipient(added)
        assert Recipient.objects.get().state == Recipient.State.PAUSED
        for _ in range(2):
            resume_recipient(added)
        assert Recipient.objects.get().state == Recipient.State.ACTIVE
        assert actions() == ["recipient.added", "recipient.paused", "recipient.resumed"]


def test_one_that_is_removed_is_gone_with_its_secret(cafe: Any) -> None:
    with cafe.scope():
        added = add()
        remove_recipient(added)

        assert not Recipient.objects.exists()
        assert actions()[-1] == "recipient.removed"
        again = add()
        assert again.secret != added.secret


def test_a_stand_in_may_be_named_in_the_demo_alone(cafe: Any, settings: Any) -> None:
    settings.STANDINS_URL = "http://127.0.0.1:8200"
    with cafe.scope():
        settings.DEMO = False
        with pytest.raises(FetchError):
            add("http://127.0.0.1:8200/erased")
        settings.DEMO = True
        assert add("http://127.0.0.1:8200/erased").url == "http://127.0.0.1:8200/erased"
