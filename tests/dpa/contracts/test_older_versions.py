"""Who holds a contract of an older version is computed from the contracts and the approvals."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, decide_on_text, text_in_force
from dpa.contracts.drafting import draft_contract
from dpa.contracts.models import Contract
from dpa.contracts.older_versions import (
    businesses_holding,
    contracts_concerned,
    effect_on,
    effects_of_changes,
)
from dpa.contracts.signing import countersign_contract
from dpa.contracts.tasks import seal
from tenants.accounts.models import User
from tests.dpa.contracts.conftest import DATA, sign
from tests.next_versions import approve, submit_next

ASK, INFORM, EDITORIAL = Effect.ASK, Effect.INFORM, Effect.EDITORIAL
Change = Callable[..., TextVersion]


@pytest.fixture
def lawyer(cafe: Any) -> User:
    return User.objects.get(email="lawyer@chatbo.example")


@pytest.fixture
def change(cafe: Any) -> Change:
    def changed(key: str, effect: Effect, *, approved: bool = True, **more: Any) -> TextVersion:
        words = f"\n\n## Neu {TextVersion.objects.count()}\n\nEin Satz mehr."
        new = submit_next(key, effect, words=words, **more)
        return approve(new) if approved else new

    return changed


@pytest.fixture
def agree(admin: User, queue: list[Any]) -> Callable[[Any], Contract]:
    """A business's contract, from its draft to its seal."""

    def agreed(business: Any) -> Contract:
        with business.scope():
            drafted = draft_contract(business.tenant, user=business.owner, data=DATA, language="de")
            signed = sign(drafted, business.owner)
        with platform_scope("test"):
            countersign_contract(signed, admin=admin)
        seal(str(business.tenant.pk), str(signed.pk))
        with platform_scope("test"):
            return Contract.objects.get(pk=signed.pk)

    return agreed


def concerned() -> list[tuple[str, Effect]]:
    with platform_scope("test"):
        effects = effects_of_changes()
        return [(c.number, effect_on(c, effects)) for c in contracts_concerned(effects)]


def test_a_contract_of_the_texts_in_force_concerns_nobody(cafe: Any, agree: Any) -> None:
    agree(cafe)
    assert concerned() == []


@pytest.mark.parametrize("key", ["avv", "avv-annex-processing", "avv-annex-toms"])
@pytest.mark.parametrize("effect", [ASK, INFORM])
def test_a_change_of_any_of_its_texts_names_it(
    cafe: Any, agree: Any, change: Change, key: str, effect: Effect
) -> None:
    contract = agree(cafe)
    change(key, effect)
    assert concerned() == [(contract.number, effect)]


def test_a_little_change_names_nobody(cafe: Any, agree: Any, change: Change) -> None:
    agree(cafe)
    change("avv", EDITORIAL)
    change("avv", ASK, approved=False)
    assert concerned() == []


def test_the_strongest_change_of_all_texts_counts(cafe: Any, agree: Any, change: Change) -> None:
    contract = agree(cafe)
    change("avv", INFORM)
    change("avv-annex-toms", ASK)
    change("avv", EDITORIAL)
    assert concerned() == [(contract.number, ASK)]


def test_who_has_signed_the_new_one_since_is_not_named(
    cafe: Any, dentist: Any, agree: Any, change: Change
) -> None:
    agree(cafe)
    older = agree(dentist)
    change("avv", ASK)
    agree(cafe)
    assert concerned() == [(older.number, ASK)]


def test_a_contract_that_never_came_to_be_is_not_named(signed: Contract, change: Change) -> None:
    change("avv", ASK)
    assert concerned() == []


def test_the_next_contract_shows_how_far_it_is(cafe: Any, agree: Any, change: Change) -> None:
    agree(cafe)
    change("avv", ASK)
    with cafe.scope():
        draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
    with platform_scope("test"):
        (found,) = contracts_concerned(effects_of_changes())
    assert found.next_state == Contract.State.DRAFT


def test_it_costs_the_same_however_many_contracts_there_are(
    cafe: Any, dentist: Any, agree: Any, change: Change, django_assert_max_num_queries: Any
) -> None:
    agree(cafe)
    agree(dentist)
    change("avv", ASK)
    with platform_scope("test"):
        effects = effects_of_changes()
        with django_assert_max_num_queries(1):
            assert len(list(contracts_concerned(effects))) == 2


def test_how_many_hold_a_version_is_counted(
    cafe: Any, dentist: Any, agree: Any, change: Change
) -> None:
    first = text_in_force("avv", "de")
    agree(cafe)
    agree(dentist)
    second = change("avv", ASK)
    agree(cafe)
    with platform_scope("test"):
        assert businesses_holding([first.pk]) == 1
        assert businesses_holding([second.pk]) == 1
        assert businesses_holding([first.pk, second.pk]) == 2
        assert businesses_holding([]) == 0


def test_the_platforms_page_lists_them(
    cafe: Any, agree: Any, change: Change, admin: User, logged_in: Any
) -> None:
    desk = logged_in(admin)
    desk.cookies["django_language"] = "en"
    contract = agree(cafe)
    before = desk.get("/platform/contracts/").content.decode()
    assert "Hold an older version" not in before
    change("avv", ASK)

    page = desk.get("/platform/contracts/").content.decode()

    assert "Hold an older version" in page
    listed = page.split("Hold an older version")[1].split("</section>")[0]
    assert contract.number in listed
    assert "a new signature" in listed
    assert "none yet" in listed


def test_a_text_without_a_version_in_force_stops_nothing(
    cafe: Any, agree: Any, lawyer: User, admin: User, logged_in: Any
) -> None:
    agree(cafe)
    decide_on_text(
        text_in_force("avv", "de"),
        lawyer=lawyer,
        verdict=Approval.Verdict.REJECTED,
        remark="No.",
    )
    assert concerned() == []
    assert logged_in(admin).get("/platform/contracts/").status_code == 200


def test_a_version_for_later_asks_nobody_yet(cafe: Any, agree: Any, change: Change) -> None:
    agree(cafe)
    change("avv", ASK, valid_from=timezone.now() + timedelta(days=30))
    assert concerned() == []
