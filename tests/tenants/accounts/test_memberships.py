"""Who belongs to a business: changed, removed, left, handed over; never without an owner."""

import threading
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import user_scope
from tenants.accounts.errors import GoneError, LastOwnerError, NoSecondFactorError, NotEntitledError
from tenants.accounts.memberships import (
    change_membership,
    demand_second_factor,
    hand_over,
    remove_member,
)
from tenants.accounts.models import Membership, Tenant, User
from tests.visitors import visitor

HOME = "/app/cafe-morgenrot/"
MEMBERS = f"{HOME}members/"


def membership(business: Any, user: User) -> Membership:
    with business.scope():
        return Membership.objects.get(user=user)


def test_an_owner_gives_a_member_another_role(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    place = membership(cafe, viewer)

    answer = visitor(cafe.owner).post(f"{MEMBERS}{place.pk}/", {"role": "dpo", "may_sign": "on"})

    assert answer.url == MEMBERS
    place = membership(cafe, viewer)
    assert (place.role, place.may_sign) == ("dpo", True)
    with cafe.scope():
        entry = AuditEntry.objects.get(action="member.changed")
    assert entry.actor_id == cafe.owner.pk
    assert entry.details == {
        "before": {"role": "viewer", "may_sign": False},
        "after": {"role": "dpo", "may_sign": True},
    }


def test_the_new_role_counts_from_the_next_click(cafe: Any) -> None:
    client = visitor(cafe.member("viewer"))
    assert client.get(f"{HOME}consents/").status_code == 403

    with cafe.scope():
        change_membership(Membership.objects.get(role="viewer"), role="dpo", may_sign=False)

    assert client.get(f"{HOME}consents/").status_code == 200


def test_the_last_owner_stays_one(cafe: Any) -> None:
    place = membership(cafe, cafe.owner)

    with cafe.scope():
        with pytest.raises(LastOwnerError):
            change_membership(place, role="viewer", may_sign=False)
        with pytest.raises(LastOwnerError):
            remove_member(place)
    client = visitor(cafe.owner)
    assert client.post(f"{MEMBERS}{place.pk}/", {"role": "viewer"}).status_code == 422
    client.post(f"{MEMBERS}leave/")
    client.post(f"{MEMBERS}{place.pk}/remove/")

    assert membership(cafe, cafe.owner).role == "owner"


def test_an_owner_whose_account_is_closed_does_not_count(cafe: Any) -> None:
    User.objects.filter(pk=cafe.member("owner").pk).update(is_active=False)

    with cafe.scope(), pytest.raises(LastOwnerError):
        remove_member(Membership.objects.get(user=cafe.owner))


def test_a_second_owner_may_leave(cafe: Any) -> None:
    second = cafe.member("owner")
    client = visitor(second)

    assert client.post(f"{MEMBERS}leave/").url == "/start/"
    assert client.get(HOME).status_code == 404
    with cafe.scope():
        assert AuditEntry.objects.get(action="member.left").actor_id == second.pk


def test_of_two_owners_who_leave_at_once_one_stays(transactional_db: Any, cafe: Any) -> None:
    cafe.member("owner")
    with cafe.scope():
        places = list(Membership.objects.all())
    together = threading.Barrier(2, timeout=20)
    refused: list[Membership] = []

    def leave(place: Membership) -> None:
        try:
            with cafe.scope():
                together.wait()
                remove_member(place)
        except LastOwnerError:
            refused.append(place)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[place]) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with cafe.scope():
        assert Membership.objects.filter(role="owner").count() == 1
    assert len(refused) == 1


def test_whoever_is_removed_is_outside_and_the_log_remembers(cafe: Any) -> None:
    editor = cafe.member("editor")
    client = visitor(editor)
    assert client.get(f"{HOME}bots/").status_code == 200

    visitor(cafe.owner).post(f"{MEMBERS}{membership(cafe, editor).pk}/remove/")

    assert client.get(f"{HOME}bots/").status_code == 404
    with cafe.scope():
        assert AuditEntry.objects.get(action="member.left").details["user"] == str(editor.pk)


def test_handing_over_makes_the_other_one_owner_and_the_giver_an_editor(cafe: Any) -> None:
    dpo = cafe.member("dpo")

    answer = visitor(cafe.owner).post(
        f"{MEMBERS}hand-over/", {"member": membership(cafe, dpo).pk, "meant": "on"}
    )

    assert answer.url == MEMBERS
    assert membership(cafe, dpo).role == "owner"
    assert membership(cafe, cafe.owner).role == "editor"


def test_it_is_not_handed_to_oneself_a_stranger_or_by_an_editor(cafe: Any, dentist: Any) -> None:
    editor = cafe.member("editor")
    theirs = membership(dentist, dentist.owner)
    client = visitor(cafe.owner)

    for nobody in (theirs.pk, membership(cafe, cafe.owner).pk, "nobody"):
        said = {"member": nobody, "meant": "on"}
        assert client.post(f"{MEMBERS}hand-over/", said).status_code == 422
    said = {"member": membership(cafe, editor).pk}
    assert client.post(f"{MEMBERS}hand-over/", said).status_code == 422
    with cafe.scope():
        place = Membership.objects.get(user=editor)
        for giver, taker in ((editor, place), (cafe.owner, Membership.objects.get(role="owner"))):
            with pytest.raises(NotEntitledError):
                hand_over(cafe.tenant, giver=giver, taker=taker)


def test_the_second_of_two_presses_is_no_fault(cafe: Any) -> None:
    place = membership(cafe, cafe.member("owner"))
    with cafe.scope():
        remove_member(place)
        remove_member(place)
        for late in (
            lambda: change_membership(place, role="viewer", may_sign=False),
            lambda: hand_over(cafe.tenant, giver=cafe.owner, taker=place),
        ):
            with pytest.raises(GoneError):
                late()
        assert AuditEntry.objects.filter(action="member.left").count() == 1


@pytest.mark.parametrize("said", [{}, {"demanded": ""}, {"demanded": "perhaps"}])
def test_what_says_neither_yes_nor_no_changes_nothing(cafe: Any, said: dict[str, str]) -> None:
    TOTP.activate(cafe.owner, generate_totp_secret())
    with cafe.scope():
        demand_second_factor(cafe.tenant, demanded=True, by=cafe.owner)

    visitor(cafe.owner).post(f"{MEMBERS}second-factor/", said)

    with cafe.scope():
        assert Tenant.objects.get().require_mfa


def test_a_neighbours_member_can_neither_be_seen_nor_changed(cafe: Any, dentist: Any) -> None:
    theirs = membership(dentist, dentist.owner)
    client = visitor(cafe.owner)

    for page in (f"{theirs.pk}/", f"{theirs.pk}/remove/"):
        assert client.get(MEMBERS + page).status_code == 404
        assert client.post(MEMBERS + page, {"role": "viewer"}).status_code == 404
    assert dentist.owner.email not in client.get(MEMBERS).content.decode()


def test_demanding_a_second_factor_leads_each_member_to_its_set_up(cafe: Any) -> None:
    editor = visitor(cafe.member("editor"))
    TOTP.activate(cafe.owner, generate_totp_secret())

    visitor(cafe.owner).post(f"{MEMBERS}second-factor/", {"demanded": "yes"})

    assert editor.get(HOME)["Location"].startswith("/accounts/2fa/")
    assert visitor(cafe.owner).get(HOME).status_code == 200


def test_who_meets_it_is_said_before_a_second_factor_is_demanded(cafe: Any) -> None:
    TOTP.activate(cafe.owner, generate_totp_secret())
    editor, dpo = cafe.member("editor"), cafe.member("dpo")
    TOTP.activate(dpo, generate_totp_secret())
    User.objects.filter(pk=cafe.member("viewer").pk).update(is_active=False)

    members = visitor(cafe.owner).get(MEMBERS).content.decode()
    page = visitor(cafe.owner).get(f"{MEMBERS}second-factor/").content.decode()

    assert f'href="{MEMBERS}second-factor/"' in members
    assert f'action="{MEMBERS}second-factor/"' not in members
    assert "One member has none yet:" in page
    assert editor.email in page
    assert dpo.email not in page
    assert "What they are typing at that moment is not saved" in page
    with cafe.scope():
        assert not Tenant.objects.get().require_mfa  # Looking demands nothing.


def test_where_everybody_has_a_second_factor_the_page_says_so(cafe: Any) -> None:
    TOTP.activate(cafe.owner, generate_totp_secret())

    page = visitor(cafe.owner).get(f"{MEMBERS}second-factor/").content.decode()

    assert "Every member has one already" in page


def test_whoever_has_none_is_led_to_set_one_up_and_back(cafe: Any) -> None:
    client = visitor(cafe.owner)
    for answer in (
        client.get(f"{MEMBERS}second-factor/"),
        client.post(f"{MEMBERS}second-factor/", {"demanded": "yes"}, follow=True),
    ):
        page = answer.content.decode()
        assert "Set up a second factor for yourself first" in page
        assert 'href="/accounts/2fa/"' in page
        assert 'name="demanded"' not in page

    TOTP.activate(cafe.owner, generate_totp_secret())

    assert f'href="{MEMBERS}second-factor/"' in client.get("/accounts/2fa/").content.decode()


def test_whoever_has_none_cannot_demand_one_of_others(cafe: Any) -> None:
    with cafe.scope(), pytest.raises(NoSecondFactorError):
        demand_second_factor(cafe.tenant, demanded=True, by=cafe.owner)
    visitor(cafe.owner).post(f"{MEMBERS}second-factor/", {"demanded": "yes"})

    with cafe.scope():
        assert not Tenant.objects.get().require_mfa


def test_one_user_switches_between_several_businesses(cafe: Any, dentist: Any) -> None:
    with dentist.scope():
        Membership.objects.create(user=cafe.owner, role="viewer")
    client = visitor(cafe.owner)

    places = client.get("/start/").content.decode()
    inside = client.get("/app/zahnarzt-linde/").content.decode()

    for page in (places, inside):
        assert 'href="/app/cafe-morgenrot/"' in page
        assert 'href="/app/zahnarzt-linde/"' in page
    with user_scope(cafe.owner.pk):
        assert Membership.objects.count() == 2
    assert client.get("/app/zahnarzt-linde/consents/").status_code == 403
    assert client.get("/app/cafe-morgenrot/consents/").status_code == 200


def test_inside_one_business_the_user_s_others_are_not_seen(cafe: Any, dentist: Any) -> None:
    """Without a filter of ours: who acts says nothing about what is read."""
    with dentist.scope():
        Membership.objects.create(user=cafe.owner, role="viewer")

    with user_scope(cafe.owner.pk), cafe.scope():
        assert {place.tenant_id for place in Membership.objects.all()} == {cafe.tenant.pk}
        assert [tenant.pk for tenant in Tenant.objects.all()] == [cafe.tenant.pk]


@pytest.mark.parametrize("role", ["editor", "dpo", "viewer"])
def test_whoever_is_no_owner_sees_members_and_changes_none(cafe: Any, role: str) -> None:
    client = visitor(cafe.member(role))
    page = client.get(MEMBERS)

    assert page.status_code == 200
    text = page.content.decode()
    assert f"{MEMBERS}invite/" not in text
    assert f"{MEMBERS}hand-over/" not in text
    for address in ("invite/", "hand-over/", f"{membership(cafe, cafe.owner).pk}/"):
        assert client.get(MEMBERS + address).status_code == 403
