"""Facebook Connect against the strict stand-in: nothing begins before the consent."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from chatbo.foundation.isolation import platform_scope, tenant_scope
from consent.ledger.models import ConsentRecord
from standins.testing import Running
from tenants.accounts.models import Tenant, User
from tests.consent.signup.facebook_people import (
    ALL,
    MAIL_AT_FACEBOOK,
    at_facebook,
    dialog_in,
    linked_tenant,
    log_in,
)

# The gate


@pytest.mark.parametrize("missing", ["terms", "third_party"])
def test_the_button_does_nothing_without_its_consents(
    applicant: Any, facebook: Running, missing: str
) -> None:
    answer = applicant.apply(**{**ALL, missing: ""})
    assert answer.status_code == 422
    assert facebook.facebook_url not in answer.content.decode()
    assert not Session.objects.exists()


def test_the_address_of_the_log_in_refuses_without_a_fresh_consent(
    db: None, client: Client, facebook: Running
) -> None:
    looked = client.get("/accounts/facebook/login/?process=login")
    assert looked.status_code == 200
    for data in ({}, {"third_party": "on"}, {"third_party": "on", "shown": "forged"}):
        answer = client.post("/accounts/facebook/login/", data)
        assert answer.status_code == 403
        assert facebook.facebook_url not in answer.content.decode()
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "address", ["/accounts/facebook/login/token/", "/accounts/3rdparty/?process=connect"]
)
def test_no_side_door_leads_to_facebook(db: None, client: Client, address: str) -> None:
    answer = client.post(address, {"access_token": "x"})
    assert answer.status_code in (302, 404)
    assert "facebook" not in answer.headers.get("Location", "").replace(address, "")


def test_a_forged_answer_of_facebook_is_refused(db: None, client: Client) -> None:
    answer = client.get("/accounts/facebook/login/callback/?code=x&state=forged")
    assert answer.status_code == 302
    assert answer.url == "/accounts/signup/"
    assert not User.objects.filter(email__contains="facebook").exists()


# The way there


def test_the_way_to_facebook_needs_no_looser_policy_and_tells_no_more_than_it_must(
    applicant: Any, facebook: Running
) -> None:
    answer = applicant.apply(**ALL)
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    asked = parse_qs(urlsplit(dialog_in(answer)).query)
    assert set(asked) == {"client_id", "redirect_uri", "scope", "response_type", "state"}
    assert asked["scope"] == ["email"]


def test_what_waits_for_the_answer_is_encrypted_and_short_lived(
    applicant: Any, facebook: Running
) -> None:
    applicant.apply(**{**ALL, "email": applicant.address})
    session = Session.objects.get()
    assert applicant.address not in str(session.get_decoded())
    assert session.expire_date <= timezone.now() + timedelta(minutes=10)


# And back


def test_a_new_person_confirms_by_mail_and_logs_in_without_password(
    applicant: Any, facebook: Running
) -> None:
    dialog = dialog_in(applicant.apply(**ALL))
    back = applicant.client.get(at_facebook(dialog, email="1"))

    assert back.url == "/accounts/signup/sent/"
    assert not User.objects.filter(email=MAIL_AT_FACEBOOK).exists()
    assert not Session.objects.exists()
    assert mail.outbox[-1].to == [MAIL_AT_FACEBOOK]

    page = applicant.client.get(applicant.link()).content.decode()
    assert 'value="Testkonto 1"' in page
    assert 'type="password"' not in page
    applicant.client.post(applicant.link(), {"name": "Tester", "company": "Testfirma"})

    user = User.objects.get(email=MAIL_AT_FACEBOOK)
    account = SocialAccount.objects.get(user=user)
    assert (account.provider, account.extra_data) == ("facebook", {})
    assert not user.has_usable_password()
    assert applicant.client.session["_auth_user_id"] == str(user.pk)
    with platform_scope("test"):
        tenant = Tenant.objects.get()
    with tenant_scope(tenant.pk):
        record = ConsentRecord.objects.get(purpose=ConsentRecord.Purpose.THIRD_PARTY)
    assert record.decision == ConsentRecord.Decision.GRANTED


def test_in_another_browser_the_link_asks_for_a_password_and_links_no_facebook(
    applicant: Any, facebook: Running
) -> None:
    """Else a link sent to a stranger's address would open an account with a foreign key to it."""
    dialog = dialog_in(applicant.apply(**{**ALL, "email": "stranger@mailbox.example"}))
    applicant.client.get(at_facebook(dialog, email="1"))
    assert mail.outbox[-1].to == ["stranger@mailbox.example"]

    stranger = Client()
    assert 'type="password"' in stranger.get(applicant.link()).content.decode()
    assert stranger.post(applicant.link(), {"name": "S", "company": "S"}).status_code == 422
    stranger.post(
        applicant.link(), {"name": "S", "company": "S", "password": "a-long-enough-sentence"}
    )
    assert User.objects.get(email="stranger@mailbox.example").has_usable_password()
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "choice", [{"name": "Testkonto ohne E-Mail", "email": "1"}, {"name": "Testkonto 1"}]
)
def test_without_an_address_from_facebook_the_person_is_asked(
    applicant: Any, facebook: Running, choice: dict[str, str]
) -> None:
    dialog = dialog_in(applicant.apply(**ALL))
    asked = applicant.client.get(at_facebook(dialog, **choice))
    assert mail.outbox == []
    assert applicant.client.get(asked.url).status_code == 200

    applicant.client.post(asked.url, {"email": applicant.address})
    applicant.client.post(applicant.link(), {"name": "Tester", "company": "Testfirma"})
    assert SocialAccount.objects.get().user.email == applicant.address


def test_an_address_with_an_account_is_not_taken_over(
    applicant: Any, facebook: Running, cafe: Any
) -> None:
    dialog = dialog_in(applicant.apply(**{**ALL, "email": cafe.owner.email}))
    back = applicant.client.get(at_facebook(dialog, email="1"))
    assert back.url == "/accounts/signup/sent/"
    assert "/accounts/confirm/" not in mail.outbox[-1].body
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in applicant.client.session


def test_stopping_at_facebook_leaves_nothing(
    transactional_db: None, applicant: Any, facebook: Running, stored: Any
) -> None:
    before = stored()
    dialog = dialog_in(applicant.apply(**ALL, ref="LINDE10"))
    back = applicant.client.get(at_facebook(dialog, answer="cancel"))
    assert back.url == "/accounts/signup/?ref=LINDE10"
    page = applicant.client.get(back.url).content.decode()
    assert "Facebook" in page
    assert stored() == before
    assert mail.outbox == []


def test_facebook_out_of_order_leaves_nothing(applicant: Any, facebook: Running) -> None:
    dialog = dialog_in(applicant.apply(**ALL))
    way_back = at_facebook(dialog, email="1")
    applicant.client.get(re.sub("code=[^&]+", "code=spoilt", way_back))
    assert mail.outbox == []
    assert not Session.objects.exists()
    # The state is used up: the true answer comes too late.
    assert applicant.client.get(way_back).url == "/accounts/signup/"
    assert mail.outbox == []


def test_an_answer_works_in_the_browser_that_asked_only(applicant: Any, facebook: Running) -> None:
    way_back = at_facebook(dialog_in(applicant.apply(**ALL)), email="1")
    Client().get(way_back)
    assert mail.outbox == []


# Logging in


def test_a_linked_account_logs_in_after_the_consent(linked: User, facebook: Running) -> None:
    client = Client()
    way_back = at_facebook(dialog_in(log_in(client)), email="1")
    client.get(way_back)
    assert client.session["_auth_user_id"] == str(linked.pk)
    assert client.session.get_expiry_age() > 600
    with tenant_scope(linked_tenant()):
        third_party = ConsentRecord.objects.filter(purpose=ConsentRecord.Purpose.THIRD_PARTY)
        assert third_party.count() == 1  # It stands; the same is not recorded twice.


def test_signing_up_again_with_a_linked_profile_logs_in(
    linked: User, facebook: Running, applicant: Any
) -> None:
    way_back = at_facebook(dialog_in(applicant.apply(**ALL)), email="1")
    applicant.client.get(way_back)
    assert applicant.client.session["_auth_user_id"] == str(linked.pk)
    assert mail.outbox == []


def test_an_unknown_profile_is_told_to_sign_up_and_nothing_is_stored(
    linked: User, facebook: Running
) -> None:
    client = Client()
    answer = client.get(at_facebook(dialog_in(log_in(client)), name="Testkonto 2", email="1"))
    assert answer.url == "/accounts/signup/"
    assert SocialAccount.objects.count() == 1
    assert not Session.objects.exists()


def test_without_an_app_at_meta_there_is_nothing_to_come_back_to(db: None, settings: Any) -> None:
    settings.META_APP_ID = ""
    assert Client().get("/accounts/facebook/login/callback/?code=x&state=y").status_code == 404
