"""An invitation comes by mail, works once, for a week, for its address alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import directory, platform_scope
from chatbo.foundation.mail.models import OutgoingMail
from tenants.accounts import invitation_views
from tenants.accounts.errors import (
    AlreadyMemberError,
    AnotherAddressError,
    InvitationError,
    LockedError,
    TooManyInvitationsError,
)
from tenants.accounts.invitations import (
    accept_invitation,
    invite_member,
    open_offer,
    resend_invitation,
    withdraw_invitation,
)
from tenants.accounts.locking import lock_tenant
from tenants.accounts.models import Invitation, Membership, User
from tests.visitors import visitor

NEW = "new@cafe-morgenrot.example"
PASSWORD = "a-sentence-to-remember"


@pytest.fixture
def invited(cafe: Any, queue: list[Any]) -> Callable[..., str]:
    """Invites an address and gives back the link from the mail."""

    def invite(address: str = NEW, role: str = "editor", **more: Any) -> str:
        with cafe.scope():
            invite_member(cafe.tenant, address=address, role=role, invited_by=cafe.owner, **more)
            return link_in_the_last_mail()

    return invite


def link_in_the_last_mail() -> str:
    body = OutgoingMail.objects.order_by("-created_at", "-id")[0].body
    found = re.search(r"/invite/[\w-]+/", body)
    assert found
    return found[0]


def token_of(link: str) -> str:
    return link.split("/")[2]


def newcomer(address: str = NEW) -> User:
    user = User.objects.create_user(address, PASSWORD, name="New")
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def roles(business: Any) -> dict[str, str]:
    with business.scope():
        return {m.user.email: m.role for m in Membership.objects.select_related("user")}


def test_the_mail_names_the_business_the_inviter_and_the_role(invited: Any, cafe: Any) -> None:
    link = invited()

    with cafe.scope():
        sent = OutgoingMail.objects.get()
    assert sent.recipient == NEW
    assert cafe.tenant.company in sent.subject
    assert cafe.owner.name in sent.body
    assert f"http://127.0.0.1:8000{link}" in sent.body


@pytest.mark.parametrize(("language", "role"), [("de", "Redaktion"), ("en", "editor")])
def test_the_mail_says_the_role_in_the_inviters_language(
    invited: Any, cafe: Any, language: str, role: str
) -> None:
    cafe.owner.language = language
    invited(may_sign=True)

    with cafe.scope():
        body = OutgoingMail.objects.get().body
    assert f": {role}." in body
    assert "<" not in body
    assert ("unterschreiben" if language == "de" else "sign contracts") in body


def test_a_confirmed_further_address_leads_to_the_log_in_not_to_a_new_account(
    invited: Any, dentist: Any
) -> None:
    EmailAddress.objects.create(user=dentist.owner, email=NEW, verified=True)

    page = Client().get(invited()).content.decode()

    assert "/accounts/login/?next=" in page
    assert 'name="password"' not in page


def test_a_locked_business_is_joined_by_nobody(invited: Any, cafe: Any) -> None:
    link = invited()
    with platform_scope("test"):
        lock_tenant(cafe.tenant, reason="Advertising.")

    answer = Client().post(link, {"name": "New", "password": PASSWORD})

    assert answer.status_code == 422
    assert "locked this business" in Client(headers={"accept-language": "en"}).get(link).text
    assert not User.objects.filter(email=NEW).exists()
    with open_offer(token_of(link)) as offer, pytest.raises(LockedError):
        accept_invitation(offer.invitation, user=newcomer())


def test_a_name_that_would_speak_in_our_mails_is_refused(invited: Any) -> None:
    link = invited()
    for name in ("Bank\n\nClick: https://evil.example", "\u200b", "\u202eenwO", "A\u2028B"):
        assert Client().post(link, {"name": name, "password": PASSWORD}).status_code == 422
    assert not User.objects.filter(email=NEW).exists()


def test_the_link_is_stored_nowhere(invited: Any, cafe: Any, owner_db: Any) -> None:
    token = token_of(invited())

    with cafe.scope():
        rows = str(list(Invitation.objects.values())) + str(list(AuditEntry.objects.values()))
    assert token not in rows
    assert directory.find("invitation", token)


def test_looking_at_the_page_changes_nothing(invited: Any, cafe: Any) -> None:
    link = invited()

    assert Client().get(link).status_code == 200
    assert Client().head(link).status_code == 200
    assert NEW not in roles(cafe)
    assert not User.objects.filter(email=NEW).exists()


def test_a_newcomer_opens_an_account_and_is_a_member_and_logged_in(invited: Any, cafe: Any) -> None:
    client = Client()
    answer = client.post(invited(role="dpo"), {"name": "New", "password": PASSWORD})

    assert answer.url == "/app/cafe-morgenrot/"
    assert roles(cafe)[NEW] == "dpo"
    assert client.get("/app/cafe-morgenrot/").status_code == 200
    assert EmailAddress.objects.get(email=NEW).verified
    # The password was chosen just now: exporting does not ask for it again.
    assert client.get("/app/cafe-morgenrot/consents/export.csv").status_code == 200


def test_a_weak_password_opens_nothing(invited: Any, cafe: Any) -> None:
    answer = Client().post(invited(), {"name": "New", "password": "short"})

    assert answer.status_code == 422
    assert not User.objects.filter(email=NEW).exists()


def test_whoever_has_an_account_is_led_through_the_log_in_and_back(invited: Any) -> None:
    newcomer()
    link = invited()

    assert f"/accounts/login/?next={link}" in Client().get(link).content.decode().replace(
        "%2F", "/"
    )


def test_an_account_accepts_and_is_inside(invited: Any, cafe: Any) -> None:
    user = newcomer()
    link = invited(may_sign=True)

    answer = visitor(user).post(link)

    assert answer.url == "/app/cafe-morgenrot/"
    assert roles(cafe)[NEW] == "editor"
    with cafe.scope():
        assert Membership.objects.get(user=user).may_sign


def test_the_link_works_once(invited: Any, cafe: Any) -> None:
    user, link = newcomer(), invited()
    assert visitor(user).post(link).status_code == 302

    with cafe.scope():
        Membership.objects.filter(user=user).delete()

    assert visitor(user).post(link).status_code == 410
    assert NEW not in roles(cafe)


def test_it_is_for_its_address_alone(invited: Any, cafe: Any, dentist: Any) -> None:
    link = invited()

    answer = visitor(dentist.owner).post(link)

    assert answer.status_code == 422
    assert dentist.owner.email not in roles(cafe)


def test_an_address_that_was_typed_but_never_confirmed_is_nobodys(
    invited: Any, cafe: Any, dentist: Any
) -> None:
    EmailAddress.objects.create(user=dentist.owner, email=NEW, verified=False)

    with open_offer(token_of(invited())) as offer, pytest.raises(AnotherAddressError):
        accept_invitation(offer.invitation, user=dentist.owner)


def test_a_confirmed_second_address_counts(invited: Any, cafe: Any, dentist: Any) -> None:
    EmailAddress.objects.create(user=dentist.owner, email=NEW, verified=True)

    assert visitor(dentist.owner).post(invited()).status_code == 302
    assert roles(cafe)[dentist.owner.email] == "editor"


def test_after_a_week_the_link_is_dead_and_can_be_sent_again(invited: Any, cafe: Any) -> None:
    user, link = newcomer(), invited()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert visitor(user).post(link).status_code == 410
        with cafe.scope():
            resend_invitation(Invitation.objects.get())
            fresh_link = link_in_the_last_mail()
        assert fresh_link != link
        assert visitor(user).post(link).status_code == 410
        assert visitor(user).post(fresh_link).status_code == 302


def test_a_withdrawn_one_is_dead_at_once(invited: Any, cafe: Any) -> None:
    link = invited()
    with cafe.scope():
        withdraw_invitation(Invitation.objects.get())
        withdraw_invitation(Invitation.objects.get())
        assert AuditEntry.objects.filter(action="invitation.withdrawn").count() == 1

    assert Client().get(link).status_code == 410


def test_inviting_the_same_address_again_kills_the_first_link(invited: Any) -> None:
    first, second = invited(), invited(role="viewer")

    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_used_withdrawn_expired_and_invented_links_look_all_the_same(
    invited: Any, cafe: Any
) -> None:
    withdrawn = invited("other@cafe-morgenrot.example")
    with cafe.scope():
        withdraw_invitation(Invitation.objects.get())
    answers = [Client().get(link) for link in (withdrawn, "/invite/invented/")]

    assert {answer.status_code for answer in answers} == {410}
    pages = {
        re.sub(r"/invite/[\w-]+/", "", page.content.decode()).replace(page["X-Request-ID"], "")
        for page in answers
    }
    assert len(pages) == 1


def test_a_member_is_not_invited(cafe: Any, queue: list[Any]) -> None:
    with cafe.scope(), pytest.raises(AlreadyMemberError):
        invite_member(
            cafe.tenant, address=cafe.owner.email.upper(), role="viewer", invited_by=cafe.owner
        )


def test_a_neighbours_member_is(cafe: Any, dentist: Any, invited: Any) -> None:
    invited(dentist.owner.email)


def test_nobody_floods_mailboxes_with_invitations(cafe: Any, queue: list[Any]) -> None:
    with cafe.scope():
        for number in range(30):
            invite_member(
                cafe.tenant,
                address=f"new-{number}@cafe-morgenrot.example",
                role="viewer",
                invited_by=cafe.owner,
            )
        with pytest.raises(TooManyInvitationsError):
            invite_member(cafe.tenant, address=NEW, role="viewer", invited_by=cafe.owner)


def test_of_two_presses_one_counts(invited: Any, cafe: Any) -> None:
    user = newcomer()
    with open_offer(token_of(invited())) as offer:
        accept_invitation(offer.invitation, user=user)
        with pytest.raises(InvitationError):
            accept_invitation(offer.invitation, user=user)


def test_the_neighbour_sees_and_resends_none_of_it(invited: Any, cafe: Any, dentist: Any) -> None:
    invited()
    with cafe.scope():
        invitation = Invitation.objects.get()
    client = visitor(dentist.owner)

    for act in ("resend", "withdraw"):
        address = f"/app/zahnarzt-linde/members/invitations/{invitation.pk}/{act}/"
        assert client.post(address).status_code == 404
    assert NEW not in client.get("/app/zahnarzt-linde/members/").content.decode()


def test_the_invitations_page_sends_a_mail(
    cafe: Any, commit: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with commit():
        answer = visitor(cafe.owner).post(
            "/app/cafe-morgenrot/members/invite/", {"email": NEW, "role": "viewer"}
        )

    assert answer.url == "/app/cafe-morgenrot/members/"
    with cafe.scope():
        assert Invitation.objects.get().email == NEW
    assert not mail.outbox  # It waits in the outbox for a worker.


@pytest.mark.parametrize(
    ("email", "role"), [("no-address", "viewer"), (NEW, "emperor"), ("", "viewer"), (NEW, "")]
)
def test_what_is_no_invitation_is_said(cafe: Any, email: str, role: str) -> None:
    answer = visitor(cafe.owner).post(
        "/app/cafe-morgenrot/members/invite/", {"email": email, "role": role}
    )

    assert answer.status_code == 422
    with cafe.scope():
        assert not Invitation.objects.exists()


def test_withdrawing_is_asked_once(invited: Any, cafe: Any) -> None:
    link = invited()
    with cafe.scope():
        address = f"/app/cafe-morgenrot/members/invitations/{Invitation.objects.get().pk}/withdraw/"
    client = visitor(cafe.owner)

    assert f'href="{address}"' in client.get("/app/cafe-morgenrot/members/").content.decode()
    question = client.get(address).content.decode()
    assert NEW in question
    assert Client().get(link).status_code == 200  # Looking withdraws nothing.
    done = client.post(address, follow=True)

    assert "The invitation is withdrawn." in done.content.decode()
    assert Client().get(link).status_code == 410
    assert "The invitation is withdrawn." in client.get(address, follow=True).content.decode()


def test_one_that_was_accepted_while_the_question_stood_is_not_said_to_be_withdrawn(
    invited: Any, cafe: Any
) -> None:
    user = newcomer()
    visitor(user).post(invited())
    with cafe.scope():
        address = f"/app/cafe-morgenrot/members/invitations/{Invitation.objects.get().pk}/withdraw/"

    for answer in (
        visitor(cafe.owner).post(address, follow=True),
        visitor(cafe.owner).get(address, follow=True),
    ):
        assert "the invitation was accepted meanwhile" in answer.content.decode()
        assert "The invitation is withdrawn." not in answer.content.decode()
    assert user.email in roles(cafe)


def test_a_member_invited_at_a_further_address_learns_it_alone(invited: Any, cafe: Any) -> None:
    """The owner is not told that the address is a member's: it stands in no list of theirs."""
    editor = cafe.member("editor")
    EmailAddress.objects.create(user=editor, email=NEW, verified=True)

    answer = visitor(editor).post(invited(), follow=True)

    assert "You are a member of this business already." in answer.content.decode()
    assert roles(cafe)[editor.email] == "editor"


def test_two_invitations_to_one_person_make_one_member(invited: Any, cafe: Any) -> None:
    """To two of their addresses, accepted at the same moment: the second finds them there."""
    member = User.objects.create_user(NEW, name="New")
    other = "other@cafe-morgenrot.example"
    for address in (NEW, other):
        EmailAddress.objects.create(
            user=member, email=address, verified=True, primary=address == NEW
        )
    links = [invited(NEW), invited(other)]
    with open_offer(token_of(links[1])) as offer:
        with cafe.scope():
            Membership.objects.create(user=member, role="viewer")
        with pytest.raises(AlreadyMemberError):
            accept_invitation(offer.invitation, user=member)

    with cafe.scope():
        assert Membership.objects.get(user=member).role == "viewer"


def test_who_presses_when_the_business_was_locked_meanwhile_is_told(
    invited: Any, cafe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = invited()
    member = User.objects.create_user(NEW, name="New")
    EmailAddress.objects.create(user=member, email=NEW, verified=True, primary=True)

    def locked_meanwhile(invitation: Invitation, *, user: User) -> Membership:
        lock_tenant(cafe.tenant, reason="Somebody complained.")
        return accept_invitation(invitation, user=user)

    monkeypatch.setattr(invitation_views, "accept_invitation", locked_meanwhile)
    answer = visitor(member).post(link)

    assert answer.status_code == 302
    assert answer["Location"] == link
