"""Authenticator apps and recovery codes: each code counts once, and nothing lies open."""

from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.test import Client
from django.urls import reverse

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import PlatformRole, User
from tests.outbox import mails
from tests.visitors import visitor

PASSWORD = "correct-horse-battery"
STEP = "/accounts/2fa/authenticate/"
NOW = 1_800_000_000  # The beginning of a period of 30 seconds.


@pytest.fixture(autouse=True)
def _one_moment() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def secret(cafe: Any) -> str:
    made = generate_totp_secret()
    TOTP.activate(cafe.owner, made)
    RecoveryCodes.activate(cafe.owner)
    return made


def code(secret: str, *, at: float = NOW) -> str:
    return format_hotp_value(hotp_value(secret, int(at) // 30))


def after_password(user: User, *, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.url == STEP
    return client


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def noted(action: str) -> list[AuditEntry]:
    with platform_scope("test: read the log"):
        return list(AuditEntry.objects.filter(action=action))


def test_the_password_alone_opens_nothing(cafe: Any, secret: str) -> None:
    client = after_password(cafe.owner)

    assert not is_in(client)
    client.post(STEP, {"code": code(secret)})
    assert is_in(client)


def test_a_code_counts_once(cafe: Any, secret: str) -> None:
    after_password(cafe.owner).post(STEP, {"code": code(secret)})
    again = after_password(cafe.owner)

    answer = again.post(STEP, {"code": code(secret)})

    assert "This code is not right, or it was used already." in answer.content.decode()
    assert not is_in(again)


def test_once_also_where_the_cache_forgot_it(cafe: Any, secret: str) -> None:
    from django.core.cache import cache

    after_password(cafe.owner).post(STEP, {"code": code(secret)})
    cache.clear()
    again = after_password(cafe.owner)
    again.post(STEP, {"code": code(secret)})

    assert not is_in(again)


def test_and_so_does_an_older_one_than_the_last(cafe: Any, secret: str) -> None:
    after_password(cafe.owner).post(STEP, {"code": code(secret)})
    again = after_password(cafe.owner)

    again.post(STEP, {"code": code(secret, at=NOW - 30)})
    assert not is_in(again)
    again.post(STEP, {"code": code(secret, at=NOW + 30)})
    assert is_in(again)


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_a_clock_may_be_off_by_half_a_minute(
    cafe: Any, secret: str, seconds: int, counts: bool
) -> None:
    client = after_password(cafe.owner)

    client.post(STEP, {"code": code(secret, at=NOW + seconds)})

    assert is_in(client) == counts


def test_a_recovery_code_counts_once(cafe: Any, secret: str) -> None:
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap()
    first = codes.get_unused_codes()[0]

    client = after_password(cafe.owner)
    client.post(STEP, {"code": first})
    assert is_in(client)
    again = after_password(cafe.owner)
    again.post(STEP, {"code": first})
    assert not is_in(again)


def test_the_code_of_another_account_opens_nothing(cafe: Any, dentist: Any, secret: str) -> None:
    other = generate_totp_secret()
    TOTP.activate(dentist.owner, other)
    client = after_password(cafe.owner)

    client.post(STEP, {"code": code(other)})

    assert not is_in(client)


@pytest.mark.parametrize("typed", ["", "abc", "1" * 10_000, "\x00", "१२३४५६", "-1", "1.0"])
def test_nonsense_is_refused_with_a_sentence(cafe: Any, secret: str, typed: str) -> None:
    client = after_password(cafe.owner)

    answer = client.post(STEP, {"code": typed})

    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]
    assert not is_in(client)


def test_wrong_codes_are_counted_and_noted(cafe: Any, secret: str) -> None:
    client = after_password(cafe.owner)

    answers = [client.post(STEP, {"code": "000000"}).status_code for _ in range(8)]

    assert answers[0] == 200
    assert answers[-1] == 429
    assert noted("login.failed")[0].target_id == str(cafe.owner.pk)
    assert noted("login.failed")[0].details == {"method": "totp"}


def test_an_app_is_set_up_with_a_picture_that_stands_in_the_page(cafe: Any) -> None:
    client = visitor(cafe.owner)
    page = client.get(reverse("mfa_activate_totp"))
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    made = page.context["form"].secret
    assert "issuer=ChatBo" in page.context["totp_url"]

    answer = client.post(reverse("mfa_activate_totp"), {"code": code(made)}, follow=True)

    assert answer.resolver_match.view_name == "mfa_view_recovery_codes"
    codes = answer.context["unused_codes"]
    assert len(set(codes)) == 10
    assert all(each in answer.content.decode() for each in codes)


def test_the_code_that_proved_the_app_does_not_log_in_as_well(cafe: Any, commit: Any) -> None:
    client = visitor(cafe.owner)
    made = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with commit():
        client.post(reverse("mfa_activate_totp"), {"code": code(made)})

    other = after_password(cafe.owner)
    other.post(STEP, {"code": code(made)})

    assert not is_in(other)


def test_a_wrong_code_sets_up_nothing(cafe: Any) -> None:
    client = visitor(cafe.owner)
    client.get(reverse("mfa_activate_totp"))

    answer = client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert answer.context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def test_secrets_lie_encrypted(cafe: Any) -> None:
    client = visitor(cafe.owner)
    made = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code(made)})

    app = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert made not in str(app.data)
    assert app.data["secret"].startswith("gAAAAA")
    assert codes.data["seed"].startswith("gAAAAA")


def test_what_changes_is_noted_and_told_to_the_owner(cafe: Any, secret: str, commit: Any) -> None:
    client = visitor(cafe.owner)

    with commit():
        client.post(reverse("mfa_generate_recovery_codes"))
        client.post(reverse("mfa_deactivate_totp"))

    (renewed,), removed = noted("mfa.renewed"), noted("mfa.removed")
    assert (renewed.actor_id, renewed.details) == (cafe.owner.pk, {"type": "recovery_codes"})
    assert {entry.details["type"] for entry in removed} == {"totp", "recovery_codes"}
    told = "".join(mail.body for mail in mails())
    assert "Neue Wiederherstellungscodes wurden erzeugt" in told
    assert "Die Authenticator-App wurde entfernt." in told


def test_who_is_led_to_the_set_up_reads_why_and_comes_back(cafe: Any, settings: Any) -> None:
    settings.REQUIRE_MFA = ["platform"]
    admin = User.objects.create_user(
        "new-admin@chatbo.example", name="Colleague", platform_role=PlatformRole.ADMIN
    )
    client = visitor(admin)
    wanted = reverse("platform:tenants")

    page = client.get(wanted, follow=True)
    assert page.resolver_match.view_name == "mfa_index"
    assert "It is demanded by: ChatBo." in page.content.decode()
    assert wanted not in page.content.decode()
    made = client.get(reverse("mfa_activate_totp")).context["form"].secret
    codes = client.post(reverse("mfa_activate_totp"), {"code": code(made)}, follow=True)

    assert f'href="{wanted}"' in codes.content.decode()
    assert f'href="{wanted}"' in client.get(reverse("mfa_index")).content.decode()
    assert client.get(wanted).status_code == 200


def test_a_tenant_that_demands_it_is_named(cafe: Any) -> None:
    cafe.tenant.require_mfa = True
    with cafe.scope():
        cafe.tenant.save()

    page = visitor(cafe.owner).get(reverse("mfa_index")).content.decode()

    assert f"It is demanded by: {cafe.tenant.company}." in page


def test_a_tenant_that_does_not_is_not(cafe: Any) -> None:
    page = visitor(cafe.owner).get(reverse("mfa_index")).content.decode()

    assert "demanded by" not in page


def test_the_last_factor_goes_only_after_a_warning(cafe: Any, secret: str) -> None:
    cafe.tenant.require_mfa = True
    with cafe.scope():
        cafe.tenant.save()
    client = visitor(cafe.owner)

    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "This is your only second factor" in page
    assert f"demanded by: {cafe.tenant.company}" in page

    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert client.get(f"/app/{cafe.tenant.slug}/").url == reverse("mfa_index")


def test_the_link_back_leads_to_our_own_pages_alone(cafe: Any, settings: Any) -> None:
    """It comes from the request's path, so no address can be brought along."""
    cafe.tenant.require_mfa = True
    with cafe.scope():
        cafe.tenant.save()
    client = visitor(cafe.owner)
    client.get(f"/app/{cafe.tenant.slug}/?next=https://evil.example/")

    assert client.session["page_behind_second_factor"].startswith(f"/app/{cafe.tenant.slug}/")


def test_codes_of_nobody_are_not_to_be_found(cafe: Any) -> None:
    client = visitor(cafe.owner)

    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 404
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 404


def test_codes_as_a_file_are_kept_by_no_browser(cafe: Any, secret: str) -> None:
    answer = visitor(cafe.owner).get(reverse("mfa_download_recovery_codes"))

    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    assert len(answer.content.decode().split()) == 10
