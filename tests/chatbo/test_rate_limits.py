"""Each door may be pressed only so often, by one address and for one account; then 429."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chatbo.dashboard import health
from chatbo.foundation import limits
from chatbo.foundation.limits import BY_HAND, FORGED, LIMITS, MINUTE, STRANGERS, Limit, Per
from tests.addresses import named_addresses
from tests.visitors import visitor

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"
ANOTHER, OWN_PLACE = "198.51.100.9", "203.0.113.77"
SHUT_TO_STRANGERS = {403, 404, 405}


ADDRESSES = named_addresses()
NAMES = {name for name, _ in ADDRESSES}


def log_in(account: str, password: str, *, at: str = ANOTHER, **more: str) -> Any:
    data = {"login": account, "password": password}
    return Client().post("/accounts/login/", data, REMOTE_ADDR=at, **more)


def is_turned_away(answer: Any) -> bool:
    return 300 <= answer.status_code < 400 and answer.url.startswith("/accounts/login/")


# --- The table ---


def test_each_line_of_the_table_is_a_door() -> None:
    assert set(LIMITS) - NAMES - BY_HAND == {STRANGERS, limits.MEMBERS}
    assert set(LIMITS) & BY_HAND == BY_HAND


def test_each_address_of_ones_own_account_has_a_line_of_its_own(cafe: Any) -> None:
    """Passwords, codes and mails are guessed and sent there: the general limit is too wide."""
    wide = {"account_logout", "account_profile", "account_signup"}  # a button; a name; not reached
    wide |= {"mfa_view_recovery_codes", "mfa_download_recovery_codes"}  # only shown
    narrow = {
        name
        for name, address in ADDRESSES
        if name.startswith(("account_", "mfa_", "usersessions_"))
        and visitor(cafe.owner).post(address).status_code != 405
        and Client().post(address).status_code != 405
    }
    assert len(narrow) > 12
    assert narrow - wide - set(LIMITS) == set()


@pytest.mark.parametrize(("name", "address"), ADDRESSES)
def test_whatever_answers_a_strangers_post_is_limited(
    cafe: Any, monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    few = (Limit(3, MINUTE, Per.ADDRESS),)
    monkeypatch.setitem(LIMITS, STRANGERS, few)
    monkeypatch.setitem(LIMITS, FORGED, few)
    answers = [Client().post(address, REMOTE_ADDR=ANOTHER) for _ in range(4)]
    if answers[3].status_code != 429:
        assert all(a.status_code in SHUT_TO_STRANGERS or is_turned_away(a) for a in answers)
        assert LIMITS.get(name) != limits.SIGNED
    else:
        elsewhere = Client().post(address, REMOTE_ADDR=OWN_PLACE)
        assert elsewhere.status_code == answers[0].status_code


OPEN = [
    (name, address)
    for name, address in ADDRESSES
    if any(limit.per == Per.ADDRESS and not limit.failures for limit in LIMITS.get(name, ()))
]


@pytest.mark.parametrize(("name", "address"), OPEN)
def test_a_door_lets_in_as_many_as_its_line_says(cafe: Any, name: str, address: str) -> None:
    most = min(limit.most for limit in LIMITS[name] if limit.per == Per.ADDRESS)

    def press(at: str) -> int:
        data = {"email": ""}
        return int(Client().post(address, data, REMOTE_ADDR=at).status_code)

    first = press(ANOTHER)
    codes = {press(ANOTHER) for _ in range(most - 1)}
    assert 429 not in {first, *codes}
    assert press(ANOTHER) == 429
    assert press(OWN_PLACE) == first


# --- Log-in ---


def test_a_password_is_not_guessed_from_one_address(cafe: Any) -> None:
    codes = [log_in(cafe.owner.email, f"guess number {i}").status_code for i in range(7)]
    assert codes == [200] * 6 + [429]
    assert log_in(cafe.owner.email.upper(), PASSWORD).status_code == 429, "nor in capitals"


def test_an_unknown_address_is_limited_like_a_known_one(cafe: Any) -> None:
    codes = [log_in("nobody@nowhere.example", f"guess {i}").status_code for i in range(7)]
    assert codes == [200] * 6 + [429]


def test_a_password_is_not_guessed_from_many_addresses(cafe: Any) -> None:
    codes = [
        log_in(cafe.owner.email, f"guess number {i}", at=f"198.51.100.{i}").status_code
        for i in range(21)
    ]
    assert codes == [200] * 20 + [429]
    assert log_in("owner@zahnarzt-linde.example", "x", at="198.51.100.1").status_code == 200


def test_who_fails_in_somebodys_name_does_not_shut_them_out_at_their_own_place(cafe: Any) -> None:
    assert log_in(cafe.owner.email, PASSWORD, at=OWN_PLACE).status_code == 302
    for i in range(25):
        log_in(cafe.owner.email, f"guess number {i}", at=f"198.51.100.{i}")
    assert log_in(cafe.owner.email, PASSWORD, at="198.51.100.200").status_code == 429
    assert log_in(cafe.owner.email, PASSWORD, at=OWN_PLACE).status_code == 302


def test_many_accounts_are_not_tried_from_one_address(cafe: Any) -> None:
    codes = [log_in(f"somebody{i}@a.example", "password1").status_code for i in range(31)]
    assert codes == [200] * 30 + [429]


def test_who_gets_in_is_not_counted(cafe: Any) -> None:
    assert {log_in(cafe.owner.email, PASSWORD).status_code for _ in range(40)} == {302}


def test_one_household_of_ipv6_is_one_address(cafe: Any) -> None:
    codes = [
        log_in(cafe.owner.email, f"guess {i}", at=f"2001:db8:7:7::{i:x}").status_code
        for i in range(7)
    ]
    assert codes[-1] == 429
    assert log_in(cafe.owner.email, "guess", at="2001:db8:7:8::1").status_code == 200


def test_a_one_time_code_is_not_guessed_though_each_try_comes_from_elsewhere(cafe: Any) -> None:
    TOTP.activate(cafe.owner, generate_totp_secret())
    assert Authenticator.objects.filter(user=cafe.owner).exists()
    codes = []
    for i in range(7):
        client = Client(REMOTE_ADDR=f"198.51.100.{i}")
        answer = client.post("/accounts/login/", {"login": cafe.owner.email, "password": PASSWORD})
        assert answer.url.startswith("/accounts/2fa/authenticate/")
        codes.append(client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code)
    assert codes == [200] * 6 + [429]


def test_a_refusal_that_leads_back_to_the_log_in_is_a_failure_all_the_same() -> None:
    def press() -> Any:
        return Client().post("/accounts/2fa/webauthn/login/", {"credential": "{}"})

    first, *others = [press() for _ in range(31)]
    assert is_turned_away(first)
    assert {answer.status_code for answer in others[:-1]} == {302}
    assert others[-1].status_code == 429


def test_who_stole_a_session_does_not_guess_the_password(cafe: Any) -> None:
    thief = visitor(cafe.owner, seconds_ago=100_000)
    codes = [
        thief.post("/accounts/reauthenticate/", {"password": f"guess {i}"}).status_code
        for i in range(7)
    ]
    assert codes == [200] * 6 + [429]


def test_a_mailbox_is_not_flooded_with_ways_to_a_new_password(
    cafe: Any, mailoutbox: list[Any]
) -> None:
    def ask(i: int, address: str) -> int:
        # Beside it a field of another form, which names somebody else each time.
        data = {"email": address, "login": f"another-{i}@nowhere.example"}
        answer = Client().post("/accounts/password/reset/", data, REMOTE_ADDR=f"198.51.100.{i}")
        return int(answer.status_code)

    assert [ask(i, cafe.owner.email) for i in range(5)] == [302] * 4 + [429]
    assert [ask(i, "nobody@nowhere.example") for i in range(5)] == [302] * 4 + [429]


def test_a_member_who_presses_without_end_is_stopped(
    cafe: Any, dentist: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, limits.MEMBERS, (Limit(3, MINUTE, Per.ACCOUNT),))
    member, neighbour = visitor(cafe.owner), visitor(dentist.owner)

    def press(client: Client, at: str) -> int:
        return int(client.post("/i18n/setlang/", REMOTE_ADDR=at).status_code)

    assert [press(member, f"198.51.100.{i}") for i in range(4)] == [302, 302, 302, 429]
    assert press(neighbour, "198.51.100.1") == 302


# --- Where a request comes from ---


def change_language(**sender: str) -> int:
    headers = {"accept": "application/json"}  # the short answer
    return int(Client().post("/i18n/setlang/", headers=headers, **sender).status_code)


def test_a_forged_forwarding_does_not_pass() -> None:
    most = LIMITS[STRANGERS][0].most
    codes = [
        change_language(REMOTE_ADDR=ANOTHER, HTTP_X_FORWARDED_FOR=f"10.{i >> 8}.{i & 255}.1")
        for i in range(1000)
    ]
    assert codes.count(429) == 1000 - most


def test_our_proxy_passes_on_who_it_was(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    monkeypatch.setitem(LIMITS, STRANGERS, (Limit(1, MINUTE, Per.ADDRESS),))

    def press(forwarded: str) -> int:
        return change_language(REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)

    assert [press("203.0.113.1"), press("203.0.113.2")] == [204, 204]
    assert press("203.0.113.1") == 429
    assert press("203.0.113.99, 203.0.113.1") == 429, "what is further left is invented"


# --- The platforms ---


def test_forgeries_are_limited_and_what_is_signed_always_passes(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, STRANGERS, (Limit(0, MINUTE, Per.ADDRESS),))
    most = LIMITS[FORGED][0].most
    url = reverse("conversation:meta")

    def forge(address: str = ANOTHER) -> int:
        answer = Client().post(url, b"{}", content_type="application/json", REMOTE_ADDR=address)
        return int(answer.status_code)

    assert {forge() for _ in range(most)} == {403}
    assert forge() == 429
    assert forge(OWN_PLACE) == 403
    body = b'{"object": "page", "entry": []}'
    signature = hmac.new(settings.META_APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    genuine = Client().post(
        url,
        body,
        content_type="application/json",
        REMOTE_ADDR=ANOTHER,
        headers={"x-hub-signature-256": f"sha256={signature}"},
    )
    assert genuine.status_code == 200


# --- The answer, and the end of the wait ---


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The answer of a door that lets in nobody."""
    monkeypatch.setitem(LIMITS, STRANGERS, (Limit(0, 3 * MINUTE, Per.ADDRESS),))

    def press(address: str = "/accounts/login/", **headers: str) -> Any:
        return Client(headers=headers).post(address)

    return press


def test_the_answer_says_when_to_come_back_in_the_visitors_language(shut: Any) -> None:
    german, english = shut(accept_language="de"), shut(accept_language="en")
    for answer in (german, english):
        assert answer.status_code == 429
        assert 170 < int(answer["Retry-After"]) <= 180
        assert "no-store" in answer["Cache-Control"]
    assert "in 3 Minuten" in german.content.decode()
    assert "in 3 minutes" in english.content.decode()


def test_who_prefers_json_gets_json(shut: Any) -> None:
    answer = shut(accept="application/json")
    assert answer.json() == {
        "error": "too_many_requests",
        "retry_after": int(answer["Retry-After"]),
    }


def test_when_the_window_has_ended_the_door_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, STRANGERS, (Limit(1, 1, Per.ADDRESS),))
    assert [change_language(), change_language()] == [204, 429]
    time.sleep(1.1)
    assert change_language() == 204


# --- What lies in Redis ---


def keys() -> dict[str, int]:
    redis = cache._cache.get_client(write=True)
    return {key.decode(): redis.ttl(key) for key in redis.scan_iter("*")}


def test_redis_learns_no_address_and_forgets_each_count(cafe: Any) -> None:
    log_in(cafe.owner.email, "wrong", at="203.0.113.77")
    log_in(cafe.owner.email, PASSWORD, at="203.0.113.77")
    found = keys()
    assert len(found) >= 4
    for key, seconds in found.items():
        assert re.fullmatch(r"chatbo:1:limit:[0-9a-f]{64}", key)
        assert 0 < seconds <= limits.REMEMBERED


# --- Redis away ---


@pytest.fixture
def redis_away(settings: Any) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def test_with_redis_away_people_log_in_and_read_their_pages(cafe: Any, redis_away: None) -> None:
    client = Client()
    begin = time.monotonic()
    assert (
        client.post(
            "/accounts/login/", {"login": cafe.owner.email, "password": "wrong"}
        ).status_code
        == 200
    )
    answer = client.post("/accounts/login/", {"login": cafe.owner.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get(f"/app/{cafe.tenant.slug}/").status_code == 200
    assert time.monotonic() - begin < 4, "no wait for what is not there"


def test_with_redis_away_a_second_factor_still_opens(cafe: Any, redis_away: None) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cafe.owner, secret)
    client = Client()
    client.post("/accounts/login/", {"login": cafe.owner.email, "password": PASSWORD})
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get(f"/app/{cafe.tenant.slug}/").status_code == 200


def test_that_redis_is_away_is_said(redis_away: None) -> None:
    health.forget()
    answer = Client().get("/readyz")
    health.forget()
    assert answer.status_code == 503
    assert answer.json()["redis"] == "missing"
