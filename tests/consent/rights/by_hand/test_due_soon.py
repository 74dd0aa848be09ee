"""A week before the answer is due the business is told: by mail, once, and on its home."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.rights.by_hand import warning
from consent.rights.by_hand.checking import extend_time
from consent.rights.by_hand.closing import withdraw_request
from consent.rights.models import RightsRequest
from consent.rights.tasks import warn
from tenants.accounts.models import Membership
from tests.outbox import mails
from tests.visitors import visitor

HOME = "/app/cafe-morgenrot/"


@pytest.fixture
def due_in(cafe, enter):
    def made(days):
        wish = enter()
        with cafe.scope():
            due = timezone.localdate() + timedelta(days=days)
            RightsRequest.objects.filter(pk=wish.pk).delete()
            wish.due_on = due
            wish.received_on = due - timedelta(days=28)
            wish.save(force_insert=True)
        return wish

    return made


def test_owners_and_data_protection_officers_are_told_once(cafe, due_in):
    officer = cafe.member(Membership.Role.DPO)
    cafe.member(Membership.Role.EDITOR)
    wish = due_in(7)

    for _time in range(2):
        warn()

    assert {each.recipient for each in mails()} == {cafe.owner.email, officer.email}
    assert len(mails()) == 2
    for mail in mails():
        assert f"/app/cafe-morgenrot/requests/{wish.pk}/" in mail.body
        assert "Please delete me" not in mail.body
        assert "Rosenweg" not in mail.body


def test_one_that_fails_holds_up_no_other_and_is_tried_again(cafe, due_in, monkeypatch):
    failing, fine = due_in(6), due_in(7)
    queue = warning.queue_mail

    def fails(**mail):
        if mail["context"]["request"] == failing:
            raise ZeroDivisionError
        queue(**mail)

    with monkeypatch.context() as patch:
        patch.setattr(warning, "queue_mail", fails)
        warn()

    assert [str(fine.pk) in mail.body for mail in mails()] == [True]
    warn()
    assert len(mails()) == 2


@pytest.mark.parametrize("days", [8, 20])
def test_earlier_nobody_is(due_in, days):
    due_in(days)

    warn()

    assert not mails()


def test_of_a_closed_one_nobody_is(cafe, due_in):
    with cafe.scope():
        withdraw_request(due_in(-3))

    warn()

    assert not mails()


def test_extended_they_are_told_again_before_the_new_day(cafe, due_in):
    wish = due_in(2)
    warn()
    with cafe.scope():
        extend_time(wish, reason="Complex")
    warn()
    assert len(mails()) == 1
    with cafe.scope():
        assert RightsRequest.objects.get().warned_at is None


def test_of_one_that_is_over_it_says_so(due_in):
    due_in(-1)

    warn()

    assert mails()[0].subject == "Die Antwort auf einen Antrag ist überfällig"


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "request is overdue"), (0, "due within a week"), (7, "due within a week")],
)
def test_the_home_says_so(cafe, due_in, days, words):
    due_in(days)

    page = visitor(cafe.owner).get(HOME).text

    assert words in page
    assert "/app/cafe-morgenrot/requests/" in page


def test_the_home_is_silent_before_and_after(cafe, due_in):
    wish = due_in(8)
    assert "answer to a request" not in visitor(cafe.owner).get(HOME).text
    with cafe.scope():
        withdraw_request(wish)
    assert "answer to a request" not in visitor(cafe.owner).get(HOME).text
