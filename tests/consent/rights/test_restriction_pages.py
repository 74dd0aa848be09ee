"""A member restricts and lifts on a person's page; what is restricted is seen wherever they are."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from consent.erasure.models import Erasure
from consent.erasure.requests import request_erasure
from consent.rights.models import Restriction
from consent.rights.restricting import leave_in_force, lift, restrict
from tenants.bots.channels import disconnect_channel
from tenants.bots.models import Platform, Subscriber
from tests.consent.erasure.crowds import channel_of_bot, someone
from tests.visitors import visitor

PEOPLE = "/app/cafe-morgenrot/erasures/people/"
BADGE = "restricted</span>"
WISH = {"ground": "claims", "note": "Sie klagt."}


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner)


@pytest.fixture
def frieda(cafe, queue):
    with cafe.scope():
        return channel_of_bot("Frieda")


@pytest.fixture
def anna(cafe, frieda):
    with cafe.scope():
        return someone(frieda, "anna")


@pytest.fixture
def here(anna):
    return f"{PEOPLE}{anna.pk}/"


def restricted(cafe, whom):
    with cafe.scope():
        return restrict(whom, ground=Restriction.Ground.ACCURACY, by=cafe.owner)


def the_restriction(cafe):
    with cafe.scope():
        return Restriction.objects.get()


def test_it_is_restricted_on_the_persons_page_and_stands_there_with_ground_and_note(
    cafe, owner, here
):
    assert f"{here}restrict/" in owner.get(here).text
    assert owner.get(f"{here}restrict/").status_code == 200

    for _time in range(2):
        assert owner.post(f"{here}restrict/", WISH).url == here

    restriction = the_restriction(cafe)
    assert restriction.set_by_id == cafe.owner.pk
    page = owner.get(here).text
    assert "They are stored, and nothing else is done with them" in page
    assert "the person does, for legal claims" in page
    assert "Sie klagt." in page
    assert f"{PEOPLE}restrictions/{restriction.pk}/lift/" in page
    assert f"{here}restrict/" not in page
    assert "/erase/?subject=" not in page


@pytest.mark.parametrize(
    "wrong",
    [{"ground": ""}, {"ground": "curious"}, {"note": "x" * 501}, {"note": "x" * 100_000}],
)
def test_what_is_filled_in_wrong_is_said_and_nobody_is_restricted(cafe, owner, here, wrong):
    answer = owner.post(f"{here}restrict/", WISH | wrong)

    assert answer.status_code == 422
    assert "invalid" in answer.text
    with cafe.scope():
        assert not Restriction.objects.exists()


def test_lifting_is_asked_by_a_page_and_done_by_a_press(cafe, owner, anna, here, queue):
    restriction = restricted(cafe, anna)
    lifting = f"{PEOPLE}restrictions/{restriction.pk}/lift/"

    assert "Tell the person and lift it" in owner.get(lifting).text
    assert the_restriction(cafe).state == "in_force"

    for _time in range(2):
        assert owner.post(lifting).url == here

    assert the_restriction(cafe).state == "lifting"
    page = owner.get(here).text
    assert "is being told that it ends" in page
    assert lifting not in page
    assert "Keep it restricted" in page


def test_whom_messenger_lets_nobody_write_to_is_to_be_told_another_way(cafe, owner, queue):
    with cafe.scope():
        channel = channel_of_bot("Messenger", platform=Platform.MESSENGER)
        old = someone(channel, "old", seen=timezone.now() - timedelta(days=2))
        new = someone(channel, "new")
    for whom, is_warned in ((old, True), (new, False)):
        restriction = restricted(cafe, whom)
        page = owner.get(f"{PEOPLE}restrictions/{restriction.pk}/lift/").text
        assert ("Tell the person another way" in page) == is_warned
        assert f"{restriction.pk}/told/" in page


def untold(cafe, restriction, why="2018278"):
    with cafe.scope():
        lift(restriction, by=cafe.owner)
        restriction.refresh_from_db()
        leave_in_force(restriction, why=why)


def test_that_the_person_could_not_be_told_stands_on_their_page_with_date_and_reason(
    cafe, owner, anna, here, queue
):
    restriction = restricted(cafe, anna)

    untold(cafe, restriction)

    page = owner.get(here).text
    assert "the person could not be told that it ends" in page
    assert "its answer: 2018278" in page
    assert date_format(timezone.localtime(), "SHORT_DATE_FORMAT") in page
    assert "The restriction stays until the person knows that it ends." in page
    assert "Try again in the chat" in page
    assert f"{PEOPLE}restrictions/{restriction.pk}/lift/" in page
    assert f"{PEOPLE}restrictions/{restriction.pk}/told/" in page
    assert "Keep it restricted" in page


def test_a_channel_that_is_gone_is_said_in_words(cafe, owner, anna, here, queue):
    untold(cafe, restricted(cafe, anna), why="channel_gone")

    assert "The channel that the person wrote on is not connected any more." in owner.get(here).text


def test_it_is_lifted_by_noting_how_the_person_was_told_and_that_stays_on_the_page(
    cafe, owner, anna, here, queue
):
    restriction = restricted(cafe, anna)
    untold(cafe, restriction)
    told = f"{PEOPLE}restrictions/{restriction.pk}/told/"
    assert owner.get(told).status_code == 200

    wish = {"way": "letter", "on": timezone.localdate(), "note": "Einschreiben 17"}
    for _time in range(2):
        assert owner.post(told, wish).url == here

    assert the_restriction(cafe).state == "lifted"
    page = owner.get(here).text
    assert "Earlier restrictions" in page
    assert "by letter" in page
    assert "Einschreiben 17" in page
    assert "its answer: 2018278" in page, "that the chat could not tell stays known"
    assert f"{here}restrict/" in page
    assert "is restricted" not in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"way": ""}, "required"),
        ({"way": "dove"}, "Select a valid choice"),
        ({"on": "2999-01-01"}, "The day must not be ahead"),
        ({"on": "yesterday"}, "Enter a valid date"),
        ({"way": "other", "note": ""}, "Please say in which way."),
        ({"note": "x" * 501}, "500"),
    ],
)
def test_what_is_noted_wrong_is_said_and_lifts_nothing(cafe, owner, anna, wrong, said):
    restriction = restricted(cafe, anna)
    wish = {"way": "letter", "on": timezone.localdate(), "note": "x"}

    answer = owner.post(f"{PEOPLE}restrictions/{restriction.pk}/told/", wish | wrong)

    assert answer.status_code == 422
    assert said in answer.text
    assert the_restriction(cafe).state == "in_force"


def test_who_reads_of_a_web_chat_learns_what_told_means_there(cafe, owner, queue):
    with cafe.scope():
        visitor_of_site = someone(channel_of_bot("Web", platform=Platform.WEB), "web")
    restriction = restricted(cafe, visitor_of_site)

    asked = owner.get(f"{PEOPLE}restrictions/{restriction.pk}/lift/").text
    owner.post(f"{PEOPLE}restrictions/{restriction.pk}/lift/")
    page = owner.get(f"{PEOPLE}{visitor_of_site.pk}/").text

    assert "On the web chat, nothing is sent" in asked
    assert "The person counts as told once their chat has loaded it" in page
    assert f"{restriction.pk}/told/" in page
    assert the_restriction(cafe).state == "lifting"


def test_where_the_channel_is_gone_the_question_says_so(cafe, owner, frieda, anna):
    restriction = restricted(cafe, anna)
    with cafe.scope():
        disconnect_channel(frieda)

    asked = owner.get(f"{PEOPLE}restrictions/{restriction.pk}/lift/").text

    assert "The channel is not connected" in asked


def test_the_list_shows_who_is_restricted_and_can_show_them_alone(cafe, owner, frieda, anna):
    with cafe.scope():
        someone(frieda, "otto")
    restricted(cafe, anna)

    page = owner.get(PEOPLE)
    alone = owner.get(f"{PEOPLE}?restricted=on")

    rows = [row.record for row in alone.context["table"].page.object_list]
    assert rows == [anna]
    assert alone.text.count(BADGE) == page.text.count(BADGE) == 1
    assert len(owner.get(f"{PEOPLE}?restricted=").context["table"].page.object_list) == 2


def test_erasing_somebody_restricted_is_refused_with_what_to_do(cafe, owner, anna, here):
    restricted(cafe, anna)

    for answer in (
        owner.get(f"{PEOPLE}erase/", {"subject": anna.pk}, follow=True),
        owner.post(f"{PEOPLE}erase/", {"subject": anna.pk}, follow=True),
    ):
        assert answer.redirect_chain[-1][0] == here
        assert "Lift the restriction first" in answer.text
    with cafe.scope():
        assert Subscriber.objects.exists()
        assert not Erasure.objects.exists()


def test_erasing_several_says_how_many_are_passed_over(cafe, owner, frieda, anna):
    with cafe.scope():
        otto = someone(frieda, "otto")
    restricted(cafe, anna)
    both = {"subject": [anna.pk, otto.pk]}

    assert "1 person is passed over and stays" in owner.get(f"{PEOPLE}erase/", both).text
    owner.post(f"{PEOPLE}erase/", both)

    with cafe.scope():
        assert Erasure.objects.get().total == 1
    restricted(cafe, otto)
    answer = owner.get(f"{PEOPLE}erase/", both, follow=True)
    assert answer.redirect_chain[-1][0] == PEOPLE
    assert "Nobody was erased" in answer.text


def test_whoever_goes_meanwhile_is_said_to_be_gone(cafe, owner, anna, here):
    restriction = restricted(cafe, anna)
    with cafe.scope():
        request_erasure(anna, origin=Erasure.Origin.BOT)

    restrictions = f"{PEOPLE}restrictions/{restriction.pk}"
    told = {"way": "letter", "on": timezone.localdate()}
    for address in (f"{here}restrict/", f"{restrictions}/lift/", f"{restrictions}/told/"):
        answer = owner.post(address, WISH | told, follow=True)
        assert "is being erased, or has been" in answer.text
    assert the_restriction(cafe).state == "in_force"


def test_other_roles_and_other_businesses_can_neither_look_nor_act(cafe, dentist, anna, here):
    restriction = restricted(cafe, anna)
    others = [visitor(cafe.member(role)) for role in ("editor", "viewer")]
    restrictions = f"{PEOPLE}restrictions/{restriction.pk}"
    for name in (f"{here}restrict/", f"{restrictions}/lift/", f"{restrictions}/told/"):
        for member in others:
            assert member.get(name).status_code == 403
            assert member.post(name, WISH).status_code == 403
        assert visitor(dentist.owner).post(name, WISH).status_code == 404
        elsewhere = name.replace("cafe-morgenrot", dentist.tenant.slug)
        assert visitor(dentist.owner).post(elsewhere, WISH).status_code == 404
    assert the_restriction(cafe).state == "in_force"
    protector = visitor(cafe.member("dpo"))
    assert protector.get(here).status_code == 200
    assert protector.get(f"{PEOPLE}{uuid.uuid4()}/restrict/").status_code == 404


def test_acting_demands_a_fresh_log_in(cafe, anna, here):
    stale = visitor(cafe.owner, seconds_ago=3600)
    restriction = restricted(cafe, anna)
    restrictions = f"{PEOPLE}restrictions/{restriction.pk}"
    for address in (f"{here}restrict/", f"{restrictions}/lift/", f"{restrictions}/told/"):
        assert "reauthenticate" in stale.post(address, WISH).url
    assert the_restriction(cafe).state == "in_force"
