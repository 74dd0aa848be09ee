"""The pages: the dry run, the refusals in words, and the certificate for whoever has the code."""

import json

from django.test import Client

from consent.erasure.accounts.models import AccountEnding
from tenants.accounts.models import PlatformRole, User
from tests.conftest import Business
from tests.visitors import visitor

from .conftest import ADDRESS, MARKER, Leaver, carried_out

PAGE = "/accounts/end/"


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_s_settings_lead_there_and_it_says_what_goes_and_what_stays(leaver: Leaver) -> None:
    browser = logged_in(leaver.user)
    assert f'href="{PAGE}"' in browser.get("/accounts/profile/").content.decode()

    page = browser.get(PAGE).content.decode()

    assert ADDRESS in page
    assert "Nachweis der Einwilligung" in page
    assert not AccountEnding.objects.exists()


def test_a_press_ends_it_and_leads_to_the_page_that_follows_it(leaver: Leaver) -> None:
    browser = logged_in(leaver.user)

    answer = browser.post(PAGE)

    ending = AccountEnding.objects.get()
    assert answer["Location"] == f"/erasure/account/{ending.code}/"
    assert "Ihr Konto wird gelöscht" in browser.get(answer["Location"]).content.decode()
    assert browser.get(PAGE).status_code == 302, "to the log-in"
    missing = browser.get(f"{answer['Location']}certificate.json")
    assert missing.status_code == 404


def test_the_certificate_names_nobody_and_is_for_holders_of_the_code(
    leaver: Leaver, ending: AccountEnding, client: Client
) -> None:
    done = carried_out(ending)

    page = client.get(f"/erasure/account/{done.code}/")
    file = client.get(f"/erasure/account/{done.code}/certificate.json")

    assert "Ihr Konto ist gelöscht" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    said = json.loads(file.content)
    assert said["certificate"]["deleted"]["accounts.User"] == 1
    assert f"\naccount {done.code}\n" in said["signature"]
    for secret in (MARKER, ADDRESS, str(leaver.user.pk)):
        assert secret not in page.content.decode() + file.content.decode()
    assert client.get("/erasure/account/abcdefghijklmnopqrst/").status_code == 404


def test_the_last_owner_reads_what_to_do(cafe: Business, queue) -> None:
    browser = logged_in(cafe.owner)

    answer = browser.post(PAGE)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "/app/cafe-morgenrot/members/" in page
    assert "/app/cafe-morgenrot/ending/leave/" in page
    assert not AccountEnding.objects.exists()
    assert browser.get(PAGE).status_code == 200


def test_the_last_administrator_reads_what_to_do(db, queue) -> None:
    admin = User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
    answer = logged_in(admin).post(PAGE)

    assert answer.status_code == 409
    assert "/platform/users/" in answer.content.decode()
    assert User.objects.get(pk=admin.pk).is_active


def test_a_log_in_of_long_ago_is_asked_again(leaver: Leaver) -> None:
    answer = visitor(leaver.user, seconds_ago=3600).post(PAGE)

    assert "/accounts/reauthenticate" in answer["Location"]
    assert not AccountEnding.objects.exists()
