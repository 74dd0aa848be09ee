"""The account is closed at once; who is needed cannot go before somebody else is there."""

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.auth import authenticate
from django.test import Client

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from consent.erasure.accounts.asking import end_account
from consent.erasure.accounts.errors import LastAdminError, StillOwnerError
from consent.erasure.accounts.models import AccountEnding
from tenants.accounts.models import Membership, PlatformRole, User
from tests.conftest import Business

from .conftest import ADDRESS, MARKER, Leaver

PASSWORD = "correct-horse-battery"


def test_at_once_nobody_can_log_in_and_all_log_ins_are_over(leaver: Leaver) -> None:
    assert authenticate(email=ADDRESS, password=PASSWORD) is not None
    browser = Client()
    browser.force_login(leaver.user)
    assert browser.get("/accounts/profile/").status_code == 200

    end_account(leaver.user)

    assert authenticate(email=ADDRESS, password=PASSWORD) is None
    assert browser.get("/accounts/profile/").status_code == 302
    assert not UserSession.objects.filter(user=leaver.user).exists()


def test_at_once_memberships_end_and_the_owners_are_told(leaver: Leaver) -> None:
    end_account(leaver.user)

    for business in (leaver.cafe, leaver.dentist):
        with business.scope():
            assert Membership.objects.get().user_id == business.owner.pk
            told = OutgoingMail.objects.filter(recipient_index=business.owner.mail_index).last()
            assert MARKER in told.body
            assert MARKER not in told.subject
            left = AuditEntry.objects.get(action="member.left")
            assert left.actor_id == leaver.user.pk


def test_at_once_facebook_is_disconnected(leaver: Leaver) -> None:
    end_account(leaver.user)

    assert not SocialAccount.objects.exists()
    assert not SocialToken.objects.exists()


def test_asked_twice_is_asked_once(leaver: Leaver, queue) -> None:
    first = end_account(leaver.user)

    assert end_account(leaver.user) == first
    assert AccountEnding.objects.count() == 1


def test_the_last_owner_is_told_of_which_business_and_nothing_is_changed(
    cafe: Business, queue
) -> None:
    with pytest.raises(StillOwnerError) as error:
        end_account(cafe.owner)

    assert error.value.tenants == [cafe.tenant]
    assert not AccountEnding.objects.exists()
    assert User.objects.get(pk=cafe.owner.pk).is_active
    with cafe.scope():
        assert Membership.objects.exists()


def test_once_another_owner_is_there_one_may_go(cafe: Business, queue) -> None:
    cafe.member("owner")

    end_account(cafe.owner)

    with cafe.scope():
        assert Membership.objects.get().user_id != cafe.owner.pk


def test_the_owner_of_a_business_that_has_left_may_go(cafe: Business, queue) -> None:
    with cafe.scope():
        Membership.objects.all().delete()  # As the last step of its end does.

    assert end_account(cafe.owner).state == AccountEnding.State.ASKED


def test_chatbo_s_last_administrator_stays(db, queue) -> None:
    admin = User.objects.create_user(
        "admin@chatbo.example", name="Admin", platform_role=PlatformRole.ADMIN
    )
    gone = User.objects.create_user(
        "gone@chatbo.example", name="Gone", platform_role=PlatformRole.ADMIN, is_active=False
    )
    with pytest.raises(LastAdminError):
        end_account(admin)

    gone.is_active = True
    gone.save()
    end_account(admin)
    with platform_scope("test"):
        assert AuditEntry.objects.filter(action="account.ending_asked").count() == 1
