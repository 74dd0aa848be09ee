"""At the next log-in after a text has changed: who is told, who is asked, and what is recorded."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation

from chatbo.foundation.isolation import tenant_scope, user_scope
from consent.ledger.models import ConsentRecord, ShownForm
from consent.ledger.recording import record_consent
from consent.ledger.wording import words_of
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, decide_on_text, text_in_force
from tenants.accounts.models import Membership, User
from tests.consent.signup.conftest import ADDRESS
from tests.next_versions import publish_next
from tests.visitors import visitor

PAGE = "/accounts/changes/"
Purpose, Decision = ConsentRecord.Purpose, ConsentRecord.Decision


@pytest.fixture
def customer(applicant: Any) -> User:
    """Who signed up, with the terms and the newsletter."""
    applicant.answers = {"terms": "on", "newsletter": "on"}
    applicant.apply()
    applicant.confirm()
    return User.objects.get(email=ADDRESS)


def publish(key: str, effect: Effect) -> TextVersion:
    number = text_in_force(key, "de").number
    more = {"change": "One more sentence", "reason": "So that it is clear."}
    return publish_next(key, effect, words=f"\n\nOne more sentence {number}.", **more)


def records(user: User, purpose: Purpose) -> list[ConsentRecord]:
    """The newest first."""
    tenant_id = _tenant_of(user)
    with tenant_scope(tenant_id):
        return list(ConsentRecord.objects.of_person(user.pk).filter(purpose=purpose))


def _tenant_of(user: User) -> Any:
    with user_scope(user.pk):
        return Membership.objects.filter(user=user).values_list("tenant_id", flat=True)[0]


def led(client: Client, address: str = "/start/") -> bool:
    answer = client.get(address)
    return answer.status_code == 302 and answer.url.startswith(PAGE)


def hidden_of(client: Client, page: str = PAGE) -> dict[str, str]:
    form = client.get(page).text.split('<main id="content"')[1].split("</main>")[0]
    return dict(re.findall(r'name="(shown|next)" value="([^"]*)"', form))


def send(client: Client, page: str = PAGE, **chosen: str) -> Any:
    return client.post(PAGE, hidden_of(client, page) | chosen)


def test_who_knows_all_texts_is_not_held_up(customer: User) -> None:
    client = visitor(customer)

    assert not led(client)
    assert client.get(PAGE).url == "/start/"


def test_a_change_that_nobody_need_be_told_of_holds_nobody_up(customer: User) -> None:
    publish("terms", Effect.EDITORIAL)

    assert not led(visitor(customer))


@pytest.mark.parametrize(
    ("said", "decision"), [("yes", Decision.GRANTED), ("no", Decision.REFUSED)]
)
def test_new_terms_are_asked_for_and_either_answer_leads_on(
    customer: User, said: str, decision: str
) -> None:
    version = publish("terms", Effect.ASK)
    client = visitor(customer)
    home = client.get("/start/?from=mail", follow=True)
    before = timezone.now()

    assert "Our texts have changed" in home.text
    assert "One more sentence" in home.text
    assert "So that it is clear." in home.text
    assert " checked" not in home.text
    answer = send(client, f"{PAGE}?next=/start/?from=mail", **{"terms-terms": said})

    assert answer.url == "/start/?from=mail"
    assert not led(client)
    assert not led(visitor(customer)), "nor at the next log-in"
    newest = records(customer, Purpose.TERMS)[0]
    assert (newest.text_version, newest.decision) == (version, decision)
    assert newest.way == ConsentRecord.Way.TICK
    assert newest.shown_at is not None
    assert abs(newest.shown_at - before) < timedelta(minutes=1)
    assert newest.shown_at <= newest.given_at
    with tenant_scope(newest.tenant_id):
        shown = ShownForm.objects.get(sha256=newest.form_sha256).content
    assert "One more sentence 1." in shown
    with translation.override("en"):
        read = words_of(shown)
    assert "One more sentence\nWhy: So that it is clear." in read
    assert "[new: One more sentence 1.]" in read
    assert "Your choice: Terms of use" in read or "Your choice: Nutzungsbedingungen" in read
    assert "\nI agree to this version\nI do not agree: " in read


def test_old_and_new_words_are_told_apart_in_what_is_kept(customer: User) -> None:
    """As in "within 14 days" that became "within 30": both stood there, one of them struck."""
    with translation.override("en"):
        read = words_of("<p>due within <del>14 </del><ins>30 </ins>days</p>")

    assert read == "due within [struck: 14] [new: 30] days"


def test_what_is_only_told_is_kept_without_a_question(customer: User) -> None:
    publish("terms", Effect.INFORM)
    send(visitor(customer))

    newest = records(customer, Purpose.TERMS)[0]
    with tenant_scope(newest.tenant_id):
        shown = ShownForm.objects.get(sha256=newest.form_sha256).content
    assert "One more sentence 1." in shown
    assert "Your choice" not in shown


def test_after_a_no_the_next_version_is_told_against_the_one_that_holds(customer: User) -> None:
    publish("terms", Effect.ASK)
    send(visitor(customer), **{"terms-terms": "no"})
    assert not led(visitor(customer)), "the same is not asked twice"

    publish("terms", Effect.INFORM)
    page = visitor(customer).get(PAGE).text

    assert "One more sentence 1." in page
    assert "One more sentence 2." in page
    assert 'type="radio"' in page, "who refused what was asked is asked, not told"


def test_who_has_two_businesses_is_asked_once_for_what_the_older_words_demand(
    customer: User, cafe: Any
) -> None:
    home = _tenant_of(customer)
    with cafe.scope():
        Membership.objects.create(user=customer, role=Membership.Role.OWNER)
    publish("terms", Effect.ASK)
    with cafe.scope():
        record_consent(
            text_in_force("terms", "de"),
            purpose=Purpose.TERMS,
            decision=Decision.GRANTED,
            source=ConsentRecord.Source.SIGNUP,
            controller=ConsentRecord.Controller.PLATFORM,
            person_id=customer.pk,
            identifier=customer.email,
        )
    newest = publish("terms", Effect.INFORM)
    client = visitor(customer)

    assert client.get(PAGE).text.count('type="radio"') == 2
    send(client, **{"terms-terms": "yes"})

    for tenant_id in (home, cafe.tenant.pk):
        with tenant_scope(tenant_id):
            last = ConsentRecord.objects.filter(purpose=Purpose.TERMS).latest("given_at", "id")
        assert (last.text_version_id, last.decision) == (newest.pk, Decision.GRANTED)


def withdraw(version: TextVersion) -> None:
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")


def publish_again(key: str, effect: Effect) -> TextVersion:
    """Made from the one in force; the words of what was withdrawn are not in it."""
    return publish_next(key, effect, words="\n\nAnother sentence.", change="Another sentence")


def test_the_way_back_to_what_somebody_agreed_to_is_told_and_not_asked(customer: User) -> None:
    version = publish("terms", Effect.ASK)
    send(visitor(customer), **{"terms-terms": "yes"})
    withdraw(version)
    client = visitor(customer)

    page = client.get(PAGE).text

    assert "A newer version was withdrawn. Version 1 holds again." in page
    assert "You agreed to it before, so there is nothing to choose." in page
    assert "/legal/terms/?lang=de" in page
    assert 'type="radio"' not in page
    assert send(client).url == "/start/"
    newest = records(customer, Purpose.TERMS)[0]
    assert (newest.text_version.number, newest.decision) == (1, Decision.SHOWN)
    assert not led(visitor(customer)), "once is enough"


def test_who_never_agreed_to_the_version_that_holds_again_is_asked(applicant: Any) -> None:
    version = publish("terms", Effect.ASK)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        applicant.apply()
        applicant.confirm()
    newcomer = User.objects.get(email=ADDRESS)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        withdraw(version)

    page = visitor(newcomer).get(PAGE).text

    assert "Version 1 holds again." in page
    assert "You agreed to it before" not in page
    assert "I do not agree: version 2, which I agreed to, goes on applying" in page
    send(visitor(newcomer), **{"terms-terms": "no"})
    assert not led(visitor(newcomer)), "the same is not asked twice"


def test_a_version_that_was_withdrawn_before_somebody_saw_it_is_nothing_to_them(
    customer: User,
) -> None:
    """The lawyer said of the third: they are told. So they are, of its change alone."""
    withdraw(publish("terms", Effect.ASK))
    third = publish_again("terms", Effect.INFORM)
    client = visitor(customer)

    page = client.get(PAGE).text

    assert 'type="radio"' not in page
    assert "Another sentence" in page
    assert "One more sentence" not in page
    assert "withdrawn" not in page
    send(client)
    assert records(customer, Purpose.TERMS)[0].text_version == third


@pytest.mark.parametrize(("said", "is_asked"), [("yes", True), ("no", False)])
def test_after_a_withdrawn_version_the_next_is_measured_from_what_holds_for_them(
    customer: User, said: str, is_asked: bool
) -> None:
    """Who agreed to the second one leaves it again; who refused it has nothing to leave."""
    second = publish("terms", Effect.ASK)
    send(visitor(customer), **{"terms-terms": said})
    withdraw(second)
    publish_again("terms", Effect.INFORM)

    page = visitor(customer).get(PAGE).text

    assert ('type="radio"' in page) == is_asked
    assert ("Version 2, which applied to you, was withdrawn." in page) == is_asked
    assert "Another sentence" in page


def test_a_version_that_says_nothing_new_after_one_that_was_refused_tells_nothing(
    customer: User,
) -> None:
    second = publish("terms", Effect.ASK)
    send(visitor(customer), **{"terms-terms": "no"})
    withdraw(second)
    publish_again("terms", Effect.EDITORIAL)

    assert not led(visitor(customer))


def test_who_refused_a_version_that_is_withdrawn_has_nothing_to_be_told(customer: User) -> None:
    version = publish("terms", Effect.ASK)
    send(visitor(customer), **{"terms-terms": "no"})
    lawyer = User.objects.get(email="lawyer@chatbo.example")
    decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.REJECTED, remark="No.")

    assert not led(visitor(customer))


def test_whoever_refused_newer_terms_reads_the_version_that_goes_on(customer: User) -> None:
    publish("terms", Effect.ASK)
    send(visitor(customer), **{"terms-terms": "no"})
    publish("terms", Effect.ASK)
    client = visitor(customer)

    page = client.get(PAGE).text

    assert "Version 1, which applies to you so far" in page
    assert 'href="/legal/terms/?lang=de&amp;version=1"' in page
    assert 'href="/legal/terms/?lang=de&amp;version=3"' in page


def test_without_a_choice_the_page_comes_back_and_nothing_is_recorded(customer: User) -> None:
    publish("terms", Effect.ASK)
    client = visitor(customer)

    answer = send(client)

    assert answer.status_code == 422
    assert "Please choose one of the two." in answer.text
    assert len(records(customer, Purpose.TERMS)) == 1
    assert led(client)


def test_whoever_is_only_told_has_nothing_to_choose(customer: User) -> None:
    version = publish("terms", Effect.INFORM)
    client = visitor(customer)
    page = client.get(PAGE).text

    assert 'type="radio"' not in page
    assert "Understood" in page
    assert send(client).url == "/start/"
    newest = records(customer, Purpose.TERMS)[0]
    assert (newest.text_version, newest.decision) == (version, Decision.SHOWN)


def test_a_new_privacy_policy_is_told_and_never_asked_for(customer: User) -> None:
    version = publish("privacy", Effect.ASK)
    client = visitor(customer)

    assert 'type="radio"' not in client.get(PAGE).text
    assert send(client).status_code == 302
    newest = records(customer, Purpose.PRIVACY)[0]
    assert (newest.text_version, newest.decision) == (version, Decision.SHOWN)
    assert not led(visitor(customer))
    publish("privacy", Effect.INFORM)
    assert led(visitor(customer)), "of the next one as well"


def test_members_without_a_sign_up_are_told_of_the_privacy_policy_alone(customer: User) -> None:
    member = User.objects.create_user("member@bakery.example", name="M")
    with tenant_scope(_tenant_of(customer)):
        Membership.objects.create(user=member, role=Membership.Role.VIEWER)
    publish("terms", Effect.ASK)
    assert not led(visitor(member))

    publish("privacy", Effect.INFORM)
    assert led(visitor(member))


def test_other_words_of_the_newsletter_are_agreed_to_or_it_ends(customer: User) -> None:
    version = publish("consent-newsletter", Effect.ASK)
    client = visitor(customer)
    assert "One more sentence 1." in client.get(PAGE).text

    send(client, **{"newsletter-consent-newsletter": "yes"})
    newest = records(customer, Purpose.NEWSLETTER)[0]
    assert (newest.text_version, newest.decision) == (version, Decision.GRANTED)

    publish("consent-newsletter", Effect.ASK)
    send(visitor(customer), **{"newsletter-consent-newsletter": "no"})
    newest = records(customer, Purpose.NEWSLETTER)[0]
    assert newest.decision == Decision.WITHDRAWN
    assert not led(visitor(customer))
    publish("consent-newsletter", Effect.ASK)
    assert not led(visitor(customer)), "who has no newsletter is not asked"


def test_who_was_only_told_of_other_words_of_the_newsletter_still_has_it(customer: User) -> None:
    told = publish("consent-newsletter", Effect.INFORM)
    send(visitor(customer))
    newest = records(customer, Purpose.NEWSLETTER)[0]
    assert (newest.text_version, newest.decision) == (told, Decision.SHOWN)

    publish("consent-newsletter", Effect.ASK)
    assert 'type="radio"' in visitor(customer).get(PAGE).text
    send(visitor(customer), **{"newsletter-consent-newsletter": "no"})
    assert records(customer, Purpose.NEWSLETTER)[0].decision == Decision.WITHDRAWN


def test_a_version_that_comes_while_the_page_is_open_is_shown_before_anything_counts(
    customer: User,
) -> None:
    publish("terms", Effect.ASK)
    client = visitor(customer)
    hidden = hidden_of(client)
    newer = publish("terms", Effect.ASK)

    answer = client.post(PAGE, {**hidden, "terms-terms": "yes"})

    assert answer.status_code == 422
    assert "A text has changed while this page was open." in answer.text
    assert "One more sentence 2." in answer.text
    assert " checked" not in answer.text
    assert len(records(customer, Purpose.TERMS)) == 1
    send(client, **{"terms-terms": "yes"})
    assert records(customer, Purpose.TERMS)[0].text_version == newer


def test_sent_twice_is_recorded_once(customer: User) -> None:
    publish("terms", Effect.ASK)
    client = visitor(customer)
    hidden = hidden_of(client)

    for _ in range(2):
        assert client.post(PAGE, {**hidden, "terms-terms": "yes"}).status_code == 302

    assert len(records(customer, Purpose.TERMS)) == 2


@pytest.mark.parametrize("shown", ["", "guessed", "é"])
def test_a_forged_page_counts_for_nothing(customer: User, shown: str) -> None:
    publish("terms", Effect.ASK)

    answer = visitor(customer).post(PAGE, {"shown": shown, "terms-terms": "yes"})

    assert answer.status_code == 422
    assert len(records(customer, Purpose.TERMS)) == 1


@pytest.mark.parametrize(
    "wished", ["https://elsewhere.example/", "//elsewhere.example", "/\\x.example"]
)
def test_nobody_is_led_to_another_site(customer: User, wished: str) -> None:
    assert visitor(customer).get(PAGE, {"next": wished}).url == "/start/"


def test_what_is_sent_and_what_a_page_loads_goes_through(customer: User) -> None:
    publish("terms", Effect.ASK)
    client = visitor(customer)

    assert not led(client, "/legal/terms/")
    assert not led(client, "/accounts/profile/")
    assert client.get("/start/", headers={"hx-request": "true"}).url.startswith("/app/")
    assert client.get("/start/", headers={"sec-fetch-dest": "image"}).url.startswith("/app/")
    assert client.post("/start/").status_code == 405
    assert led(client)


def test_a_stranger_is_led_to_the_log_in(client: Client, db: None) -> None:
    assert client.get(PAGE).url.startswith("/accounts/login/")
    assert client.get("/start/").url.startswith("/accounts/login/")


def test_it_is_looked_up_once_a_log_in(customer: User) -> None:
    client = visitor(customer)
    client.get("/start/")
    publish("terms", Effect.ASK)

    assert not led(client)
    assert led(visitor(customer))


def test_the_page_of_somebody_else_proves_nothing(customer: User, cafe: Any) -> None:
    """Its seal is the reader's own: what another was shown, this one has not read."""
    version = publish("terms", Effect.ASK)
    with cafe.scope():
        record_consent(
            TextVersion.objects.get(key="terms", language="de", number=1),
            purpose=Purpose.TERMS,
            decision=Decision.GRANTED,
            source=ConsentRecord.Source.SIGNUP,
            controller=ConsentRecord.Controller.PLATFORM,
            person_id=cafe.owner.pk,
            identifier=cafe.owner.email,
        )
    others = hidden_of(visitor(cafe.owner))

    answer = visitor(customer).post(PAGE, {**others, "terms-terms": "yes"})

    assert answer.status_code == 422
    assert len(records(customer, Purpose.TERMS)) == 1
    assert send(visitor(customer), **{"terms-terms": "yes"}).status_code == 302
    assert records(customer, Purpose.TERMS)[0].text_version == version
