"""The demo is what its description promises, and seeding it twice is seeding it once."""

import time
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from chatbo.dashboard.demo.people import PASSWORD
from chatbo.foundation.isolation import directory, partner_scope, tenant_scope
from consent.embeds.models import Tool
from consent.erasure.models import Erasure
from consent.ledger.models import ConsentRecord
from consent.texts.models import TextVersion
from dpa.contracts.company import CompanyData
from dpa.contracts.models import Contract
from dpa.contracts.reading import agreement_in_force
from tenants.accounts.models import Membership, PlatformRole, Tenant, User
from tenants.accounts.website_check import look_at
from tenants.affiliates.models import Partner, Referral
from tenants.bots.models import Bot, Channel, Message, Platform, Subscriber

# One worker runs them all: it seeds once.
pytestmark = pytest.mark.xdist_group("demo")

SLUGS = {
    "cafe-morgenrot": "owner@cafe-morgenrot.example",
    "zahnarzt-linde": "owner@zahnarzt-linde.example",
    "fahrschule-kurve": "owner@fahrschule-kurve.example",
}
PEOPLE = [
    *SLUGS.values(),
    "partner@partner.example",
    "admin@chatbo.example",
    "lawyer@chatbo.example",
]


def scope_of(slug: str) -> Any:
    entry = directory.find("slug", slug)
    assert entry is not None
    return tenant_scope(entry.tenant_id)


@pytest.mark.parametrize("email", PEOPLE)
def test_everybody_can_log_in(demo: Any, email: str, rf: Any) -> None:
    assert authenticate(rf.post("/"), email=email, password=PASSWORD) is not None


def test_who_is_who(demo: Any) -> None:
    roles = dict(User.objects.exclude(platform_role="").values_list("email", "platform_role"))
    assert roles == {
        "admin@chatbo.example": PlatformRole.ADMIN,
        "lawyer@chatbo.example": PlatformRole.LAWYER,
    }
    for slug, email in SLUGS.items():
        with scope_of(slug):
            assert Membership.objects.get().user.email == email
            data = CompanyData.known_of(Tenant.objects.get())
            assert data.problems() == {}


def test_every_text_is_in_force_with_the_lawyers_word(demo: Any) -> None:
    versions = TextVersion.objects.all()
    assert versions.exists()
    for version in versions:
        assert version.approvals.get().lawyer.email == "lawyer@chatbo.example"


def test_the_cafe_runs_on_three_channels_under_an_agreement(demo: Any) -> None:
    with scope_of("cafe-morgenrot"):
        bot = Bot.objects.get()
        contract = agreement_in_force(bot.tenant_id)
        channels = {channel.platform: channel for channel in bot.channels.all()}
    assert bot.state == Bot.State.LIVE
    assert contract is not None
    assert contract.sealed_file
    assert set(channels) == set(Platform)
    assert {channel.menu_state for channel in channels.values()} == {Channel.Menu.SET}
    assert channels[Platform.MESSENGER].external_id == "1001"
    assert channels[Platform.MESSENGER].token == "page-token-1001"
    assert channels[Platform.TELEGRAM].token == "123456:telegram-token-1001"


def test_the_cafes_button_stands_on_its_website(demo: Any) -> None:
    import httpx

    with scope_of("cafe-morgenrot"):
        tool = Tool.objects.get()
        snippet = tool.current.snippet
        assert tool.is_available
    page = httpx.get(f"{demo.standins.url}/site/cafe-morgenrot/", trust_env=False)
    assert snippet.strip() in page.text


def test_the_cafes_own_pages_are_reachable_and_follow_the_stand_ins(demo: Any) -> None:
    with scope_of("cafe-morgenrot"):
        tenant = Tenant.objects.get()
    findings = look_at([tenant.imprint_url, tenant.privacy_url])
    assert [finding.is_reachable for finding in findings] == [True, True]

    with scope_of("cafe-morgenrot"):
        Tenant.objects.update(imprint_url="http://127.0.0.1:1/site/cafe-morgenrot/impressum")
    call_command("seed_demo")
    with scope_of("cafe-morgenrot"):
        assert Tenant.objects.get().imprint_url == tenant.imprint_url
        Tenant.objects.update(imprint_url="https://cafe-morgenrot.example/impressum")
    call_command("seed_demo")
    with scope_of("cafe-morgenrot"):
        assert Tenant.objects.get().imprint_url == "https://cafe-morgenrot.example/impressum"


def test_people_have_talked_with_the_cafe_and_one_is_gone(demo: Any) -> None:
    with scope_of("cafe-morgenrot"):
        platforms = sorted(Subscriber.objects.values_list("channel__platform", flat=True))
        erasure = Erasure.objects.get()
        assert not Message.objects.filter(direction="out", sent_at=None).exists()
        assert ConsentRecord.objects.filter(purpose="chat", decision="granted").count() == 1
        assert ConsentRecord.objects.filter(purpose="notice").count() == 4
    assert platforms == ["messenger", "telegram", "web"]
    assert erasure.state == Erasure.State.TOLD
    last = demo.standins.control.received("messenger-1001", person=2)[-1]
    assert erasure.code in last["text"]
    answers = [said["text"] for said in demo.standins.control.received("messenger-1001", person=1)]
    assert "Dienstag bis Sonntag von 6 bis 18 Uhr." in answers


def test_the_dentist_is_at_the_beginning(demo: Any) -> None:
    with scope_of("zahnarzt-linde"):
        bot = Bot.objects.get()
        page = bot.channels.get(platform=Platform.MESSENGER)
        assert not Contract.objects.exists()
        assert Subscriber.objects.get().is_trial
    assert bot.state == Bot.State.DRAFT
    assert (page.external_id, page.token) == ("2002", "page-token-2002")


def test_the_driving_schools_agreement_waits_for_review(demo: Any) -> None:
    with scope_of("fahrschule-kurve"):
        assert Contract.objects.get().state == Contract.State.SIGNED
        assert Bot.objects.get().state == Bot.State.DRAFT


def test_the_partner_sees_whom_it_referred(demo: Any) -> None:
    partner = Partner.objects.get()
    assert (partner.code, partner.user.email) == ("LINDE10", "partner@partner.example")
    entry = directory.find("slug", "fahrschule-kurve")
    with partner_scope(partner.pk):
        assert entry is not None
        assert Referral.objects.get().referred_tenant_id == entry.tenant_id


def test_seeding_twice_is_seeding_once_and_quick(demo: Any) -> None:
    before = demo.rows()
    start = time.perf_counter()
    call_command("seed_demo")
    assert time.perf_counter() - start < 2
    assert demo.rows() == before


def test_what_was_parted_in_the_demo_stays_parted(demo: Any) -> None:
    from tenants.bots.channels import disconnect_channel

    with scope_of("zahnarzt-linde"):
        disconnect_channel(Channel.objects.get(platform=Platform.MESSENGER))
    call_command("seed_demo")
    with scope_of("zahnarzt-linde"):
        parted = Channel.objects.get(platform=Platform.MESSENGER)
        assert parted.state == Channel.State.DISCONNECTED


@pytest.mark.django_db
def test_without_the_standins_one_sentence_says_what_to_do(settings: Any, queue: Any) -> None:
    settings.DEMO = True
    settings.META_GRAPH_URL = settings.TELEGRAM_API_URL = "http://127.0.0.1:9"
    settings.STANDINS_URL = ""
    with pytest.raises(CommandError, match=r"could not be connected.*unset META_GRAPH_URL"):
        call_command("seed_demo")


def test_outside_of_the_demo_nothing_is_made(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("seed_demo")
