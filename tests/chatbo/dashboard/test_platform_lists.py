"""The platform's tables: every business and every open erasure, and nothing of any person."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatbo.conversation.legal import fixed_menu
from consent.erasure.models import Erasure
from consent.erasure.policy import policy_for
from consent.erasure.requests import request_erasure
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from tenants.accounts.models import User
from tenants.accounts.registration import found_tenant
from tenants.bots.bots import create_bot
from tenants.bots.channels import switch_on_web_chat
from tenants.bots.models import Bot, Subscriber, subscriber_index
from tests.chatbo.dashboard.conftest import Visitor
from tests.dpa.contracts.conftest import DATA, sign

PERSON = "MARKER-psid-4711"


PAGES = ("", "tenants/", "erasures/", "contracts/")


def open_erasure(business: Any, *, due_in: int, **facts: Any) -> Erasure:
    with business.scope():
        return Erasure.objects.create(
            policy=policy_for("bots.Subscriber"),
            subject_id=uuid.uuid4(),
            channel_id=uuid.uuid4(),
            origin=Erasure.Origin.BOT,
            # At noon of that day, so to speak: counting days rounds down.
            due_at=timezone.now() + timedelta(days=due_in, hours=1),
            **facts,
        )


def listed(desk: Client, **asked: Any) -> list[str]:
    table = desk.get("/platform/tenants/", asked).context["table"]
    return [row.record.company for row in table.paginated_rows]


@pytest.fixture
def subscriber(cafe: Any, queue: list[Any]) -> Subscriber:
    with cafe.scope():
        bot = create_bot(name="Morgenrot")
        channel = switch_on_web_chat(bot, menu=fixed_menu(bot))
        return Subscriber.objects.create(
            channel=channel,
            external_id=PERSON,
            external_index=subscriber_index(channel.pk, PERSON),
        )


@pytest.fixture
def overdue(cafe: Any) -> Erasure:
    with cafe.scope():
        return Erasure.objects.create(
            policy=policy_for("bots.Subscriber"),
            subject_id=uuid.uuid4(),
            channel_id=uuid.uuid4(),
            origin=Erasure.Origin.BOT,
            address=PERSON,
            due_at=timezone.now() - timedelta(days=1),
            last_error="platform_unreachable",
        )


def test_an_admin_finds_every_business(
    visitor: Visitor, admin: User, cafe: Any, dentist: Any
) -> None:
    desk = visitor(admin)

    everybody = desk.get("/platform/tenants/").content.decode()
    found = desk.get("/platform/tenants/", {"q": "linde"}).content.decode()

    assert cafe.tenant.company in everybody
    assert dentist.tenant.company in everybody
    assert dentist.tenant.company in found
    assert cafe.tenant.company not in found


def test_the_search_knows_the_address_too_and_says_when_it_finds_nothing(
    visitor: Visitor, admin: User, cafe: Any
) -> None:
    desk = visitor(admin)

    assert listed(desk, q=" CAFE-morgen ") == [cafe.tenant.company]
    nothing = desk.get("/platform/tenants/", {"q": "%"})
    assert "Nothing found" in nothing.content.decode()


def test_without_any_business_the_page_says_so(visitor: Visitor, admin: User) -> None:
    page = visitor(admin).get("/platform/tenants/").content.decode()

    assert "No business yet" in page
    assert "<table" not in page


def test_the_list_is_sorted_as_asked_and_by_nothing_else(
    visitor: Visitor, admin: User, cafe: Any, dentist: Any
) -> None:
    desk, both = visitor(admin), [cafe.tenant.company, dentist.tenant.company]
    with dentist.scope():
        create_bot(name="Linde")
        Bot.objects.update(state=Bot.State.LIVE)

    assert listed(desk) == both
    assert listed(desk, sort="-company") == both[::-1]
    assert listed(desk, sort="-live_bots") == both[::-1]
    assert listed(desk, sort="owner__password") == both


def test_a_page_holds_twenty_five_whatever_is_asked(
    visitor: Visitor, admin: User, cafe: Any
) -> None:
    for number in range(26):
        found_tenant(cafe.owner, company=f"Bakery {number:02}")
    desk = visitor(admin)

    assert len(listed(desk)) == 25
    assert len(listed(desk, per_page=1000)) == 25
    assert listed(desk, page=2) == ["Bakery 25", cafe.tenant.company]
    assert listed(desk, page=2, q="bakery") == ["Bakery 25"]
    assert listed(desk, page=99) == listed(desk, page=2)


def test_the_contract_that_counts_is_shown_and_only_live_bots(
    visitor: Visitor, admin: User, cafe: Any, dentist: Any
) -> None:
    with cafe.scope():
        create_bot(name="a draft")
        sign(draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de"), cafe.owner)

    table = visitor(admin).get("/platform/tenants/").context["table"]

    signed, none = [row.record for row in table.paginated_rows]
    assert (signed.agreement, signed.live_bots) == (Contract.State.SIGNED, 0)
    assert (none.agreement, none.live_bots) == (None, 0)


def test_of_a_business_s_subscribers_nothing_is_shown(
    visitor: Visitor, admin: User, cafe: Any, subscriber: Subscriber
) -> None:
    desk = visitor(admin)
    pages = [desk.get(f"/platform/{path}").content.decode() for path in PAGES]
    with cafe.scope():
        request_erasure(subscriber, origin=Erasure.Origin.BOT)
    pages += [desk.get(f"/platform/{path}").content.decode() for path in PAGES]

    secrets = (PERSON, str(subscriber.pk), subscriber.external_index, str(subscriber.channel_id))
    assert not [secret for secret in secrets for page in pages if secret in page]


def test_the_overdue_come_first_then_those_that_were_carried_out(
    visitor: Visitor, admin: User, cafe: Any, dentist: Any
) -> None:
    now = timezone.now()
    for business, days, deleted_at in [(cafe, 9, None), (dentist, -9, None), (cafe, -20, now)]:
        open_erasure(business, due_in=days, deleted_at=deleted_at)

    answer = visitor(admin).get("/platform/erasures/")

    rows = [row.record for row in answer.context["table"].paginated_rows]
    assert [(row.due_at - now).days for row in rows] == [-9, 9, -20]
    assert [row.company for row in rows] == [
        dentist.tenant.company,
        cafe.tenant.company,
        cafe.tenant.company,
    ]
    assert (answer.context["open"], answer.context["overdue"]) == (3, 1)
    assert answer.content.decode().count("overdue</span>") == 1


def test_what_is_finished_is_listed_no_more(visitor: Visitor, admin: User, cafe: Any) -> None:
    erasure = open_erasure(cafe, due_in=9)
    with cafe.scope():
        erasure.finish()

    page = visitor(admin).get("/platform/erasures/").content.decode()

    assert "Nothing is open" in page
    assert erasure.code not in page


def test_an_overdue_erasure_is_shown_by_its_code_and_never_by_its_person(
    visitor: Visitor, admin: User, overdue: Erasure
) -> None:
    page = visitor(admin).get("/platform/erasures/").content.decode()

    assert overdue.code in page
    assert "overdue" in page
    assert overdue.last_error in page
    for secret in (PERSON, str(overdue.subject_id), str(overdue.channel_id)):
        assert secret not in page


@pytest.mark.parametrize("path", ["", "tenants/", "erasures/", "texts/", "contracts/"])
def test_no_business_sees_the_platform(visitor: Visitor, cafe: Any, path: str) -> None:
    assert visitor(cafe.owner).get(f"/platform/{path}").status_code == 404
    assert Client().get(f"/platform/{path}").status_code == 302
