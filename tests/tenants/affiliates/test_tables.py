"""The table of referrals: the newest first, sorted and paged, in the partner's language."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from chatbo.foundation.isolation import partner_scope
from chatbo.foundation.isolation.ids import new_id
from tenants.accounts.models import User
from tenants.affiliates.models import Partner, Referral
from tenants.affiliates.referring import make_partner

MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture
def linde(db: None) -> Partner:
    user = User.objects.create_user("linde@partner.example", name="Linde")
    return make_partner(user, code="LINDE10")


def referred(partner: Partner, number: int) -> None:
    """So many businesses, a day apart; the last one is a customer by now."""
    with partner_scope(partner.pk):
        for day in range(number):
            referral = Referral.objects.create(
                partner_id=partner.pk,
                referred_tenant_id=new_id(),
                consented_at=MORNING + timedelta(days=day),
            )
            Referral.objects.filter(pk=referral.pk).update(
                created_at=MORNING + timedelta(days=day, minutes=1)
            )
        Referral.objects.filter(pk=referral.pk).update(state=Referral.State.CUSTOMER)


def answer_for(partner: Partner, *, language: str = "en", **asked: Any) -> Any:
    client = Client(headers={"accept-language": language})
    client.force_login(partner.user)
    return client.get("/partner/", asked)


def days(answer: Any) -> list[int]:
    table = answer.context["table"]
    return [row.record.consented_at.day for row in table.paginated_rows]


def test_the_newest_comes_first_and_the_oldest_when_asked(linde: Partner) -> None:
    referred(linde, 3)

    assert days(answer_for(linde)) == [4, 3, 2]
    assert days(answer_for(linde, sort="created_at")) == [2, 3, 4]
    assert days(answer_for(linde, sort="referred_tenant_id")) == [4, 3, 2]


def test_a_page_holds_twenty_five_whatever_is_asked(linde: Partner) -> None:
    referred(linde, 27)

    assert len(days(answer_for(linde, per_page=1000))) == 25
    assert len(days(answer_for(linde, page=2))) == 2
    assert len(days(answer_for(linde, page="nonsense"))) == 25
    assert answer_for(linde).context["total"] == 27
    assert answer_for(linde).context["customers"] == 1


def test_when_consent_came_is_said_in_word_and_date(linde: Partner) -> None:
    referred(linde, 1)

    german = answer_for(linde, language="de").content.decode()
    english = answer_for(linde).content.decode()

    assert "02.03.2026 09:30" in german
    assert "erteilt" in german
    assert "given" in english


def test_with_none_there_it_says_what_to_do(linde: Partner) -> None:
    page = answer_for(linde).content.decode()

    assert "No referral yet" in page
    assert "<table" not in page
