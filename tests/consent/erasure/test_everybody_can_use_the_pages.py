"""Each page about erasure is looked at by axe in a real browser: wide and light, narrow and dark.

None is named here but those that have to be in another state (WCAG 2.2 AA, European Accessibility
Act): what stands below the addresses is walked (``tests.journey.looking``).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from chatbo.conversation.my_data import make_and_tell
from consent.erasure.accounts.asking import end_account
from consent.erasure.holds.holding import set_hold
from consent.erasure.models import CompletenessScan, Erasure, Hold, Replay
from consent.erasure.person_exports.asking import ask_for_own_data
from consent.erasure.policy import policy_for
from consent.erasure.recipients.registering import add_recipient
from consent.erasure.request_models import ErasureRequest
from consent.erasure.requests import request_erasure, request_erasure_of_many
from consent.erasure.selecting import these
from consent.rights.by_hand.checking import check_identity
from consent.rights.by_hand.entering import enter_request
from consent.rights.models import Restriction, RightsRequest
from consent.rights.restricting import restrict
from tenants.accounts.models import PlatformRole, User
from tenants.bots.models import Subscriber
from tests.conftest import Business
from tests.journey.looking import Looker, addresses_below

from .accounts.conftest import carried_out as account_ended
from .carrying_out import carried_out
from .crowds import channel_of_bot, someone
from .leaving.conftest import ask, grace_is_over, make_file  # noqa: F401 (a fixture is among them)
from .leaving.conftest import carried_out as left

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OF_A_BUSINESS = "app/<slug:tenant_slug>/"


@pytest.fixture
def look(browser: Browser, site_url: str) -> Callable[..., set[str]]:
    def looked(addresses: dict[str, str], *, by: Any = None) -> set[str]:
        return Looker(browser, site_url, by).looks_at(addresses)

    return looked


def hold_on(person: Any, user: Any) -> Hold:
    return set_hold(
        person.pk,
        ground=Hold.Ground.DEFENDING,
        reason="Offene Rechnung",
        ends_on=timezone.localdate() + timedelta(days=3),
        set_by_id=user.pk,
    )


@pytest.mark.parametrize("state", ["under way", "done"])
def test_the_pages_of_a_business(cafe: Business, person: Any, look: Any, state: str) -> None:
    with cafe.scope():
        recipient = add_recipient(name="Kasse", country="DE", url="https://kasse.example/erased")
        stays = someone(channel_of_bot("Frieda"), "frieda")
        hold = hold_on(person.subscriber, cafe.owner)
        hold_on(stays, cafe.owner)
        restriction = restrict(
            someone(channel_of_bot("Otto"), "otto"),
            ground=Restriction.Ground.ACCURACY,
            by=cafe.owner,
        )
        # On each person's page a button asks whether it is theirs: a long one, for a phone.
        enter_request(
            kind=RightsRequest.Kind.RESTRICTION,
            way=RightsRequest.Way.TELEPHONE,
            received_on=timezone.localdate(),
        )
        enter_request(
            kind=RightsRequest.Kind.ACCESS,
            way=RightsRequest.Way.MAIL,
            received_on=timezone.localdate(),
            subscriber_id=stays.pk,
        )
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
        many = request_erasure_of_many(
            these([stays.pk]), origin=Erasure.Origin.TENANT, language="de"
        )
    if state == "done":
        carried_out(erasure)
    known = {
        "tenant_slug": cafe.tenant.slug,
        "subscriber_id": stays.pk,
        "recipient_id": recipient.pk,
        "hold_id": hold.pk,
        "restriction_id": restriction.pk,
        "bot_id": person.channel.bot_id,
    }
    pages = addresses_below(f"{OF_A_BUSINESS}erasures/", code=erasure.code, **known)
    pages["rights:erase"] += "?everybody=1"
    pages["of one"] = pages["rights:erase"].replace("everybody=1", f"subject={stays.pk}")
    pages["of many"] = pages["erasure:detail"].replace(erasure.code, many.code)

    looked_at = look(pages, by=cafe.owner)

    assert {"erasure:list", "erasure:detail", "of many", "erasure:hold", "of one"} <= looked_at
    assert {"rights:people", "rights:person", "erasure:retention", "erasure:holds"} <= looked_at
    assert {"rights:restrict", "rights:lift", "rights:lift_told", "rights:rectify"} <= looked_at
    assert {"erasure:recipients", "erasure:recipient", "erasure:new_hold"} <= looked_at


def test_the_pages_of_a_request_by_letter(cafe: Business, person: Any, look: Any) -> None:
    with cafe.scope():
        wish = enter_request(
            kind=RightsRequest.Kind.ERASURE,
            way=RightsRequest.Way.LETTER,
            received_on=timezone.localdate(),
            subscriber_id=person.subscriber.pk,
            asked="Bitte löschen",
        )
        check_identity(
            wish, identity=RightsRequest.Identity.CHAT, on=timezone.localdate(), by=cafe.owner
        )
    pages = addresses_below(
        f"{OF_A_BUSINESS}requests/",
        tenant_slug=cafe.tenant.slug,
        wish_id=wish.pk,
        subscriber_id=person.subscriber.pk,
    )

    looked_at = look(pages, by=cafe.owner)

    assert {"requests:list", "requests:new", "requests:show", "requests:letter"} <= looked_at
    assert {"requests:unname_person", "requests:told_longer", "requests:answer"} <= looked_at


def test_before_there_is_anything(cafe: Business, look: Any) -> None:
    pages = addresses_below(f"{OF_A_BUSINESS}ending/", tenant_slug=cafe.tenant.slug)
    for name in ("", "holds/", "recipients/", "people/"):
        pages[name or "list"] = f"/app/{cafe.tenant.slug}/erasures/{name}"

    looked_at = look(pages, by=cafe.owner)

    assert looked_at == {"list", "holds/", "recipients/", "people/", "leaving:show", "leaving:ask"}


def test_the_pages_for_whoever_has_a_code_or_a_link(cafe: Business, person: Any, look: Any) -> None:
    with cafe.scope():
        export = ask_for_own_data(person.subscriber)
    make_and_tell(str(cafe.tenant.pk), str(export.pk))
    with cafe.scope():
        export.refresh_from_db()
        other = someone(person.channel, "other")
        waiting = request_erasure(other, origin=Erasure.Origin.BOT)
    link = addresses_below("my-data/", token=export.token) | {"over": "/my-data/nobodys/"}
    assert look(link) == {"my_data:open", "over"}

    with cafe.scope():
        erasure = request_erasure(person.subscriber, origin=Erasure.Origin.BOT)
    carried_out(erasure)
    pages = addresses_below("erasure/", code=erasure.code)
    pages |= {
        "waiting": f"/erasure/{waiting.code}/",
        "no certificate": f"/erasure/{waiting.code}/certificate.pdf",
        "unknown": "/erasure/nobodyhasthis/",
    }

    looked_at = look(pages)

    assert {"erasure_status:ask", "erasure_status:status", "waiting", "unknown"} <= looked_at
    assert "no certificate" in looked_at


def test_a_business_that_leaves_and_has_left(
    cafe: Business,
    queue: Any,
    look: Any,
    grace_is_over: Any,  # noqa: F811
) -> None:
    ask(cafe)
    make_file(cafe)
    pages = addresses_below(f"{OF_A_BUSINESS}ending/", tenant_slug=cafe.tenant.slug)
    pages["home"] = f"/app/{cafe.tenant.slug}/"
    assert {"leaving:show", "home"} <= look(pages, by=cafe.owner)
    assert "the only owner" in look({"the only owner": "/accounts/end/"}, by=cafe.owner)

    grace_is_over(cafe)
    ending = left(cafe)

    assert "ending:certificate" in look(addresses_below("erasure/business/", code=ending.code))


def test_an_account_that_ends_and_has_ended(cafe: Business, queue: Any, look: Any) -> None:
    member = cafe.member("editor")
    assert look({"question": "/accounts/end/"}, by=member) == {"question"}

    ending = end_account(member)
    pages = addresses_below("erasure/account/", code=ending.code)
    assert "account_ending:status" in look(pages)

    account_ended(ending)
    assert "account_ending:status" in look(pages)


@pytest.mark.parametrize("found", [0, 2])
def test_the_pages_of_the_platform(cafe: Business, person: Any, look: Any, found: int) -> None:
    admin = User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
    Replay.objects.create(finished_at=timezone.now(), entries=3, removed=found)
    CompletenessScan.objects.create(seconds=1.5, people=7, found=found)
    wish = ErasureRequest.objects.create(
        origin=ErasureRequest.Origin.IMPORTED,
        policy=policy_for(Subscriber._meta.label),
        app_scoped_id="10220000000000001",
        due_at=timezone.now() + timedelta(days=3),
        failed_at=timezone.now() if found else None,
    )
    with cafe.scope():
        request_erasure(person.subscriber, origin=Erasure.Origin.META)
    pages = addresses_below("platform/erasures/", request_id=wish.pk)
    pages |= {"home": "/platform/", "wish": f"/erasure/{wish.code}/"}

    assert {"platform:erasures", "platform:import_requests", "home", "wish"} <= look(
        pages, by=admin
    )
