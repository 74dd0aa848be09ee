"""Whoever withdraws the consent to Facebook is disconnected from it, and is not locked out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.ledger.models import ConsentRecord
from consent.ledger.receipts import receipt_address
from consent.texts.versions import Effect
from standins.testing import Running
from tenants.accounts.models import Membership, User
from tests.consent.signup.facebook_people import (
    at_facebook,
    dialog_in,
    linked_tenant,
    log_in,
)
from tests.next_versions import publish_next
from tests.visitors import visitor

PAGE = "/accounts/3rdparty/"
PASSWORD = "rolls-and-bread-at-dawn"
Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose

pytestmark = pytest.mark.usefixtures("queue")


def words() -> list[str]:
    """What the person said on Facebook, in order."""
    with tenant_scope(linked_tenant()):
        said = ConsentRecord.objects.filter(purpose=Purpose.THIRD_PARTY)
        return [str(record.decision) for record in said.order_by("given_at", "id")]


def receipt() -> str:
    """The path of the receipt of the consent that was given."""
    with tenant_scope(linked_tenant()):
        given = ConsentRecord.objects.get(purpose=Purpose.THIRD_PARTY, decision=Decision.GRANTED)
        return "/receipt/" + receipt_address(given).split("/receipt/")[1]


def letters() -> list[OutgoingMail]:
    with platform_scope("test"):
        return [mail for mail in OutgoingMail.objects.all() if "Facebook" in mail.subject]


def disconnect(user: User) -> Any:
    account = SocialAccount.objects.get(user=user)
    return visitor(user).post(PAGE, {"account": account.pk}, follow=True)


def by_receipt(user: User) -> Any:
    return Client().post(f"{receipt()}withdraw/", follow=True)


BOTH = pytest.mark.parametrize("withdraw", [by_receipt, disconnect])
Withdraw = Callable[[User], Any]


@BOTH
def test_withdrawing_disconnects_and_is_on_record(linked: User, withdraw: Withdraw) -> None:
    account = SocialAccount.objects.get()
    SocialToken.objects.create(account=account, token="secret-of-facebook")

    answer = withdraw(linked)

    assert answer.status_code == 200
    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    assert words() == [Decision.GRANTED, Decision.WITHDRAWN]
    with tenant_scope(linked_tenant()):
        withdrawn = ConsentRecord.objects.get(decision=Decision.WITHDRAWN)
        noted = AuditEntry.objects.filter(action="social_account.removed")
        assert noted.count() == 1
    assert withdrawn.place == ("/receipt/" if withdraw is by_receipt else PAGE)


@BOTH
def test_whose_only_way_in_it_was_sets_a_password_by_mail(
    linked: User,
    facebook: Running,
    withdraw: Withdraw,
) -> None:
    withdraw(linked)

    (letter,) = letters()
    assert letter.recipient == linked.email
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", letter.body)
    assert found, letter.body
    newcomer = Client()
    form = newcomer.get(found[1], follow=True)
    path = form.redirect_chain[-1][0]
    newcomer.post(path, {"password1": PASSWORD, "password2": PASSWORD})
    linked.refresh_from_db()
    assert linked.check_password(PASSWORD)

    newcomer.post("/accounts/login/", {"login": linked.email, "password": PASSWORD})
    assert newcomer.session["_auth_user_id"] == str(linked.pk)


def test_after_the_hour_the_page_for_a_forgotten_password_mails_anew(linked: User) -> None:
    by_receipt(linked)
    Client().post("/accounts/password/reset/", {"email": linked.email})
    with platform_scope("test"):
        newest = OutgoingMail.objects.order_by("-created_at").first()
    assert newest is not None
    assert "/accounts/password/reset/key/" in newest.body


@BOTH
def test_facebook_opens_the_account_no_more(
    linked: User,
    facebook: Running,
    withdraw: Withdraw,
) -> None:
    withdraw(linked)
    client = Client()
    answer = client.get(at_facebook(dialog_in(log_in(client)), email="1"))
    assert answer.url == "/accounts/signup/"
    assert "_auth_user_id" not in client.session
    assert words()[-1] == Decision.WITHDRAWN


@BOTH
@pytest.mark.parametrize("has", ["a password", "a passkey"])
def test_who_has_another_way_in_is_told_and_gets_no_link(
    linked: User,
    withdraw: Withdraw,
    has: str,
) -> None:
    if has == "a password":
        linked.set_password(PASSWORD)
        linked.save()
    else:
        Authenticator.objects.create(user=linked, type=Authenticator.Type.WEBAUTHN, data={})
    withdraw(linked)
    (letter,) = letters()
    assert "/accounts/login/" in letter.body
    assert "/accounts/password/reset/key/" not in letter.body


def test_the_link_goes_to_a_confirmed_address_only(linked: User) -> None:
    confirmed = linked.email
    EmailAddress.objects.create(user=linked, email="new@mailbox.example", verified=False)
    User.objects.filter(pk=linked.pk).update(email="new@mailbox.example")
    by_receipt(linked)
    assert [letter.recipient for letter in letters()] == [confirmed]


@pytest.mark.parametrize("has_password", [False, True])
def test_the_page_does_not_claim_a_password_that_is_not_there(
    linked: User, has_password: bool
) -> None:
    if has_password:
        linked.set_password(PASSWORD)
        linked.save()
    page = disconnect(linked).text

    assert "No other profile opens your account." in page
    assert ("/accounts/password/set/" in page) is not has_password


def test_who_disconnects_over_changed_words_reads_of_the_mail_before_and_after(
    linked: User,
) -> None:
    publish_next("consent-third-party", Effect.ASK, words=" In Ireland.")
    client = visitor(linked)
    page = client.get("/accounts/changes/").text
    hidden = re.search(r'name="shown" value="([^"]*)"', page)
    assert hidden
    assert "we send you an e-mail with a link to set a password" in page

    said = {"shown": hidden[1], "third_party-consent-third-party": "no"}
    after = client.post("/accounts/changes/", said, follow=True).text

    assert not SocialAccount.objects.exists()
    assert "We have sent you a link with which you set a password." in after
    assert "/accounts/password/reset/key/" in letters()[0].body


def test_without_a_confirmed_address_nobody_is_locked_out(linked: User) -> None:
    EmailAddress.objects.update(verified=False)

    answer = by_receipt(linked)
    assert answer.status_code == 409
    assert "Noch nicht widerrufen" in answer.text
    assert "withdraw/" in answer.text, "the way stays open"
    assert "Confirm an e-mail address first" in disconnect(linked).text

    assert SocialAccount.objects.count() == 1
    assert words() == [Decision.GRANTED]
    assert letters() == []


def test_pressed_twice_it_ends_once_and_mails_once(linked: User) -> None:
    for _ in range(2):
        assert by_receipt(linked).status_code == 200
    assert words() == [Decision.GRANTED, Decision.WITHDRAWN]
    assert len(letters()) == 1


def test_a_connection_whose_consent_was_withdrawn_before_ends_on_the_page(linked: User) -> None:
    by_receipt(linked)
    SocialAccount.objects.create(user=linked, provider="facebook", uid="1")
    disconnect(linked)
    assert not SocialAccount.objects.exists()
    assert words() == [Decision.GRANTED, Decision.WITHDRAWN]


def test_a_newsletter_withdrawn_leaves_facebook_alone(applicant: Any, facebook: Running) -> None:
    ticked = {"terms": "on", "third_party": "on", "newsletter": "on", "way": "facebook"}
    dialog = dialog_in(applicant.apply(**ticked, email=""))
    applicant.client.get(at_facebook(dialog, email="1"))
    applicant.client.post(applicant.link(), {"name": "Tester", "company": "Testfirma"})
    with tenant_scope(linked_tenant()):
        given = ConsentRecord.objects.filter(purpose=Purpose.NEWSLETTER).latest("given_at")
        path = "/receipt/" + receipt_address(given).split("/receipt/")[1]
    Client().post(f"{path}withdraw/")
    assert SocialAccount.objects.count() == 1


def test_another_persons_connection_cannot_be_removed(linked: User, cafe: Any) -> None:
    account = SocialAccount.objects.get(user=linked)
    answer = visitor(cafe.owner).post(PAGE, {"account": account.pk})
    assert answer.status_code == 200
    assert SocialAccount.objects.count() == 1
    with platform_scope("test"):
        assert Membership.objects.filter(user=linked).exists()


def test_the_pages_say_it_before_and_after(linked: User) -> None:
    assert "trennen wir Ihr Konto sofort" in Client().get(receipt()).text
    assert "Facebook is your only way in so far" in visitor(linked).get(PAGE).text

    after = disconnect(linked).text
    assert "We have sent you a link" in after
    assert "nicht mehr mit Facebook verbunden" in Client().get(receipt()).text
