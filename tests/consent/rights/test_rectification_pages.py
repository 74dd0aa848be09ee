"""A member sets the language right, stores a statement, and finds the records of consent."""

import pytest

from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.rights.models import SupplementaryStatement
from tenants.bots.models import Subscriber
from tests.consent.conftest import MARKER
from tests.foundation.keyed_rows import damaged
from tests.visitors import visitor

SAID = "STATEMENT-8c1f <b>so</b> war es nicht"


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner)


@pytest.fixture
def here(person):
    return f"/app/cafe-morgenrot/erasures/people/{person.subscriber.pk}/rectify/"


def statement(text):
    return {"what": "statement", "text": text}


def language_of(cafe):
    with cafe.scope():
        return Subscriber.objects.get().language


def test_it_is_one_press_from_the_persons_page_and_shows_no_message(owner, here):
    assert here in owner.get(here.removesuffix("rectify/")).text

    page = owner.get(here)

    assert "In their own words, up to 2000 characters." in page.text
    assert MARKER not in page.text
    assert "no-store" in page["Cache-Control"]


def test_the_language_is_set_right(cafe, owner, here):
    for _time in range(2):
        assert owner.post(here, {"what": "language", "language": "en"}).url == here

    assert language_of(cafe) == "en"
    assert 'value="en" selected' in owner.get(here).text


def test_a_statement_is_stored_shown_there_as_text_and_each_reading_is_in_the_log(
    cafe, owner, here
):
    for _time in range(2):
        assert owner.post(here, statement(SAID)).url == here
    with cafe.scope():
        before = AuditEntry.objects.filter(action="people.read").count()

    page = owner.get(here).text

    assert "STATEMENT-8c1f &lt;b&gt;so" in page
    with cafe.scope():
        assert SupplementaryStatement.objects.count() == 1
        assert AuditEntry.objects.filter(action="people.read").count() == before + 1
    assert SAID not in owner.get(here.removesuffix("rectify/")).text


@pytest.mark.parametrize(
    "sent",
    [
        {"what": "language", "language": "fr"},
        {"what": "language"},
        statement(""),
        statement("  "),
        statement("x" * 2001),
        statement("x" * 200_000),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(cafe, owner, here, sent):
    answer = owner.post(here, sent)

    assert answer.status_code == 422
    assert "invalid" in answer.text
    assert language_of(cafe) == "de"
    with cafe.scope():
        assert not SupplementaryStatement.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"what": "name", "name": "Anna"}])
def test_what_cannot_be_set_right_here_changes_nothing(cafe, owner, here, sent):
    assert owner.post(here, sent).status_code == 200

    with cafe.scope():
        assert not SupplementaryStatement.objects.exists()
    assert language_of(cafe) == "de"


def test_the_records_of_consent_are_corrected_where_they_are(owner, here):
    url = owner.get(here).context["consents_url"]

    assert owner.get(url).context["table"].paginator.count == 1


def test_a_statement_that_no_key_opens_is_said_to_be_so(cafe, owner, here):
    owner.post(here, statement(SAID))
    with cafe.scope():
        damaged(SupplementaryStatement.objects.get(), "text")

    assert "cannot be read at the moment" in owner.get(here).text


def test_whoever_goes_meanwhile_is_said_to_be_gone(cafe, person, owner, here):
    with cafe.scope():
        request_erasure(person.subscriber, origin=Erasure.Origin.BOT)

    for sent in (statement(SAID), {"what": "language", "language": "en"}):
        assert "is being erased, or has been" in owner.post(here, sent, follow=True).text
    assert language_of(cafe) == "de"


def test_only_who_protects_data_may_and_with_a_fresh_log_in(cafe, dentist, here):
    for role in ("editor", "viewer"):
        member = visitor(cafe.member(role))
        assert member.get(here).status_code == 403
        assert member.post(here, statement(SAID)).status_code == 403
    assert visitor(dentist.owner).post(here, statement(SAID)).status_code == 404
    elsewhere = here.replace("cafe-morgenrot", dentist.tenant.slug)
    assert visitor(dentist.owner).post(elsewhere, statement(SAID)).status_code == 404
    late = visitor(cafe.owner, seconds_ago=3600)
    assert "/accounts/reauthenticate/" in late.post(here, statement(SAID)).url
    with cafe.scope():
        assert not SupplementaryStatement.objects.exists()
    assert visitor(cafe.member("dpo")).post(here, statement(SAID)).url == here
