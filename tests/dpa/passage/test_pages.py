"""The page of the passage, its address for servers, and the hosted pages."""

from typing import Any

import pytest
from django.urls import reverse

from dpa.passage.addresses import open_address
from dpa.passage.models import PassageAddress
from tenants.accounts.legal_pages import imprint_url, privacy_url
from tenants.accounts.models import Tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client: Any, cafe: Any) -> Any:
    client.force_login(cafe.owner)
    return client


def page(client: Any, business: Any, **query: str) -> str:
    url = reverse("passage:show", args=[business.tenant.slug])
    return str(client.get(url, query).content.decode())


def test_the_owner_sees_it_in_the_language_asked_for(member: Any, named: Any) -> None:
    assert "Ihre Rechte" in page(member, named, language="de")
    assert "Your rights" in page(member, named, language="en")
    assert page(member, named, language="tlh")


def test_incomplete_company_data_are_pointed_out_with_the_way_to_them(
    member: Any, cafe: Any
) -> None:
    assert "alert-warning" in page(member, cafe, language="en")
    with cafe.scope():
        Tenant.objects.update(street="Musterstraße 1", postal_code="10115", city="Berlin")
    assert "alert-warning" not in page(member, cafe, language="en")


def test_a_stranger_sees_nothing(client: Any, cafe: Any, dentist: Any) -> None:
    client.force_login(dentist.owner)
    for name, args in (("show", []), ("download", ["html"])):
        url = reverse(f"passage:{name}", args=[cafe.tenant.slug, *args])
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(("kind", "mark"), [("html", "<section"), ("txt", "Unser Chatbot")])
def test_it_can_be_downloaded(member: Any, named: Any, kind: str, mark: str) -> None:
    url = reverse("passage:download", args=[named.tenant.slug, kind])
    response = member.get(url, {"language": "de"})
    assert response.content.decode().startswith(mark)
    assert f'filename="passage-de.{kind}"' in response["Content-Disposition"]
    assert (
        member.get(reverse("passage:download", args=[named.tenant.slug, "exe"])).status_code == 404
    )


def test_a_server_fetches_the_current_passage(client: Any, named: Any) -> None:
    with named.scope():
        address = open_address(named.tenant)
    url = reverse("public_pages:passage", args=[address.code])

    response = client.get(url)
    german = response.json()["languages"]["de"]
    assert german["html"].startswith('<section lang="de"')
    assert "Ihre Rechte" in german["text"]
    assert german["versions"][0]["key"] == "passage-intro"
    assert not response.cookies
    assert "Access-Control-Allow-Origin" not in response

    assert client.get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304
    with named.scope():
        Tenant.objects.update(company="Café Abendrot")
    changed = client.get(url, headers={"If-None-Match": response["ETag"]})
    assert "Café Abendrot" in changed.json()["languages"]["de"]["text"]


def test_an_incomplete_passage_is_handed_to_no_server(client: Any, cafe: Any) -> None:
    with cafe.scope():
        address = open_address(cafe.tenant)
    url = reverse("public_pages:passage", args=[address.code])
    assert client.get(url).status_code == 404
    assert client.get(reverse("public_pages:passage", args=["unknown"])).status_code == 404


def test_asking_twice_for_an_address_is_asking_once(member: Any, named: Any) -> None:
    for _ in range(2):
        member.post(reverse("passage:make_address", args=[named.tenant.slug]))
    with named.scope():
        assert PassageAddress.objects.count() == 1
        assert PassageAddress.objects.get().code in page(member, named)


@pytest.mark.parametrize("name", ["imprint", "privacy"])
def test_the_hosted_pages_name_the_business(client: Any, named: Any, name: str) -> None:
    response = client.get(reverse(f"public_pages:{name}", args=[named.tenant.slug]))
    text = response.content.decode()
    assert response.status_code == 200
    assert "Café Morgenrot" in text
    assert "Musterstraße 1, 10115 Berlin" in text
    assert not response.cookies
    assert "\ufffc" not in text


def test_the_hosted_policy_holds_the_passage(client: Any, named: Any) -> None:
    url = reverse("public_pages:privacy", args=[named.tenant.slug])
    text = client.get(url, headers={"Accept-Language": "en"}).content.decode()
    assert "<h2>Your rights</h2>" in text
    assert 'lang="en"' in text


@pytest.mark.parametrize("name", ["imprint", "privacy"])
def test_half_an_imprint_is_none(client: Any, cafe: Any, name: str) -> None:
    url = reverse(f"public_pages:{name}", args=[cafe.tenant.slug])
    unknown = reverse(f"public_pages:{name}", args=["nobody"])
    incomplete = client.get(url)
    assert incomplete.status_code == client.get(unknown).status_code == 404
    assert "Morgenrot" not in incomplete.content.decode()


def test_a_business_with_its_own_pages_is_linked_there(cafe: Any) -> None:
    tenant = cafe.tenant
    assert imprint_url(tenant).endswith("/pages/cafe-morgenrot/imprint/")
    assert privacy_url(tenant).endswith("/pages/cafe-morgenrot/privacy/")
    tenant.imprint_url = tenant.privacy_url = "https://cafe-morgenrot.example/recht"
    assert imprint_url(tenant) == privacy_url(tenant) == "https://cafe-morgenrot.example/recht"
