"""The form: it stores nothing, it tells nobody who is a customer, it ticks no box."""

import logging
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache

from chatbo.foundation.limits import LIMITS, MAILBOX, MINUTE, Limit, Per
from tests.consent.signup.conftest import ADDRESS, MARKER


def test_nothing_is_stored_before_the_confirmation(
    transactional_db: None,
    applicant: Any,
    stored: Any,
    tables_with: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = stored()
    with caplog.at_level(logging.DEBUG):
        answer = applicant.apply(newsletter="on")
        looked_at = applicant.client.get(applicant.link())

    assert answer.status_code == 302
    assert looked_at.status_code == 200
    assert stored() == before
    assert MARKER not in caplog.text
    assert not set(applicant.client.cookies) - {"csrftoken"}
    redis = cache._cache.get_client()
    for key in redis.keys("*"):
        assert MARKER.encode() not in key
        assert MARKER.encode() not in redis.get(key)

    # The search can find: afterwards it does.
    applicant.confirm()
    assert "accounts_user" in tables_with(MARKER)
    assert stored() != before


def test_the_link_is_encrypted(applicant: Any) -> None:
    applicant.apply()
    assert MARKER not in applicant.link()


def test_no_box_is_ticked_beforehand(applicant: Any) -> None:
    page = applicant.client.get("/accounts/signup/").content.decode()
    assert page.count('type="checkbox"') == 3
    assert " checked" not in page


@pytest.mark.parametrize("missing", ["terms", "email"])
def test_what_is_demanded_is_asked_again(applicant: Any, missing: str) -> None:
    answer = applicant.apply(**{missing: ""})
    assert answer.status_code == 422
    assert mail.outbox == []


def test_neither_newsletter_nor_third_party_is_a_condition(applicant: Any) -> None:
    assert applicant.apply().status_code == 302


def test_a_known_address_gets_the_same_answer_and_another_mail(applicant: Any, cafe: Any) -> None:
    unknown = applicant.apply()
    applicant.address = "Owner@cafe-morgenrot.example"
    known = applicant.apply()

    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)
    assert [m.to for m in mail.outbox] == [[ADDRESS], ["owner@cafe-morgenrot.example"]]
    assert "/accounts/confirm/" in mail.outbox[0].body
    assert "/accounts/confirm/" not in mail.outbox[1].body
    assert "/accounts/login/" in mail.outbox[1].body


def test_a_mailbox_cannot_be_flooded_and_the_answer_stays_the_same(applicant: Any) -> None:
    most = LIMITS[MAILBOX][0].most
    answers = [applicant.apply() for _ in range(most + 2)]
    assert {answer.status_code for answer in answers} == {302}
    assert len(mail.outbox) == most


def test_a_network_that_asks_too_often_is_stopped(
    applicant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, "signup:start", (Limit(1, MINUTE, Per.ADDRESS),))
    assert applicant.apply().status_code == 302
    assert applicant.apply().status_code == 429


def test_without_redis_people_can_still_sign_up(applicant: Any, settings: Any) -> None:
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert applicant.apply().status_code == 302
    assert len(mail.outbox) == 1


def test_a_mail_that_cannot_be_sent_is_said_and_nothing_is_kept(
    transactional_db: None, applicant: Any, stored: Any, settings: Any
) -> None:
    before = stored()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = applicant.apply(newsletter="on")
    assert answer.status_code == 503
    assert ADDRESS in answer.content.decode()  # Typed once, still there.
    assert stored() == before


def test_texts_that_were_not_shown_cannot_be_agreed_to(applicant: Any) -> None:
    answer = applicant.apply(shown="forged", newsletter="on")
    assert answer.status_code == 422
    assert " checked" not in answer.content.decode()
    assert mail.outbox == []


def test_the_mail_speaks_the_language_of_the_page(applicant: Any) -> None:
    applicant.client.cookies["django_language"] = "en"
    applicant.apply()
    assert mail.outbox[-1].subject == "Please confirm your e-mail address"


def test_the_library_s_own_sign_up_is_out_of_reach(applicant: Any) -> None:
    for address in ["/accounts/signup/", "/accounts/3rdparty/signup/"]:
        applicant.client.post(address, {"email": ADDRESS, "password1": "some-long-password-1"})
    assert not applicant.client.login(email=ADDRESS, password="some-long-password-1")
    assert mail.outbox == []


def test_an_address_longer_than_can_be_stored_is_refused_before_any_mail(applicant: Any) -> None:
    applicant.address = f"{'x' * 200}@{'y' * 60}.bakery.example"

    assert applicant.apply().status_code == 422
    assert mail.outbox == []
