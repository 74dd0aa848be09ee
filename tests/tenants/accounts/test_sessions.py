"""Where somebody is logged in: seen by its owner alone, ended at once."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import User
from tenants.accounts.sessions import forget_old_sessions

PASSWORD = "correct-horse-battery"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:150.0) Gecko/20100101 Firefox/150.0"
LIST = "/accounts/sessions/"


def log_in(user: User, *, address: str = "203.0.113.77", agent: str = FIREFOX) -> Client:
    client = Client(REMOTE_ADDR=address, headers={"accept-language": "en", "user-agent": agent})
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def row_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def noted(action: str) -> list[AuditEntry]:
    with platform_scope("test: read the log"):
        return list(AuditEntry.objects.filter(action=action))


def test_the_list_shows_the_device_and_no_whole_address(cafe: Any) -> None:
    client = log_in(cafe.owner)

    page = client.get(LIST).content.decode()

    assert "Firefox, Windows" in page
    assert "203.0.113.x" in page
    assert "203.0.113.77" not in page
    assert "dieses" in page


def test_nor_is_the_whole_address_kept(cafe: Any) -> None:
    log_in(cafe.owner)
    log_in(cafe.owner, address="2001:db8:1:2:3:4:5:6")

    assert {row.ip for row in UserSession.objects.all()} == {"203.0.113.0", "2001:db8:1::"}


def test_the_neighbours_sessions_are_in_nobodys_list(cafe: Any, dentist: Any) -> None:
    log_in(dentist.owner, agent="curl/8.0 (Android)")

    assert "Android" not in log_in(cafe.owner).get(LIST).content.decode()


def test_all_others_are_out_at_their_next_request(cafe: Any) -> None:
    here, there, elsewhere = (log_in(cafe.owner) for _ in range(3))
    assert is_in(there)

    here.post(LIST)

    assert is_in(here)
    assert not is_in(there)
    assert not is_in(elsewhere)
    assert [entry.details for entry in noted("sessions.ended")] == [{"number": 2}]


def test_one_is_ended_and_the_others_stay(cafe: Any) -> None:
    here, there, elsewhere = (log_in(cafe.owner) for _ in range(3))

    here.post(reverse("usersessions_end", args=[row_of(there).pk]))

    assert [is_in(client) for client in (here, there, elsewhere)] == [True, False, True]


def test_nobody_ends_a_session_of_somebody_else(cafe: Any, dentist: Any) -> None:
    theirs, mine = log_in(dentist.owner), log_in(cafe.owner)

    answer = mine.post(reverse("usersessions_end", args=[row_of(theirs).pk]))
    nowhere = mine.post(reverse("usersessions_end", args=[999_999_999]))

    assert (answer.status_code, nowhere.status_code) == (404, 404)
    assert is_in(theirs)


def test_a_changed_password_ends_all_others(cafe: Any) -> None:
    here, there = log_in(cafe.owner), log_in(cafe.owner)

    here.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "another-horse-battery",
            "password2": "another-horse-battery",
        },
    )

    assert is_in(here)
    assert not is_in(there)
    assert noted("password.changed")[0].actor_id == cafe.owner.pk


def test_a_new_second_factor_ends_all_others(cafe: Any, commit: Any) -> None:
    here, there = log_in(cafe.owner), log_in(cafe.owner)
    secret = here.get(reverse("mfa_activate_totp")).context["form"].secret

    with commit():
        here.post(reverse("mfa_activate_totp"), {"code": _code(secret)})

    assert is_in(here)
    assert not is_in(there)
    assert {entry.details["type"] for entry in noted("mfa.added")} == {"totp", "recovery_codes"}


def test_so_does_one_that_was_removed(cafe: Any) -> None:
    here, there = log_in(cafe.owner), log_in(cafe.owner)
    TOTP.activate(cafe.owner, "JBSWY3DPEHPK3PXP")

    here.post(reverse("mfa_deactivate_totp"))

    assert is_in(here)
    assert not is_in(there)


def test_a_password_that_was_reset_ends_every_session(cafe: Any) -> None:
    from tests.outbox import mails

    there, stranger = log_in(cafe.owner), Client()
    stranger.post(reverse("account_reset_password"), {"email": cafe.owner.email})
    link = next(word for word in mails()[0].body.split() if "/password/reset/key/" in word)
    page = stranger.get(link.partition("8000")[2], follow=True)
    done = stranger.post(
        page.request["PATH_INFO"],
        {"password1": "another-horse-battery", "password2": "another-horse-battery"},
    )

    assert done.status_code == 302
    assert not is_in(there)
    assert not is_in(stranger)  # The new password is asked for, and the second factor.
    assert noted("password.reset")[0].actor_id == cafe.owner.pk


def test_the_session_has_a_new_name_after_the_log_in(cafe: Any) -> None:
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "before"
    session.save()
    before = session.session_key

    client.cookies["sessionid"] = before
    client.post("/accounts/login/", {"login": cafe.owner.email, "password": PASSWORD})

    assert client.session.session_key != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


def test_a_log_out_leaves_nothing_behind(cafe: Any) -> None:
    client = log_in(cafe.owner)
    key = client.session.session_key
    thief = Client()
    thief.cookies["sessionid"] = key
    assert is_in(thief)

    client.post("/accounts/logout/")

    assert not is_in(client)
    assert not is_in(thief)


@pytest.mark.parametrize(("minutes", "is_noted"), [(1, False), (6, True)])
def test_when_a_session_was_last_seen_is_known_to_five_minutes(
    cafe: Any, minutes: int, is_noted: bool
) -> None:
    client = log_in(cafe.owner)
    before = row_of(client).last_seen_at

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        client.get("/accounts/profile/")

    assert (row_of(client).last_seen_at > before) == is_noted


def test_looking_at_a_public_page_is_not_noted(cafe: Any, django_assert_num_queries: Any) -> None:
    client = Client()
    client.get("/healthz")

    with django_assert_num_queries(0):
        client.get("/healthz")


def test_log_ins_are_noted_without_an_address(cafe: Any) -> None:
    log_in(cafe.owner)
    Client().post("/accounts/login/", {"login": cafe.owner.email, "password": "wrong-horse"})

    (good,), (bad,) = noted("login.succeeded"), noted("login.failed")
    assert (good.actor_id, good.details) == (cafe.owner.pk, {"methods": ["password"]})
    assert (bad.actor_id, bad.target_id) == (None, str(cafe.owner.pk))
    for entry in (good, bad):
        assert "203.0" not in str(entry.details)
        assert "@" not in str(entry.details)


@pytest.mark.parametrize(
    ("language", "sentence"), [("de", "Sie sind angemeldet."), ("en", "You are logged in.")]
)
def test_the_greeting_is_in_the_accounts_language_not_in_the_browsers(
    cafe: Any, language: str, sentence: str
) -> None:
    User.objects.filter(pk=cafe.owner.pk).update(language=language)
    client = Client(headers={"accept-language": "en" if language == "de" else "de"})

    page = client.post(
        "/accounts/login/?next=/accounts/profile/",
        {"login": cafe.owner.email, "password": PASSWORD},
        follow=True,
    ).content.decode()

    assert sentence in page
    assert f'<html lang="{language}"' in page


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def seen_after(client: Client, *hours: float) -> list[bool]:
    """Whether somebody is still in, who comes by after so many hours each time."""
    now = timezone.now()
    seen = []
    for pause in hours:
        now += timedelta(hours=pause)
        with time_machine.travel(now):
            seen.append(is_in(client))
    return seen


def test_who_stays_away_for_half_a_day_is_asked_again(cafe: Any) -> None:
    assert seen_after(log_in(cafe.owner), 11.9, 11.9, 12.1) == [True, True, False]


def test_who_comes_every_day_is_asked_again_after_a_week(cafe: Any) -> None:
    assert seen_after(log_in(cafe.owner), *[11] * 16) == [True] * 15 + [False]


def test_who_sees_all_businesses_is_asked_after_an_hour_or_half_a_day(cafe: Any) -> None:
    User.objects.filter(pk=cafe.owner.pk).update(platform_role="admin")

    assert seen_after(log_in(cafe.owner), 0.9, 1.1) == [True, False]
    assert seen_after(log_in(cafe.owner), *[0.9] * 14) == [True] * 13 + [False]


def test_a_log_in_that_lasted_too_long_is_ended_on_the_record(cafe: Any) -> None:
    client = log_in(cafe.owner)
    thief = Client()
    thief.cookies["sessionid"] = client.session.session_key

    assert seen_after(client, 13) == [False]

    assert not is_in(thief)
    assert [entry.target_id for entry in noted("session.expired")] == [str(cafe.owner.pk)]


def test_a_session_without_a_beginning_is_over(cafe: Any) -> None:
    client = log_in(cafe.owner)
    session = client.session
    del session["log_in_began"]
    session.save()

    assert not is_in(client)


def test_whoever_proves_it_again_goes_on_under_a_new_name(cafe: Any) -> None:
    client = log_in(cafe.owner)
    thief = Client()
    thief.cookies["sessionid"] = before = client.session.session_key

    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert is_in(client)
    assert client.session.session_key != before
    assert not is_in(thief)
    assert row_of(client).user_id == cafe.owner.pk
    assert UserSession.objects.count() == 1


def test_ending_log_ins_asks_again_who_one_is(cafe: Any) -> None:
    here, there = log_in(cafe.owner), log_in(cafe.owner)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answers = [
            here.post(LIST),
            here.post(reverse("usersessions_end", args=[row_of(there).pk])),
        ]

    assert all(answer["Location"].startswith("/accounts/reauth") for answer in answers)
    assert is_in(there)


def test_of_a_log_in_that_is_over_nothing_is_kept(cafe: Any) -> None:
    for _ in range(2):
        log_in(cafe.owner)  # and the browser is closed: nobody comes back
    client = log_in(cafe.owner)
    client.post("/accounts/logout/")
    assert forget_old_sessions() == 1
    assert UserSession.objects.count() == Session.objects.count() == 2

    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        log_in(cafe.owner)
        assert forget_old_sessions() == 2
        assert UserSession.objects.count() == Session.objects.count() == 1


def test_a_log_out_clears_what_the_browser_remembers_of_the_pages(cafe: Any) -> None:
    client = log_in(cafe.owner)

    assert "Clear-Site-Data" not in client.get("/accounts/profile/").headers
    assert client.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache"'


def test_every_area_has_its_way_out(cafe: Any) -> None:
    User.objects.filter(pk=cafe.owner.pk).update(platform_role="admin")
    client = log_in(cafe.owner)
    for page in (f"/app/{cafe.tenant.slug}/", "/platform/", "/accounts/profile/", LIST):
        assert 'action="/accounts/logout/"' in client.get(page).content.decode(), page
