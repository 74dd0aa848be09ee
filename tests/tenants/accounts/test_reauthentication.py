"""Who did not prove just now who they are is asked again, and then goes on where they were."""

import re
import time
from typing import Any

import pytest
import time_machine
from allauth.account.internal.flows import login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation import platform_scope
from tenants.accounts.mailed_codes import LIFETIME, TRIES
from tenants.accounts.models import Membership, PlatformRole, User
from tenants.accounts.people import grant_platform_role
from tests.journey.accessibility import problems
from tests.outbox import mails
from tests.visitors import authenticated, visitor

PASSWORD = "correct-horse-battery"
LONG_AGO = 24 * 3600
DOOR = "/accounts/2fa/totp/activate/"
FORM = "/accounts/email/"
HOME = "/app/cafe-morgenrot/"
CONTINUE = "/accounts/continue/"
BY_CODE = "/accounts/reauthenticate/code/"


def by_facebook(user: User, *, seconds_ago: float = 0) -> Client:
    """A log-in with Facebook, as allauth notes it."""
    client = visitor(user)
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "socialaccount", "at": time.time() - seconds_ago, "provider": "facebook"}
    ]
    session.save()
    return client


@pytest.fixture
def facebook_user(db: None) -> User:
    """Signed up with Facebook: neither a password nor a second factor."""
    user = User.objects.create_user("linde@bakery.example", name="Linde", language="en")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SocialAccount.objects.create(user=user, provider="facebook", uid="1001")
    return user


def code_of_newest_mail() -> str:
    found = re.search(r"\b[2-9a-z]{4}-[2-9a-z]{4}\b", mails()[-1].body)
    assert found
    return found[0]


def asked(answer: Any, *, by: str = "/accounts/reauthenticate/") -> bool:
    return bool(answer.status_code == 302 and answer.url.startswith(f"{by}?next="))


def test_who_logged_in_long_ago_is_asked_again_and_comes_back(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    answer = client.get(DOOR)
    assert asked(answer)
    back = client.post(answer.url, {"password": PASSWORD})

    assert back.url == DOOR
    assert client.get(DOOR).status_code == 200


def test_where_no_file_is_wanted_the_page_says_what_else_it_asks_for(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    question = client.get(client.get(DOOR).url, headers={"accept-language": "en"}).text

    assert "cannot be taken back" in question
    assert "this file" not in question


def test_who_logged_in_just_now_is_not(cafe: Any) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": cafe.owner.email, "password": PASSWORD})

    assert client.get(DOOR).status_code == 200


def test_just_now_ends_after_ten_minutes(cafe: Any) -> None:
    assert visitor(cafe.owner, seconds_ago=9 * 60).get(DOOR).status_code == 200
    assert asked(visitor(cafe.owner, seconds_ago=11 * 60).get(DOOR))


def test_a_time_to_come_proves_nothing(cafe: Any) -> None:
    assert asked(visitor(cafe.owner, seconds_ago=-LONG_AGO).get(DOOR))


def test_a_proof_of_somebody_else_proves_nothing(cafe: Any, dentist: Any) -> None:
    client = visitor(cafe.owner)
    authenticated(client, dentist.owner, seconds_ago=0)

    assert asked(client.get(DOOR))


def test_a_wrong_password_opens_nothing(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    answer = client.post("/accounts/reauthenticate/", {"password": "wrong-horse-battery"})

    assert answer.status_code == 200
    assert asked(client.get(DOOR))


def test_the_password_of_another_account_opens_nothing(cafe: Any, dentist: Any) -> None:
    dentist.owner.set_password("the-dentists-own-words")
    dentist.owner.save()
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    client.post("/accounts/reauthenticate/", {"password": "the-dentists-own-words"})

    assert asked(client.get(DOOR))


def test_afterwards_nobody_is_led_to_a_foreign_page(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    answer = client.post(
        "/accounts/reauthenticate/?next=https://evil.example/", {"password": PASSWORD}
    )

    assert answer.url == reverse("site:start")


@pytest.mark.parametrize(
    "door",
    [
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "account_set_password",
    ],
)
def test_facebook_alone_opens_no_lock_however_fresh(facebook_user: User, door: str) -> None:
    for seconds in (0, LONG_AGO):
        assert asked(by_facebook(facebook_user, seconds_ago=seconds).get(reverse(door)), by=BY_CODE)


def test_facebook_alone_adds_no_address(facebook_user: User) -> None:
    client = by_facebook(facebook_user)

    answer = client.post(FORM, {"email": "new@bakery.example", "action_add": "1"})

    assert asked(answer, by=BY_CODE)
    assert mails() == []


def test_a_mailed_code_opens_for_who_has_neither_password_nor_factor(facebook_user: User) -> None:
    client = by_facebook(facebook_user)
    page = client.get(DOOR).url
    assert "Send me the code" in client.get(page).content.decode()
    assert mails() == []  # Looking sends nothing.

    sent = client.post("/accounts/reauthenticate/code/send/", {"next": DOOR})
    back = client.post(sent.url, {"code": code_of_newest_mail()})

    assert mails()[0].recipient == facebook_user.email
    assert back.url == DOOR
    assert client.get(DOOR).status_code == 200


@pytest.mark.parametrize("change", [str.upper, lambda code: f" {code.replace('-', ' ')} "])
def test_capitals_and_blanks_do_not_matter(facebook_user: User, change: Any) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")

    client.post(BY_CODE, {"code": change(code_of_newest_mail())})

    assert client.get(DOOR).status_code == 200


def test_a_code_opens_once(facebook_user: User) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")
    code = code_of_newest_mail()
    client.post(BY_CODE, {"code": code})

    authenticated(client, facebook_user, seconds_ago=LONG_AGO)
    answer = client.post(BY_CODE, {"code": code})

    assert "Please ask for a new one." in answer.content.decode()
    assert asked(client.get(DOOR), by=BY_CODE)


def test_a_code_ends_after_ten_minutes(facebook_user: User) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")

    with time_machine.travel(time.time() + LIFETIME + 1):
        answer = client.post(BY_CODE, {"code": code_of_newest_mail()})

        assert "Please ask for a new one." in answer.content.decode()
        assert asked(client.get(DOOR), by=BY_CODE)


def test_a_new_code_replaces_the_old_one(facebook_user: User) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")
    old = code_of_newest_mail()
    client.post("/accounts/reauthenticate/code/send/")

    client.post(BY_CODE, {"code": old})
    assert asked(client.get(DOOR), by=BY_CODE)
    client.post(BY_CODE, {"code": code_of_newest_mail()})
    assert client.get(DOOR).status_code == 200


def test_after_five_wrong_tries_the_right_code_is_of_no_use(facebook_user: User) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")

    first = client.post(BY_CODE, {"code": "2222-2222"})
    assert "You have 4 more tries." in first.content.decode()
    for _ in range(TRIES - 1):
        client.post(BY_CODE, {"code": "2222-2222"})
    client.post(BY_CODE, {"code": code_of_newest_mail()})

    assert asked(client.get(DOOR), by=BY_CODE)


def test_a_code_opens_for_the_session_that_asked_alone(facebook_user: User, cafe: Any) -> None:
    asking, other = by_facebook(facebook_user), by_facebook(facebook_user)
    asking.post("/accounts/reauthenticate/code/send/")

    other.post(BY_CODE, {"code": code_of_newest_mail()})

    assert asked(other.get(DOOR), by=BY_CODE)


def test_the_session_holds_no_code(facebook_user: User) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")

    code = code_of_newest_mail()
    held = str(SessionStore(client.session.session_key).load())

    assert "mailed_code" in held
    assert code not in held
    assert code.replace("-", "") not in held


@pytest.mark.parametrize("code", ["", " ", "x" * 10_000, "\x00", "🔑🔑🔑🔑", "2222-2222'--"])
def test_nonsense_is_refused_with_a_sentence(facebook_user: User, code: str) -> None:
    client = by_facebook(facebook_user)
    client.post("/accounts/reauthenticate/code/send/")

    answer = client.post(BY_CODE, {"code": code})

    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]


def test_who_has_a_password_is_mailed_no_code(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    client.post("/accounts/reauthenticate/code/send/")

    assert mails() == []
    assert asked(client.get(f"{BY_CODE}?next=/"))


def test_without_a_confirmed_address_no_mail_proves_anything(facebook_user: User) -> None:
    EmailAddress.objects.update(verified=False)
    client = by_facebook(facebook_user)

    answer = client.post("/accounts/reauthenticate/code/send/")

    assert answer.url == FORM
    assert mails() == []


def test_a_form_that_comes_too_late_is_kept_until_it_is_certain_who_sent_it(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    late = client.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})
    assert asked(late)
    assert mails() == []

    back = client.post(late.url, {"password": PASSWORD})
    assert back.url == CONTINUE
    page = client.get(CONTINUE).content.decode()
    assert '<form method="post" action="/accounts/email/">' in page
    assert mails() == []  # Nothing happens without a press.
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    client.post(FORM, fields)

    assert [mail.recipient for mail in mails()] == ["second@bakery.example"]
    assert client.get(CONTINUE).status_code == 302  # And once.


def test_what_was_thought_better_of_stays_undone(cafe: Any) -> None:
    """allauth itself would send the old form when the page is asked for the next time."""
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    client.post("/accounts/password/set/?x", {"action": "1"})
    client.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})

    again = client.get(DOOR)  # Somewhere else, later.
    back = client.post(again.url, {"password": PASSWORD})

    assert back.url == DOOR
    assert client.get(CONTINUE).status_code == 302
    assert not EmailAddress.objects.filter(email="second@bakery.example").exists()
    assert mails() == []


def test_the_kept_form_is_of_no_use_before_it_is_certain(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    client.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})

    assert asked(client.get(CONTINUE))
    assert client.get(CONTINUE).url.endswith("next=%2Faccounts%2Fcontinue%2F")


def test_it_is_kept_sealed_and_for_an_hour(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    client.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})

    assert "second@" not in str(SessionStore(client.session.session_key).load())
    with time_machine.travel(time.time() + 3601):
        authenticated(client, cafe.owner, seconds_ago=0)
        assert client.get(CONTINUE).status_code == 302


def test_nobody_else_finds_it(cafe: Any, dentist: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    client.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})
    kept = client.session["continue_with"]
    other = visitor(dentist.owner)
    session = other.session
    session["continue_with"] = kept
    session.save()

    assert other.get(CONTINUE).status_code == 302


@pytest.mark.parametrize("fields", [{"password1": "some-new-password"}, {"x": "y" * 70_000}])
def test_passwords_and_what_is_too_long_are_not_kept(
    facebook_user: User, fields: dict[str, str]
) -> None:
    client = by_facebook(facebook_user)

    answer = client.post("/accounts/password/set/", fields)

    assert asked(answer, by=BY_CODE)
    assert answer.url.endswith("next=%2Faccounts%2Fpassword%2Fset%2F")
    assert "continue_with" not in client.session


def test_the_kept_form_is_guarded_against_forgery_like_any_other(cafe: Any) -> None:
    lax = visitor(cafe.owner, seconds_ago=LONG_AGO)
    lax.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})
    authenticated(lax, cafe.owner, seconds_ago=0)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = lax.cookies

    page = strict.get(CONTINUE).content.decode()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    token = fields.pop("csrfmiddlewaretoken")

    assert strict.post(FORM, fields).status_code == 403
    assert strict.post(FORM, {**fields, "csrfmiddlewaretoken": token}).status_code == 302


def said_on(page: str) -> str:
    """What a reader sees, and not what the hidden fields hold."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_a_file_is_offered_once_it_is_certain_who_wants_it(cafe: Any) -> None:
    """The download itself would leave the question standing on the screen, answered long ago."""
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    late = client.get(f"{HOME}log/log.csv?what=member.invited&who=")
    assert asked(late)
    question = client.get(late.url, headers={"accept-language": "en"}).text
    assert "Download the log: what this file holds" in question
    assert "cannot be taken back" not in question
    back = client.post(late.url, {"password": PASSWORD})
    assert back.url == CONTINUE
    offered = client.get(CONTINUE)

    assert offered["Content-Type"].startswith("text/html")
    page = offered.content.decode()
    assert f'href="{HOME}log/log.csv?what=member.invited&amp;who="' in page
    assert f'href="{HOME}log/"' in page
    assert "Download the log" in said_on(page)
    assert cafe.tenant.company in said_on(page)
    file = client.get(f"{HOME}log/log.csv?what=member.invited&who=")
    assert b"".join(file.streaming_content)
    assert file["Content-Disposition"].startswith("attachment")


def test_a_file_s_address_alone_gives_nothing(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    for _ in range(2):
        assert asked(client.get(f"{HOME}log/log.csv"))
    assert asked(client.get(CONTINUE))
    with cafe.scope():
        assert not AuditEntry.objects.filter(action="log.exported").exists()


def test_the_page_names_what_is_done_and_to_whom(cafe: Any) -> None:
    viewer = cafe.member("viewer")
    with cafe.scope():
        place = Membership.objects.get(user=viewer)
    for address, fields, words in (
        (f"{place.pk}/remove/", {}, f"Remove a member : {viewer.name}"),
        (f"{place.pk}/", {"role": "owner"}, f"Change what a member may do : {viewer.name}"),
        ("hand-over/", {"member": place.pk}, f"Hand the business over : {viewer.name}"),
        ("invite/", {"email": "new@bakery.example"}, "Invite somebody"),
    ):
        client = visitor(cafe.owner, seconds_ago=LONG_AGO)
        client.post(f"{HOME}members/{address}", fields)
        authenticated(client, cafe.owner, seconds_ago=0)

        said = said_on(client.get(CONTINUE).content.decode())

        assert words.replace(" :", ":") in said
        assert cafe.tenant.company in said
        assert "new@bakery.example" not in said


def test_the_platform_s_deeds_name_the_business_or_the_user(cafe: Any) -> None:
    admin = grant_platform_role(
        User.objects.create_user("admin@chatbo.example", name="Admin"), role=PlatformRole.ADMIN
    )
    for address, words in (
        (f"tenants/{cafe.tenant.pk}/", f"Lock a business: {cafe.tenant.company}"),
        (f"tenants/{cafe.tenant.pk}/unlock/", f"Unlock a business: {cafe.tenant.company}"),
        (f"users/{cafe.owner.pk}/", cafe.owner.email),
        (f"users/{cafe.owner.pk}/end-sessions/", cafe.owner.email),
    ):
        client = visitor(admin, seconds_ago=LONG_AGO)
        client.post(f"/platform/{address}", {"reason": "Somebody complained."})
        authenticated(client, admin, seconds_ago=0)

        assert words in said_on(client.get(CONTINUE).content.decode())


@pytest.mark.parametrize("member", ["", "x", "0198c000-0000-7000-8000-000000000000", "theirs"])
def test_no_words_come_from_who_made_somebody_press(cafe: Any, dentist: Any, member: str) -> None:
    if member == "theirs":
        with dentist.scope():
            member = str(Membership.objects.get().pk)
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    client.post(
        f"{HOME}members/hand-over/?what=Read+the+news", {"member": member, "what": "Read the news"}
    )
    authenticated(client, cafe.owner, seconds_ago=0)

    said = said_on(client.get(CONTINUE).content.decode())

    assert "Hand the business over" in said
    assert "Read the news" not in said
    assert "Hand the business over:" not in said


def test_a_failed_proof_is_noted(cafe: Any) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)

    client.post("/accounts/reauthenticate/", {"password": "wrong-horse-battery"})

    with platform_scope("test: read the log"):
        entry = AuditEntry.objects.get(action="login.failed")
    assert entry.target_id == str(cafe.owner.pk)
    assert not Authenticator.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_can_be_used_on_a_phone(page: Page, site_url: str, facebook_user: User) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    client = by_facebook(facebook_user)
    late = client.post(FORM, {"email": "second@bakery.example", "action_add": "Add"})
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site_url}])
    page.set_extra_http_headers({"accept-language": "en"})

    page.goto(site_url + late.url)
    assert problems(page) == []
    page.get_by_role("button", name="Send me the code").click()
    page.get_by_label("Code from the e-mail").fill("2222")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("You have 4 more tries.").first).to_be_visible()
    assert problems(page) == []
    page.get_by_label("Code from the e-mail").fill(code_of_newest_mail())
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Thank you, it is you")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", name="Confirm your e-mail address")).to_be_visible()
    assert mails()[-1].recipient == "second@bakery.example"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_after_a_download_nobody_is_still_asked_who_they_are(
    page: Page, site_url: str, cafe: Any
) -> None:
    client = visitor(cafe.owner, seconds_ago=LONG_AGO)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site_url}])
    page.set_extra_http_headers({"accept-language": "en"})

    page.goto(f"{site_url}{HOME}log/")
    page.get_by_role("link", name="CSV").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Thank you, it is you")).to_be_visible()
    assert problems(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()

    assert download.value.suggested_filename == "log.csv"
    page.get_by_role("link", name="Back to the page").click()
    expect(page.get_by_role("heading", name="Log", exact=True)).to_be_visible()
