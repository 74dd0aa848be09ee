"""A business's home: what is urgent, who waits for whom, and nothing of the neighbour's."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatbo.conversation.legal import fixed_menu
from chatbo.foundation.isolation import platform_scope
from consent.erasure.leaving.asking import end_tenant
from consent.erasure.leaving.models import TenantEnding
from consent.erasure.models import Erasure
from consent.erasure.policy import policy_for
from consent.ledger.models import ConsentRecord
from consent.ledger.recording import record_consent
from consent.rights.models import Restriction
from consent.rights.restricting import leave_in_force, lift, restrict
from consent.texts.versions import text_in_force
from dpa.contracts.drafting import draft_contract
from dpa.contracts.signing import reject_contract
from tenants.accounts.models import User
from tenants.bots.bots import create_bot
from tenants.bots.channels import note_trouble, note_well, switch_on_web_chat
from tenants.bots.platforms.errors import TokenDeadError
from tests.chatbo.dashboard.conftest import Visitor
from tests.consent.erasure.crowds import channel_of_bot, someone
from tests.dpa.contracts.conftest import DATA, sign


@pytest.fixture
def overdue_elsewhere(dentist: Any) -> None:
    """What must not be counted at the café's."""
    erasure_of(dentist)


def erasure_of(business: Any) -> None:
    with business.scope():
        Erasure.objects.create(
            policy=policy_for("bots.Subscriber"),
            subject_id=uuid.uuid4(),
            channel_id=uuid.uuid4(),
            origin=Erasure.Origin.BOT,
            due_at=timezone.now() - timedelta(days=1),
        )


def titles(client: Client, business: Any) -> list[str]:
    notices = client.get(f"/app/{business.tenant.slug}/").context["notices"]
    return [notice["title"] for notice in notices]


@pytest.mark.parametrize("contract", ["none", "rejected"])
def test_who_leaves_is_offered_nothing_to_set_up_and_nothing_to_sign(
    visitor: Visitor, cafe: Any, admin: User, contract: str
) -> None:
    member = visitor(cafe.owner)
    home = f"/app/{cafe.tenant.slug}/"
    if contract == "rejected":
        with cafe.scope():
            draft = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
            signed = sign(draft, cafe.owner)
        with platform_scope("test"):
            reject_contract(signed, admin=admin, reason="The street is missing.")
        assert titles(member, cafe) == ["We sent your contract back"]
    assert "Sign the data processing agreement" in member.get(home).text
    with cafe.scope():
        cafe.tenant.refresh_from_db()
        end_tenant(
            cafe.tenant,
            typed=cafe.tenant.company,
            choice=TenantEnding.Choice.DELETION,
            by=cafe.owner,
            language="de",
        )

    page = member.get(home)

    assert "Your business leaves ChatBo" in page.text
    assert page.context["checklist"] is None
    assert "Sign the data processing agreement" not in page.text
    assert "Your way to going live" not in page.text
    assert titles(member, cafe) == []
    assert "At a glance" in page.text


def test_the_home_says_what_to_do_next(visitor: Visitor, cafe: Any) -> None:
    home = visitor(cafe.owner).get(f"/app/{cafe.tenant.slug}/")

    checklist = home.context["checklist"]
    assert checklist.done == 0
    assert not checklist.is_complete
    page = home.content.decode()
    assert all(step.url in page for step in checklist.steps if step.url)


def test_the_number_of_consents_is_that_of_the_list_it_leads_to(
    visitor: Visitor, cafe: Any
) -> None:
    with cafe.scope():
        for decision in ("granted", "granted", "refused", "shown"):
            record_consent(
                text_in_force("consent-newsletter", "de"),
                purpose=ConsentRecord.Purpose.NEWSLETTER,
                decision=ConsentRecord.Decision(decision),
                source=ConsentRecord.Source.SIGNUP,
                controller=ConsentRecord.Controller.PLATFORM,
            )
    home = visitor(cafe.owner)

    page = home.get(f"/app/{cafe.tenant.slug}/", headers={"accept-language": "en"}).text
    tile = page[page.index("Consents given") - 800 :]
    way = re.search(r'href="([^"]*consents/[^"]*)"', tile)
    number = re.search(r'stat-value">(\d+)', tile[800:])
    assert way is not None
    assert number is not None
    assert number[1] == "2"
    assert home.get(way[1]).context["table"].paginator.count == 2


def test_an_overdue_erasure_is_the_first_thing_one_sees(
    visitor: Visitor, cafe: Any, overdue_elsewhere: None
) -> None:
    home = visitor(cafe.owner)
    address = f"/app/{cafe.tenant.slug}/"
    assert home.get(address).context["notices"] == []

    erasure_of(cafe)

    (notice,) = home.get(address).context["notices"]
    assert (notice["tone"], notice["title"]) == ("danger", "An erasure is overdue")
    assert home.get(address).context["numbers"].overdue_erasures == 1


@pytest.mark.parametrize(
    ("days", "failing", "words"),
    [
        (3, False, ["An erasure is due within a week"]),
        (3, True, ["An erasure is due within a week"]),
        (20, True, ["An erasure does not succeed"]),
        (20, False, []),
    ],
)
def test_an_erasure_that_is_due_soon_or_fails_is_named_in_time(
    visitor: Visitor, cafe: Any, days: int, failing: bool, words: list[str]
) -> None:
    erasure_of(cafe)
    now = timezone.now()
    with cafe.scope():
        Erasure.objects.update(
            due_at=now + timedelta(days=days), failed_at=now if failing else None
        )

    assert titles(visitor(cafe.owner), cafe) == words


def test_a_channel_that_the_platform_refuses_is_named_in_time(visitor: Visitor, cafe: Any) -> None:
    with cafe.scope():
        bot = create_bot(name="Morgenrot")
        channel = switch_on_web_chat(bot, menu=fixed_menu(bot))
        note_trouble(channel.pk, TokenDeadError("190"))

    assert titles(visitor(cafe.owner), cafe) == ["A channel needs your attention"]

    with cafe.scope():
        note_well(channel.pk)
    assert titles(visitor(cafe.owner), cafe) == []


def test_that_somebody_could_not_be_told_of_the_end_of_a_restriction_stands_on_the_home(
    visitor: Visitor, cafe: Any, dentist: Any, queue: list[Any]
) -> None:
    home = visitor(cafe.owner)
    with cafe.scope():
        who = someone(channel_of_bot("Frieda"), "anna")
        restriction = restrict(who, ground=Restriction.Ground.ACCURACY, by=cafe.owner)
        lift(restriction, by=cafe.owner)
        assert titles(home, cafe) == [], "being told"
        leave_in_force(Restriction.objects.get(), why="2018278")

    assert titles(home, cafe) == ["Somebody could not be told that a restriction ends"]
    (notice,) = home.get(f"/app/{cafe.tenant.slug}/").context["notices"]
    assert [row.record for row in home.get(notice["href"]).context["table"].page] == [who]
    assert titles(visitor(dentist.owner), dentist) == []
    assert titles(visitor(cafe.member("editor")), cafe) == [], "who may not look at people"


def test_whose_turn_it_is_with_the_contract_is_said(
    visitor: Visitor, cafe: Any, dentist: Any, admin: User
) -> None:
    home = visitor(cafe.owner)
    with cafe.scope():
        draft = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
        assert titles(home, cafe) == []
        signed = sign(draft, cafe.owner)
    assert titles(home, cafe) == ["Your contract is with us"]

    with platform_scope("test"):
        reject_contract(signed, admin=admin, reason="The street is missing.")

    assert titles(home, cafe) == ["We sent your contract back"]
    page = home.get(f"/app/{cafe.tenant.slug}/").content.decode()
    assert "The street is missing." in page
    assert f"/contracts/{signed.pk}/" in page
    assert titles(visitor(dentist.owner), dentist) == []


def test_the_urgent_stands_before_the_contract(
    visitor: Visitor, cafe: Any, overdue_elsewhere: None
) -> None:
    erasure_of(cafe)
    with cafe.scope():
        sign(draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de"), cafe.owner)

    assert titles(visitor(cafe.owner), cafe) == [
        "An erasure is overdue",
        "Your contract is with us",
    ]


def test_the_neighbours_home_is_not_there(visitor: Visitor, cafe: Any, dentist: Any) -> None:
    assert visitor(cafe.owner).get(f"/app/{dentist.tenant.slug}/").status_code == 404
    assert visitor(cafe.owner).get("/app/no-such-business/").status_code == 404
