"""Before a version is approved, the lawyer reads how many it concerns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatbo.dashboard.text_holders import Concerned, whom_concerns
from chatbo.foundation.isolation import platform_scope
from chatbo.foundation.isolation.ids import new_id
from consent.embeds.tools import create_tool, switch_off_tool
from consent.ledger.models import ConsentIdentity, ConsentRecord
from consent.ledger.recording import record_consent
from consent.texts.models import Approval, TextVersion
from consent.texts.versions import Effect, decide_on_text, text_in_force
from tenants.accounts.models import Membership, User
from tests.chatbo.dashboard.conftest import Visitor
from tests.consent.embeds.conftest import live_bot
from tests.next_versions import submit_next

Purpose, Decision = ConsentRecord.Purpose, ConsentRecord.Decision
Next = Callable[..., TextVersion]


@pytest.fixture
def proposed(cafe: Any) -> Next:
    def submit(key: str, effect: Effect = Effect.ASK, language: str = "de") -> TextVersion:
        return submit_next(key, effect, language=language)

    return submit


def say(business: Any, person: Any, decision: str = Decision.GRANTED, **more: Any) -> Any:
    """What somebody said on the newsletter; without a person, a click without a name."""
    with business.scope():
        return record_consent(
            text_in_force("consent-newsletter", "de"),
            purpose=Purpose.NEWSLETTER,
            decision=Decision(decision),
            source=ConsentRecord.Source.SIGNUP,
            controller=ConsentRecord.Controller.PLATFORM,
            person_id=person,
            identifier=f"{person}@mailbox.example" if person else "",
            **more,
        )


def concerned(version: TextVersion) -> Concerned:
    with platform_scope("test"):
        return whom_concerns(version)


def test_people_are_counted_by_their_last_word(cafe: Any, dentist: Any, proposed: Next) -> None:
    stays, leaves, gone, refuses = (new_id() for _ in range(4))
    say(cafe, stays)
    say(cafe, stays)
    say(dentist, new_id())
    say(cafe, leaves)
    say(cafe, leaves, Decision.WITHDRAWN, given_at=timezone.now() + timedelta(seconds=1))
    say(cafe, refuses, Decision.REFUSED)
    say(cafe, None)
    say(cafe, gone)
    with cafe.scope():
        ConsentIdentity.objects.filter(person_id=gone).delete()

    assert concerned(proposed("consent-newsletter")) == Concerned(people=2, businesses=2)
    assert concerned(proposed("consent-terms")).is_nobody


def test_terms_concern_whoever_agreed_at_the_sign_up_or_goes_on_with_an_older_version(
    cafe: Any, dentist: Any, proposed: Next
) -> None:
    said = {"purpose": Purpose.TERMS, "controller": ConsentRecord.Controller.PLATFORM}
    for business, key, decision in (
        (cafe, "consent-terms", Decision.GRANTED),
        (cafe, "terms", Decision.GRANTED),
        (dentist, "terms", Decision.REFUSED),
    ):
        person = new_id()
        with business.scope():
            record_consent(
                text_in_force(key, "de"),
                decision=decision,
                source=ConsentRecord.Source.PAGE,
                person_id=person,
                identifier=f"{person}@mailbox.example",
                **said,
            )

    assert concerned(proposed("terms")) == Concerned(people=3, businesses=2)
    assert concerned(proposed("terms", language="en")).is_nobody


def test_the_privacy_policy_concerns_everybody_who_has_an_account_in_a_business(
    cafe: Any, dentist: Any, proposed: Next
) -> None:
    guest = User.objects.create_user("guest@cafe.example", name="Guest", language="de")
    User.objects.create_user("nowhere@mailbox.example", name="Nobody", language="de")
    for business in (cafe, dentist):
        with business.scope():
            Membership.objects.create(user=guest, role=Membership.Role.OWNER)
    User.objects.filter(pk=dentist.owner.pk).update(language="en")
    User.objects.filter(pk=cafe.owner.pk).update(language="de")

    assert concerned(proposed("privacy")) == Concerned(people=2, businesses=2)
    assert concerned(proposed("privacy", language="en")) == Concerned(people=1, businesses=1)


def test_a_language_counts_for_itself(cafe: Any, proposed: Next) -> None:
    say(cafe, new_id())
    assert concerned(proposed("consent-newsletter", language="en")).is_nobody


def test_whoever_has_seen_the_new_one_is_not_counted_for_it(
    cafe: Any, second_lawyer: User, proposed: Next
) -> None:
    person = new_id()
    say(cafe, person)
    new = proposed("consent-newsletter")
    decide_on_text(new, lawyer=second_lawyer, verdict=Approval.Verdict.APPROVED)
    say(cafe, person, given_at=timezone.now() + timedelta(seconds=1))
    assert concerned(new).is_nobody


def test_whoever_agreed_and_was_told_since_is_counted_for_the_next_one(
    cafe: Any, second_lawyer: User, proposed: Next
) -> None:
    """As the log-in asks: being told of other words ends no consent, and makes none."""
    stays, never = new_id(), new_id()
    say(cafe, stays)
    say(cafe, never, Decision.REFUSED)
    told = proposed("consent-newsletter", Effect.INFORM)
    decide_on_text(told, lawyer=second_lawyer, verdict=Approval.Verdict.APPROVED)
    for person in (stays, never):
        say(cafe, person, Decision.SHOWN, given_at=timezone.now() + timedelta(seconds=1))

    assert concerned(told).is_nobody
    assert concerned(proposed("consent-newsletter")) == Concerned(people=1, businesses=1)


def test_bots_and_tools_are_counted_as_they_run(cafe: Any, dentist: Any, proposed: Next) -> None:
    bot, theirs = live_bot(cafe), live_bot(dentist)
    with cafe.scope():
        create_tool(bot, label="Chat")
        switch_off_tool(create_tool(bot, label="Aus"))
        create_tool(bot, label="Ask us", language="en")
    with dentist.scope():
        create_tool(theirs, label="Termin")

    assert concerned(proposed("bot-notice")) == Concerned(bots=2)
    assert concerned(proposed("consent-embed-chat")) == Concerned(tools=2)
    assert concerned(proposed("passage-intro")) == Concerned(businesses=2)
    assert concerned(proposed("avv")) == Concerned(businesses=0)


def test_the_lawyer_reads_it_before_deciding_and_not_after(
    cafe: Any, visitor: Visitor, second_lawyer: User, proposed: Next
) -> None:
    for _ in range(3):
        say(cafe, new_id())
    version = proposed("consent-newsletter", Effect.INFORM)
    desk, page = visitor(second_lawyer), f"/platform/texts/{version.pk}/"

    before = desk.get(page)
    assert before.context["concerned"] == Concerned(people=3, businesses=1)
    shown = before.content.decode()
    assert "Whom this concerns" in shown or "Wen das betrifft" in shown

    desk.post(page, {"verdict": Approval.Verdict.APPROVED})
    assert desk.get(page).context["concerned"] is None


def test_it_is_counted_in_two_questions_however_many_there_are(
    cafe: Any, proposed: Next, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        say(cafe, new_id())
    version = proposed("consent-newsletter")
    with platform_scope("test"), django_assert_max_num_queries(2):
        assert whom_concerns(version).people == 5
