"""A bot goes live only with contract, imprint and privacy policy (promise 8 of the design)."""

from typing import Any

import pytest

from chatbo.conversation import readiness
from chatbo.conversation.errors import NotReadyError
from chatbo.conversation.going_live import go_live
from chatbo.conversation.readiness import Missing, missing_for_going_live
from tenants.accounts.models import Tenant
from tenants.bots.bots import create_bot
from tenants.bots.models import Bot, Channel


def with_company(tenant: Tenant) -> Tenant:
    tenant.street, tenant.postal_code, tenant.city = "Am Markt 1", "12345", "Musterstadt"
    tenant.save()
    return tenant


def test_nothing_there_names_all_reasons(cafe: Any) -> None:
    with cafe.scope():
        bot = create_bot(name="Morgenrot")

        with pytest.raises(NotReadyError) as raised:
            go_live(bot)

        bot.refresh_from_db()
    assert raised.value.missing == [Missing.IMPRINT, Missing.PRIVACY, Missing.AGREEMENT]
    assert bot.state == Bot.State.DRAFT


def test_the_hosted_pages_serve_once_the_company_is_known(cafe: Any) -> None:
    with cafe.scope():
        assert missing_for_going_live(with_company(cafe.tenant)) == [Missing.AGREEMENT]


def test_own_addresses_serve_as_well(cafe: Any) -> None:
    cafe.tenant.imprint_url = "https://cafe-morgenrot.example/impressum"
    with cafe.scope():
        assert missing_for_going_live(cafe.tenant) == [Missing.PRIVACY, Missing.AGREEMENT]


def test_without_the_contract_addresses_are_not_enough(cafe: Any) -> None:
    with cafe.scope():
        with_company(cafe.tenant)
        with pytest.raises(NotReadyError) as raised:
            go_live(create_bot(name="Morgenrot"))
    assert raised.value.missing == [Missing.AGREEMENT]


def test_with_the_contract_in_force_it_goes_live_and_renews_outdated_menus(
    cafe: Any, channel: Channel, queue: list[Any], commit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract's own way is tested in its room; here it is simply in force."""
    monkeypatch.setattr(readiness, "agreement_in_force", lambda tenant_id: object())
    with commit(), cafe.scope():
        Bot.objects.update(state=Bot.State.DRAFT)
        cafe.tenant.imprint_url = "https://cafe-morgenrot.example/neu"
        cafe.tenant.save()
        bot = go_live(channel.bot)
        go_live(bot)

        channel.refresh_from_db()
    assert bot.state == Bot.State.LIVE
    assert channel.menu["imprint_url"] == "https://cafe-morgenrot.example/neu"
    assert {name for name, *_ in queue} == {"bots.set_menu"}
