"""Who removes ChatBo at Facebook, or has their data deleted there, is disconnected from it here."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.utils import timezone

from chatbo.conversation.tasks import carry_out_request
from chatbo.foundation.isolation import platform_scope, tenant_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.models import Erasure
from consent.erasure.request_models import ErasureRequest
from consent.ledger.models import ConsentRecord
from standins.testing import Running
from tenants.accounts.models import User
from tests.chatbo.conversation.meta_speaks import (
    DEAUTHORIZE,
    DELETION,
    meta_posts,
    signed_request,
)
from tests.consent.signup.facebook_people import linked_tenant

Decision, Purpose = ConsentRecord.Decision, ConsentRecord.Purpose
BOTH = pytest.mark.parametrize("address", [DELETION, DEAUTHORIZE])
Told = Callable[..., ErasureRequest]

pytestmark = pytest.mark.usefixtures("queue")


@pytest.fixture
def told(client: Client, linked: User) -> Told:
    """Meta tells us of the person, and a worker sees to it."""
    uid = SocialAccount.objects.get().uid

    def tell(address: str = DELETION, uid: str = uid) -> ErasureRequest:
        assert meta_posts(client, signed_request(uid), address).status_code == 200
        wish = ErasureRequest.objects.latest("created_at")
        carry_out_request("", str(wish.pk))
        wish.refresh_from_db()
        return wish

    return tell


def letters() -> list[OutgoingMail]:
    with platform_scope("test"):
        return [mail for mail in OutgoingMail.objects.all() if "Facebook" in mail.subject]


@BOTH
def test_connection_and_token_go_and_the_withdrawal_is_on_record(
    linked: User, told: Told, address: str, tables_with: Any
) -> None:
    account = SocialAccount.objects.get()
    SocialToken.objects.create(account=account, token="secret-of-facebook")

    wish = told(address)

    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()
    assert (wish.state, wish.connections) == (ErasureRequest.State.DONE, 1)
    with tenant_scope(linked_tenant()):
        said = ConsentRecord.objects.filter(purpose=Purpose.THIRD_PARTY).order_by("given_at")
        assert [each.decision for each in said] == [Decision.GRANTED, Decision.WITHDRAWN]
        assert said[1].place == address
        assert not Erasure.objects.exists()


@BOTH
def test_nobody_is_locked_out(linked: User, told: Told, address: str) -> None:
    told(address)

    (letter,) = letters()
    assert letter.recipient == linked.email
    assert "/accounts/password/reset/key/" in letter.body
    assert User.objects.filter(pk=linked.pk).exists()


@BOTH
def test_another_ones_number_changes_nothing(linked: User, told: Told, address: str) -> None:
    told(address, "10220999999999999")

    assert SocialAccount.objects.count() == 1
    assert letters() == []


def test_both_callbacks_together_disconnect_once_and_mail_once(linked: User, told: Told) -> None:
    uid = SocialAccount.objects.get().uid

    assert told(DEAUTHORIZE, uid).connections == 1
    later = told(DELETION, uid)

    assert (later.state, later.connections) == (ErasureRequest.State.NOTHING, 0)
    assert len(letters()) == 1


def test_what_meta_refuses_does_not_keep_the_connection(
    linked: User, told: Told, facebook: Running
) -> None:
    facebook.control.fail("graph", "ids_for_pages", code=10)

    wish = told()

    assert not SocialAccount.objects.exists()
    assert (wish.connections, wish.state) == (1, ErasureRequest.State.OPEN)
    assert wish.last_error == "10"


def test_who_could_be_told_of_no_other_way_in_is_left_to_a_person(
    linked: User, told: Told, facebook: Running
) -> None:
    EmailAddress.objects.update(verified=False)

    wish = told()

    assert SocialAccount.objects.count() == 1, "or they could never log in again"
    assert (wish.last_error, wish.failed_at is None) == ("NoOtherWayInError", False)
    assert facebook.control.calls("graph", "ids_for_pages"), "the chats did not wait for it"

    EmailAddress.objects.update(verified=True)
    ErasureRequest.objects.update(not_before=timezone.now())
    carry_out_request("", str(wish.pk))
    assert not SocialAccount.objects.exists()


def test_the_page_says_what_happened_to_the_account(
    client: Client, linked: User, told: Told
) -> None:
    english = {"accept-language": "en"}
    deleted = client.get(f"/erasure/{told().code}/", headers=english).text

    assert "What Facebook gave us has been deleted" in deleted
    assert "The account itself stays" in deleted
    assert linked.email not in deleted
