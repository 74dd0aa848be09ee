"""The pages of the record: a business's own, and ChatBo's."""

from typing import Any

import pytest
from django.urls import reverse

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from consent.register.files import TYPES
from tenants.accounts.models import PlatformRole, Tenant, User
from tenants.bots.models import Bot, Channel
from tests.visitors import visitor

pytestmark = pytest.mark.django_db


def page(client: Any, business: Any) -> str:
    address = reverse("register:show", args=[business.tenant.slug])
    return str(client.get(address).content.decode())


def connect(business: Any) -> None:
    with business.scope():
        bot = Bot.objects.create(name="Frieda")
        Channel.objects.create(bot=bot, platform="messenger", external_id="1")


@pytest.fixture
def admin(db: None) -> Any:
    user = User.objects.create_user(
        "admin@chatbo.example", name="Alex", platform_role=PlatformRole.ADMIN
    )
    return visitor(user)


@pytest.mark.parametrize("role", ["editor", "dpo", "viewer"])
def test_every_member_reads_it(cafe: Any, role: str) -> None:
    assert "Record of processing" in page(visitor(cafe.member(role)), cafe)


def test_without_a_channel_it_says_so_and_leads_to_the_bots(cafe: Any) -> None:
    client = visitor(cafe.owner)
    assert "No channel is connected yet" in page(client, cafe)
    assert reverse("bots:list", args=[cafe.tenant.slug]) in page(client, cafe)

    connect(cafe)

    assert "No channel is connected yet" not in page(client, cafe)
    assert "Chatbot on Facebook Messenger" in page(client, cafe)


def test_what_is_missing_about_the_company_is_pointed_out(cafe: Any) -> None:
    client = visitor(cafe.owner)
    assert "Your company data are incomplete" in page(client, cafe)
    with cafe.scope():
        Tenant.objects.update(
            street="Rosenweg 4", postal_code="04109", city="Leipzig", contact_email="k@x.example"
        )
    assert "Your company data are incomplete" not in page(client, cafe)


def test_the_navigation_and_the_passage_lead_to_it(cafe: Any) -> None:
    record_url = reverse("register:show", args=[cafe.tenant.slug])
    passage = visitor(cafe.owner).get(reverse("passage:show", args=[cafe.tenant.slug]))
    assert passage.content.decode().count(f'href="{record_url}"') == 2


@pytest.mark.parametrize("form", TYPES)
@pytest.mark.parametrize("language", ["de", "en"])
def test_it_can_be_taken_along_in_each_language_and_that_is_noted(
    cafe: Any, form: str, language: str
) -> None:
    connect(cafe)
    address = reverse("register:download", args=[cafe.tenant.slug, form])

    response = visitor(cafe.owner).get(address, {"language": language})

    assert response["Content-Type"] == TYPES[form]
    name = f"record-of-processing-{language}.{form}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    with cafe.scope():
        entry = AuditEntry.objects.get(action="register.taken")
        assert entry.details == {"language": language, "kind": form}


def test_another_form_is_not_there(cafe: Any) -> None:
    address = reverse("register:download", args=[cafe.tenant.slug, "exe"])
    assert visitor(cafe.owner).get(address).status_code == 404


def test_a_neighbour_gets_nothing(cafe: Any, dentist: Any) -> None:
    client = visitor(dentist.owner)
    for name, args in (("show", []), ("download", ["pdf"])):
        address = reverse(f"register:{name}", args=[cafe.tenant.slug, *args])
        assert client.get(address).status_code == 404


def test_the_platforms_page_shows_for_whom_what_is_done(
    admin: Any, cafe: Any, dentist: Any
) -> None:
    connect(cafe)

    shown = admin.get(reverse("platform_register:show")).content.decode()

    assert "Café Morgenrot" in shown
    assert "Zahnarzt Linde" in shown
    assert "Chatbot on Facebook Messenger, Proof of consents" in shown
    assert "Sign-up and accounts" in shown
    found = admin.get(reverse("platform_register:show"), {"q": "linde"}).content.decode()
    assert "Café Morgenrot" not in found
    assert "Zahnarzt Linde" in found


@pytest.mark.parametrize("name", ["own", "as_processor"])
@pytest.mark.parametrize("form", TYPES)
def test_the_platforms_records_can_be_taken_along(
    admin: Any, cafe: Any, name: str, form: str
) -> None:
    response = admin.get(reverse(f"platform_register:{name}", args=[form]), {"language": "de"})

    assert response["Content-Type"] == TYPES[form]
    assert f"-de.{form}" in response["Content-Disposition"]
    with platform_scope("test"):
        assert AuditEntry.objects.filter(action="register.taken", tenant_id=None).exists()


def test_no_business_and_nobody_else_of_chatbo_reads_the_platforms(cafe: Any) -> None:
    lawyer = User.objects.create_user("l@x.example", name="L", platform_role=PlatformRole.LAWYER)
    for user in (cafe.owner, lawyer):
        assert visitor(user).get(reverse("platform_register:show")).status_code == 404
