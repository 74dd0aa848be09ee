"""A consent ends by a withdrawal alone: every reader says so, and so does the database."""

import datetime
import itertools
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.ending import end_due_records
from consent.ledger.holders import holders_of
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.ledger.sealing import seal
from consent.ledger.standing import standing_now, standing_on
from consent.ledger.withdrawing import can_be_withdrawn, withdraw
from tests.conftest import Business

Recording = Callable[..., ConsentRecord]
Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
SHOWN, GRANTED, REFUSED, WITHDRAWN = "shown", "granted", "refused", "withdrawn"
BERLIN = ZoneInfo("Europe/Berlin")
YEAR = timezone.localdate().year


def years_ago(years: float) -> datetime.datetime:
    return datetime.datetime(YEAR, 1, 1, tzinfo=BERLIN) - datetime.timedelta(days=365 * years)


@pytest.fixture
def guest(record: Recording) -> dict[str, Any]:
    return {"person_id": new_id(), "identifier": "guest@example.org"}


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ([GRANTED, SHOWN], 0),
        ([GRANTED, REFUSED], 0),
        ([GRANTED, GRANTED, SHOWN, REFUSED], 1),
        ([GRANTED, WITHDRAWN, SHOWN], 1),
        ([WITHDRAWN, GRANTED, SHOWN], 1),
        ([REFUSED, SHOWN], 0),
        ([REFUSED, REFUSED, SHOWN], 1),
        ([SHOWN, SHOWN], 1),
        ([REFUSED, GRANTED], 1),
    ],
)
def test_only_a_withdrawal_ends_what_was_granted(
    cafe: Business, record: Recording, guest: Any, said: list[str], standing: int
) -> None:
    with cafe.scope():
        made = [record(decision=Decision(each), **guest) for each in said]
        expected = [made[standing].pk]

        assert [each.pk for each in standing_now(guest["person_id"])] == expected
        found = standing_on(guest["identifier"], timezone.localdate())
        assert [each.pk for each in found] == expected
        holds = made[standing].decision == GRANTED
        granted = [each for each in made if each.decision == GRANTED]
        assert [can_be_withdrawn(each) for each in granted] == [holds] * len(granted)
    with platform_scope("test"):
        text = made[0].text_version_id
        for each in Decision:
            is_it = each == made[standing].decision
            assert holders_of([text], decisions=[each]).people == is_it


def test_who_was_told_of_new_words_still_takes_the_consent_back_with_one_press(
    cafe: Business, record: Recording, guest: Any, client: Client
) -> None:
    with cafe.scope():
        given = record(**guest)
        record(decision=Decision.SHOWN, **guest)
        address = "/" + receipt_address(given).split("/", 3)[3]
    page = client.get(address, headers={"accept-language": "en"}).text
    assert f'action="{address}withdraw/"' in page
    assert "It is withdrawn already." not in page

    client.post(f"{address}withdraw/")

    with cafe.scope():
        (standing,) = standing_now(guest["person_id"])
        assert standing.decision == Decision.WITHDRAWN
        assert withdraw(given).pk == standing.pk, "twice is once"
    assert f'action="{address}withdraw/"' not in client.get(address).text


def test_a_consent_from_a_clock_that_is_ahead_is_withdrawn_all_the_same(
    cafe: Business, record: Recording, guest: Any
) -> None:
    with cafe.scope():
        given = record(given_at=timezone.now() + datetime.timedelta(minutes=3), **guest)
        withdraw(given)

        assert not can_be_withdrawn(given)


def test_a_refusal_of_new_terms_ends_nothing_on_the_receipt_of_the_old_ones(
    cafe: Business, record: Recording, guest: Any, client: Client
) -> None:
    with cafe.scope():
        given = record(purpose=Purpose.TERMS, **guest)
        record(purpose=Purpose.TERMS, decision=Decision.REFUSED, **guest)
        page = client.get(receipt_address(given)).text

    assert "Sie ist bereits widerrufen." not in page
    assert "Seit " not in page


@pytest.mark.parametrize("day", [datetime.date.max, datetime.date.min])
def test_the_calendar_s_first_and_last_day_have_an_answer(
    cafe: Business, record: Recording, guest: Any, day: datetime.date
) -> None:
    with cafe.scope():
        record(**guest)

        assert len(standing_on(guest["identifier"], day)) == (day == datetime.date.max)


# --- How long a record is kept: the database's function and the declaration agree ---


def test_a_consent_that_holds_is_kept_with_what_was_shown_and_refused_since(
    cafe: Business, record: Recording, guest: Any
) -> None:
    with cafe.scope():
        record(given_at=years_ago(9), **guest)
        record(given_at=years_ago(8), decision=Decision.SHOWN, **guest)
        record(given_at=years_ago(7), decision=Decision.REFUSED, **guest)
    seal()

    assert end_due_records() == 0


def test_what_is_shown_after_the_end_keeps_no_withdrawn_consent(
    cafe: Business, record: Recording, guest: Any
) -> None:
    with cafe.scope():
        record(given_at=years_ago(9), **guest)
        record(given_at=years_ago(8), decision=Decision.WITHDRAWN, **guest)
        told = record(given_at=years_ago(1), decision=Decision.SHOWN, **guest)
    seal()

    assert end_due_records() == 2
    with cafe.scope():
        assert ConsentRecord.objects.get().pk == told.pk


def test_what_was_set_right_is_not_deleted_before_what_sets_it_right(
    cafe: Business, record: Recording, guest: Any
) -> None:
    """Nor after it: without its correction it would stand again."""
    with cafe.scope():
        wrong = record(given_at=years_ago(9), **guest)
        right = {"decision": Decision.REFUSED, "follows": wrong, "corrects": wrong}
        late = record(given_at=years_ago(1), **right)
    seal()
    assert end_due_records() == 0

    with cafe.scope():
        for each in (wrong, late):
            assert ConsentRecord.personal_data.end.ends_on(each).year == YEAR + 3


def test_what_was_set_right_goes_with_its_correction_also_after_a_withdrawal(
    cafe: Business, record: Recording, guest: Any
) -> None:
    with cafe.scope():
        wrong = record(given_at=years_ago(9), **guest)
        record(given_at=years_ago(8), decision=Decision.WITHDRAWN, **guest)
        right = {"decision": Decision.REFUSED, "follows": wrong, "corrects": wrong}
        late = record(given_at=years_ago(1), **right)
        end = ConsentRecord.personal_data.end
        assert end.ends_on(wrong) == end.ends_on(late)
    seal()

    assert end_due_records() == 1
    with cafe.scope():
        assert {each.pk for each in ConsentRecord.objects.all()} == {wrong.pk, late.pk}


@pytest.mark.parametrize("is_known", [True, False])
def test_the_database_deletes_what_the_declaration_says_has_ended(
    cafe: Business, record: Recording, is_known: bool
) -> None:
    """All ways in which three decisions can follow each other, the second one set right or not."""
    subjects = []
    with cafe.scope():
        for said in itertools.product(Decision, repeat=3):
            for is_corrected in (False, True):
                person = {"person_id": new_id(), "identifier": f"{new_id()}@example.org"}
                made = [
                    record(decision=each, given_at=years_ago(age), **person)
                    for each, age in zip(said, (6, 5, 1), strict=True)
                ]
                if is_corrected:
                    record(
                        decision=Decision.REFUSED,
                        given_at=years_ago(4),
                        follows=made[1],
                        corrects=made[1],
                    )
                subjects.append(made[0].subject_id)
        if not is_known:
            ConsentIdentity.objects.all().delete()
        today = timezone.localdate()
        ends = {
            each.pk: ConsentRecord.personal_data.end.ends_on(each)
            for each in ConsentRecord.objects.filter(subject_id__in=subjects)
        }
    seal()
    end_due_records()

    with cafe.scope():
        left = set(ConsentRecord.objects.values_list("pk", flat=True))
    assert left == {pk for pk, day in ends.items() if day is None or day > today}
    assert len(left) < len(ends)
