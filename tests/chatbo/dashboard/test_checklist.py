"""Each step is done when its deed is, done by the product's own use cases, and no sooner."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chatbo.conversation.going_live import go_live
from chatbo.conversation.legal import fixed_menu
from chatbo.dashboard.checklist import Checklist
from chatbo.foundation.isolation import platform_scope
from consent.embeds.tools import create_tool, switch_off_tool
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from dpa.contracts.signing import countersign_contract, reject_contract
from dpa.contracts.tasks import seal
from tenants.accounts.company import change_company
from tenants.accounts.models import PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tenants.accounts.support import grant_support
from tenants.bots.bots import create_bot
from tenants.bots.channels import disconnect_channel, switch_on_web_chat
from tenants.bots.models import Bot
from tests.chatbo.dashboard.conftest import Visitor
from tests.dpa.contracts.conftest import DATA, sign

FACTS = {
    "legal_form": "sole",
    "street": "Rosenweg 4",
    "postal_code": "04109",
    "city": "Leipzig",
    "representative": "Maria Beispiel",
    "representative_function": "Inhaberin",
}
COMPANY, BOT, CHANNEL, AGREEMENT, LIVE, PASSAGE, BUTTON = range(7)

Home = Callable[[], Any]


@pytest.fixture
def owner(visitor: Visitor, cafe: Any) -> Client:
    return visitor(cafe.owner)


@pytest.fixture
def home(owner: Client, cafe: Any) -> Home:
    return lambda: owner.get(f"/app/{cafe.tenant.slug}/")


@pytest.fixture
def bot(cafe: Any) -> Bot:
    with cafe.scope():
        return create_bot(name="Morgenrot")


@pytest.fixture
def signed(cafe: Any) -> Contract:
    with cafe.scope():
        draft = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
        return sign(draft, cafe.owner)


def put_in_force(contract: Contract, *, admin: User) -> None:
    with platform_scope("test"):
        countersign_contract(contract, admin=admin)
    seal(str(contract.tenant_id), str(contract.pk))


def done(answer: Any) -> set[int]:
    checklist: Checklist = answer.context["checklist"]
    return {number for number, step in enumerate(checklist.steps) if step.done}


def next_thing(answer: Any) -> str:
    """The text of the one step that carries the accent; a second one would fail."""
    (step,) = re.findall(r'<li class="is-next" aria-current="step">.*?</li>', page(answer), re.S)
    return step


def page(answer: Any) -> str:
    return answer.content.decode()


def test_a_business_of_today_begins_with_its_own_name_and_address(home: Home, cafe: Any) -> None:
    start = home()

    assert done(start) == set()
    assert f"/app/{cafe.tenant.slug}/settings/" in next_thing(start)
    assert page(start).count("btn-accent") == 1


def test_half_an_address_is_not_a_company(home: Home, cafe: Any) -> None:
    with cafe.scope():
        change_company(cafe.tenant, facts={**FACTS, "city": ""})
    assert done(home()) == set()

    with cafe.scope():
        change_company(cafe.tenant, facts=FACTS)
    assert done(home()) == {COMPANY}
    assert f"/app/{cafe.tenant.slug}/bots/new/" in next_thing(home())


def test_a_bot_does_not_count_as_connected(home: Home, cafe: Any, bot: Bot) -> None:
    assert done(home()) == {BOT}

    with cafe.scope():
        channel = switch_on_web_chat(bot, menu=fixed_menu(bot))
    assert done(home()) == {BOT, CHANNEL}

    with cafe.scope():
        disconnect_channel(channel)
    assert done(home()) == {BOT}


def test_a_draft_is_not_a_signature(home: Home, cafe: Any) -> None:
    with cafe.scope():
        draft = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
    assert AGREEMENT not in done(home())

    with cafe.scope():
        sign(draft, cafe.owner)
    assert AGREEMENT in done(home())


def test_a_contract_sent_back_is_to_be_signed_again(
    home: Home, signed: Contract, admin: User
) -> None:
    with platform_scope("test"):
        reject_contract(signed, admin=admin, reason="The street is missing.")

    answer = home()

    assert AGREEMENT not in done(answer)
    assert "Correct it and sign again" in page(answer)


def test_while_chatbo_checks_the_contract_there_is_a_bot_to_try(
    home: Home, bot: Bot, signed: Contract
) -> None:
    step = home().context["checklist"].steps[LIVE]

    assert not step.done
    assert step.url.endswith(f"/bots/{bot.pk}/try/")


def test_the_passage_is_taken_by_whoever_opens_its_page(
    home: Home, owner: Client, cafe: Any
) -> None:
    assert PASSAGE not in done(home())

    owner.get(f"/app/{cafe.tenant.slug}/passage/")

    assert PASSAGE in done(home())


def test_what_support_looks_at_is_not_done_by_that(home: Home, cafe: Any, visitor: Visitor) -> None:
    colleague = User.objects.create_user("help@chatbo.example", name="Help")
    grant_platform_role(colleague, role=PlatformRole.SUPPORT)
    with cafe.scope():
        grant_support(granted_by=cafe.owner, reason="Help", days=1)

    assert visitor(colleague).get(f"/app/{cafe.tenant.slug}/passage/").status_code == 200

    assert PASSAGE not in done(home())


def test_a_button_that_is_off_leads_nowhere(home: Home, cafe: Any, bot: Bot) -> None:
    with cafe.scope():
        switch_on_web_chat(bot, menu=fixed_menu(bot))
        tool = create_tool(bot, label="Chat mit uns")
    assert BUTTON in done(home())

    with cafe.scope():
        switch_off_tool(tool)
    assert BUTTON not in done(home())


def test_with_everything_done_the_list_is_gone(
    home: Home, owner: Client, cafe: Any, bot: Bot, signed: Contract, admin: User, queue: list[Any]
) -> None:
    put_in_force(signed, admin=admin)
    with cafe.scope():
        switch_on_web_chat(bot, menu=fixed_menu(bot))
        create_tool(bot, label="Chat mit uns")
    owner.get(f"/app/{cafe.tenant.slug}/passage/")
    assert done(home()) == set(range(7)) - {LIVE}
    assert f"/bots/{bot.pk}/" in next_thing(home())

    with cafe.scope():
        go_live(bot)

    answer = home()
    assert answer.context["checklist"].is_complete
    assert answer.context["checklist"].percent == 100
    assert 'class="checklist"' not in page(answer)


def test_the_neighbour_s_deeds_are_not_one_s_own(
    visitor: Visitor, dentist: Any, bot: Bot, signed: Contract
) -> None:
    neighbour = visitor(dentist.owner).get(f"/app/{dentist.tenant.slug}/")

    assert done(neighbour) == set()


def test_the_list_speaks_german_too(owner: Client, cafe: Any) -> None:
    answer = owner.get(f"/app/{cafe.tenant.slug}/", headers={"accept-language": "de"})

    assert "Ihr Weg" in page(answer)
    assert "0 von 7" in page(answer)
