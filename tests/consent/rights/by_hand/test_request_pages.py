"""Requests by hand on the screen: entered, checked, carried out, answered, each by who may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbo.conversation.my_data import make_and_tell
from chatbo.foundation.audit.models import AuditEntry
from consent.erasure.models import Erasure, PersonExport
from consent.rights.by_hand.closing import withdraw_request
from consent.rights.models import RightsRequest
from tenants.accounts.locking import lock_tenant
from tenants.accounts.models import Membership
from tests.consent.erasure.carrying_out import carried_out
from tests.visitors import visitor

LIST = "/app/cafe-morgenrot/requests/"
PEOPLE = "/app/cafe-morgenrot/erasures/people/"
TODAY = timezone.localdate().isoformat()
HOUR = 3600
WISH = {
    "kind": "erasure",
    "way": "letter",
    "received_on": TODAY,
    "asked": "Bitte alles löschen",
    "contact": "Rosenweg 4",
}
CHECK = {"identity": "called_back", "on": TODAY, "note": "kannte die Bestellung"}


@pytest.fixture
def owner(cafe):
    return visitor(cafe.owner, language="de")


@pytest.fixture
def here(person):
    return f"{PEOPLE}{person.subscriber.pk}/"


def the_request(cafe):
    with cafe.scope():
        return RightsRequest.objects.get()


def test_before_any_came_the_list_says_what_it_is_for(owner):
    page = owner.get(LIST).text

    assert "Noch kein Antrag eingetragen" in page
    # It belongs to the erasures, whose address is another one.
    assert page.split('aria-current="page"')[1].split("</a>")[0].endswith("<span>Löschungen</span>")
    assert f"{LIST}new/" in page


def test_from_the_letter_to_the_answer(cafe, person, owner, here):
    new = f"{LIST}new/{person.subscriber.pk}/"
    assert new in owner.get(here).text
    assert owner.get(new).status_code == 200

    address = f"{LIST}{owner.post(new, WISH).url.rstrip('/').rpartition('/')[2]}/"
    page = owner.get(address).text
    assert "Bitte alles löschen" in page
    assert "Rosenweg 4" in page
    assert f"{address}identity/" in page
    assert f"{address}erase/" not in page
    assert owner.post(f"{address}identity/", CHECK).url == address

    assert owner.get(f"{address}erase/").status_code == 200
    early = owner.post(f"{address}answer/", {"on": TODAY, "reply": "letter"})
    assert "noch gespeichert" in early.text
    assert owner.post(f"{address}erase/").url == address
    with cafe.scope():
        erasure = Erasure.objects.get()
    assert erasure.code in owner.get(address).text
    carried_out(erasure)

    page = owner.get(address).text
    assert "nichts mehr gespeichert" in page
    assert f"/erasure/{erasure.code}/certificate.pdf" in page
    assert owner.post(f"{address}answer/", {"on": TODAY, "reply": "letter"}).url == address
    page = owner.get(address).text
    assert "beantwortet" in page
    assert "Rosenweg" not in page
    assert erasure.code in owner.get(f"{address}letter/").text
    assert "Löschung" in owner.get(LIST).text


def test_a_copy_is_prepared_and_downloaded_from_the_request(cafe, person, owner):
    address = owner.post(f"{LIST}new/{person.subscriber.pk}/", WISH | {"kind": "access"}).url
    owner.post(f"{address}identity/", CHECK)

    assert owner.post(f"{address}copy/").url == address
    assert f'hx-get="{address}progress/"' in owner.get(address).text
    assert "Bitte alles" not in owner.get(f"{address}progress/").text
    with cafe.scope():
        copy = PersonExport.objects.get()
    make_and_tell(str(cafe.tenant.pk), str(copy.pk))

    page = owner.get(address).text
    assert f"{PEOPLE}{person.subscriber.pk}/copies/copy.zip" in page
    assert "hx-trigger" not in page.split('id="progress"')[1].split(">")[0]


def test_before_the_check_the_pages_carry_nothing_out(cafe, person, owner, enter):
    erasing, copying = enter(), enter(kind=RightsRequest.Kind.ACCESS)

    erase = owner.post(f"{LIST}{erasing.pk}/erase/", follow=True)
    copy = owner.post(f"{LIST}{copying.pk}/copy/", follow=True)

    for answer in (erase, copy):
        assert "vermerken Sie zuerst" in answer.text
    with cafe.scope():
        assert not Erasure.objects.exists()
        assert not PersonExport.objects.exists()


def test_somebody_who_is_not_found_is_entered_and_named_later(cafe, person, owner, here):
    page = owner.get(f"{LIST}new/").text
    assert "Suchen Sie zuerst die Person" in page
    assert 'method="post" novalidate>' in page  # It is sent to where it was asked for.
    address = owner.post(f"{LIST}new/", WISH).url
    wish = the_request(cafe)
    assert "Niemand wurde gefunden" in owner.get(address).text
    name = f"{address}person/{person.subscriber.pk}/"
    assert name in owner.get(here).text

    assert owner.post(name).url == address

    assert here in owner.get(address).text
    assert name not in owner.get(here).text
    assert f"{LIST}{wish.pk}/" in owner.get(here).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "everything"},
        {"way": ""},
        {"received_on": "soon"},
        {"received_on": "2999-01-01"},
        {"received_on": "2000-01-01"},
        {"asked": "x" * 1001},
        {"contact": "x" * 301},
    ],
)
def test_what_is_filled_in_wrong_is_said_and_nothing_is_lost(cafe, owner, wrong):
    answer = owner.post(f"{LIST}new/", WISH | wrong)

    assert answer.status_code == 422
    assert "invalid" in answer.text
    if "asked" not in wrong:
        assert "Bitte alles löschen" in answer.text
    with cafe.scope():
        assert not RightsRequest.objects.exists()


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("identity", CHECK | {"identity": ""}),
        ("identity", CHECK | {"on": "2999-01-01"}),
        ("longer", {"reason": " "}),
        ("answer", {"on": TODAY, "reply": "letter"}),
        ("refuse", {"ground": "excessive", "reason": "", "on": TODAY, "reply": "letter"}),
        ("refuse", {"ground": "none", "reason": "x", "on": TODAY, "reply": "letter"}),
    ],
)
def test_no_deed_is_done_by_halves(cafe, owner, enter, fresh, page, wrong):
    wish = enter()

    answer = owner.post(f"{LIST}{wish.pk}/{page}/", wrong)

    assert answer.status_code == 422
    assert fresh(wish).state == "open"
    assert fresh(wish).extended_on is None


def test_it_is_extended_refused_and_taken_back_from_its_page(cafe, owner, enter, fresh):
    refused, back = enter(), enter(asked="Another")
    address = f"{LIST}{refused.pk}/"

    assert owner.post(f"{address}longer/", {"reason": "Sehr viele"}).url == address
    assert "Sehr viele" in owner.get(address).text
    said = {"ground": "excessive", "reason": "Zum neunten Mal", "on": TODAY, "reply": "mail"}
    assert owner.post(f"{address}refuse/", said).url == address
    assert "Zum neunten Mal" in owner.get(address).text
    assert "Aufsichtsbehörde" in owner.get(f"{address}letter/").text
    for _time in range(2):
        assert owner.post(f"{LIST}{back.pk}/withdraw/").url == f"{LIST}{back.pk}/"
    assert (fresh(refused).state, fresh(back).state) == ("refused", "withdrawn")
    assert owner.get(f"{address}answer/").url == address


def test_the_letter_is_taken_as_a_pdf_in_either_language(owner, enter):
    wish = enter()

    for language, words in (("de", "Sehr geehrte"), ("en", "Dear Sir")):
        page = owner.get(f"{LIST}{wish.pk}/letter/", {"language": language})
        assert words in page.text
        answer = owner.get(f"{LIST}{wish.pk}/letter.pdf", {"language": language})
        assert answer.content.startswith(b"%PDF")
    assert owner.get(f"{LIST}{wish.pk}/letter/?about=refusal&language=xx").status_code == 200


def test_the_list_shows_what_is_due_first_and_filters(cafe, owner, enter):
    late = enter(received_on=timezone.localdate() - timedelta(days=40))
    soon = enter(received_on=timezone.localdate() - timedelta(days=27))
    done = enter(asked="Done")
    with cafe.scope():
        withdraw_request(done)

    page = owner.get(LIST).text

    places = [page.index(str(each.pk)) for each in (late, soon, done)]
    assert places == sorted(places)
    assert "überfällig" in page
    assert f"in {soon.days_left} Tag" in page
    closed = owner.get(LIST, {"state": "withdrawn"}).text
    assert str(done.pk) in closed
    assert str(late.pk) not in closed
    assert str(late.pk) in owner.get(LIST, {"state": "nonsense"}).text


def test_each_reading_is_in_the_log(cafe, owner, enter):
    wish = enter()

    answer = owner.get(f"{LIST}{wish.pk}/")

    assert "no-store" in answer["Cache-Control"]
    with cafe.scope():
        (entry,) = AuditEntry.objects.filter(action="rights_request.read")
    assert "delete me" not in str(vars(entry))


def test_a_locked_business_answers_all_the_same(cafe, person, owner):
    lock_tenant(cafe.tenant, reason="Unpaid")

    address = owner.post(f"{LIST}new/{person.subscriber.pk}/", WISH).url
    owner.post(f"{address}identity/", CHECK)
    owner.post(f"{address}erase/")

    with cafe.scope():
        assert Erasure.objects.get().origin == "by_hand"


def test_acting_asks_for_the_password_again(cafe, person, enter):
    wish = enter()
    long_ago = visitor(cafe.owner, seconds_ago=24 * HOUR)

    for page in (
        "identity",
        "not-theirs",
        "longer",
        "longer/told",
        "erase",
        "copy",
        "answer",
        "refuse",
        "withdraw",
    ):
        answer = long_ago.post(f"{LIST}{wish.pk}/{page}/")
        assert "/reauthenticate/" in answer["Location"], page
    assert "/reauthenticate/" in long_ago.post(f"{LIST}new/", WISH)["Location"]


def test_who_does_not_look_after_data_protection_and_other_businesses_see_nothing(
    cafe, dentist, person, enter
):
    wish = enter()
    editor = visitor(cafe.member(Membership.Role.EDITOR))
    neighbour = visitor(dentist.owner)

    for page in ("", "identity/", "erase/", "answer/", "refuse/", "letter/", "letter.pdf"):
        address = f"{LIST}{wish.pk}/{page}"
        assert editor.get(address).status_code == 403
        assert neighbour.get(address).status_code == 404
        elsewhere = address.replace("cafe-morgenrot", dentist.tenant.slug)
        assert neighbour.get(elsewhere).status_code == 404
    theirs = f"/app/{dentist.tenant.slug}/requests/new/{person.subscriber.pk}/"
    assert neighbour.post(theirs, WISH).status_code == 404
