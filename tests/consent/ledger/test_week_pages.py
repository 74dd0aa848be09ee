"""The charts by week: on a page of their own, and as a part of the list."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from chatbo.foundation.audit.models import AuditEntry
from chatbo.foundation.isolation.ids import new_id
from consent.ledger.models import ConsentRecord
from tests.conftest import Business
from tests.journey.accessibility import problems
from tests.searching import searched
from tests.visitors import visitor

LIST = "/app/cafe-morgenrot/consents/"
PAGE = f"{LIST}weeks/"
ADDRESS = "guest@example.org"
Decision = ConsentRecord.Decision


@pytest.fixture
def weeks_ago() -> Callable[[int], datetime.datetime]:
    return lambda number: timezone.now() - datetime.timedelta(weeks=number)


@pytest.fixture
def records(cafe: Business, record: Any, weeks_ago: Any) -> list[ConsentRecord]:
    """Three granted, one of them a person's; two refused; nothing withdrawn."""
    with cafe.scope():
        return [
            record(given_at=weeks_ago(1), person_id=new_id(), identifier=ADDRESS),
            record(given_at=weeks_ago(1)),
            record(given_at=weeks_ago(8), source=ConsentRecord.Source.PAGE),
            record(given_at=weeks_ago(2), decision=Decision.REFUSED),
            record(
                given_at=weeks_ago(2),
                decision=Decision.REFUSED,
                purpose=ConsentRecord.Purpose.THIRD_PARTY,
            ),
        ]


def totals(page: Any) -> dict[str, int]:
    """What stands beside each chart's name."""
    found = re.findall(
        r'<figcaption id="weeks-(\w+)">.*?<span[^>]*>(\d+) in \d+ week', page.text, re.DOTALL
    )
    return {decision: int(number) for decision, number in found}


def rows(page: Any) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", page.text, re.DOTALL)
    assert body, "the page has no table"
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in body[1].split("</tr>")[:-1]]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ("", {"granted": 3, "refused": 2, "withdrawn": 0}),
        ("purpose=third_party", {"granted": 0, "refused": 1, "withdrawn": 0}),
        ("decision=refused", {"refused": 2}),
        ("decision=nonsense", {}),
        ("source=page", {"granted": 1, "refused": 0, "withdrawn": 0}),
        ("since={3}", {"granted": 2, "refused": 2, "withdrawn": 0}),
        ("until={5}", {"granted": 1, "refused": 0, "withdrawn": 0}),
        ("since=nonsense", {}),
        (f"person={ADDRESS}", {"granted": 1, "refused": 0, "withdrawn": 0}),
        ("text={text}", {"granted": 3, "refused": 2, "withdrawn": 0}),
        ("text=00000000-0000-0000-0000-000000000000", {}),
        ("decision=shown", {}),
        ("decision=withdrawn", {}),
        ("since=2999-01-01", {}),
        ("until=0001-01-01", {}),
    ],
)
def test_the_charts_show_what_the_list_shows(cafe, records, weeks_ago, narrowed, found):
    for number in (3, 5):
        narrowed = narrowed.replace(f"{{{number}}}", f"{weeks_ago(number):%Y-%m-%d}")
    narrowed = narrowed.replace("{text}", str(records[0].text_version_id))
    owner = visitor(cafe.owner)
    narrowed = narrowed.replace(ADDRESS, searched(owner, ADDRESS))

    page = owner.get(f"{PAGE}?{narrowed}")

    assert page.status_code == 200
    assert totals(page) == found
    assert ("<svg width=" in page.text) == bool(found)


def test_the_table_says_the_same_week_by_week_the_newest_first(cafe, records):
    said = rows(visitor(cafe.owner).get(PAGE))

    assert len(said) == 26
    assert said[:3] == [["0", "0", "0"], ["2", "0", "0"], ["0", "2", "0"]]
    assert said[8] == ["1", "0", "0"]


def test_where_there_is_nothing_it_says_so_in_words(cafe, records):
    ours = visitor(cafe.owner)

    assert "In these 26 weeks nothing of it was" in ours.get(f"{PAGE}?decision=withdrawn").text
    assert "This time has not begun yet." in ours.get(f"{PAGE}?since=2999-01-01").text


def test_todays_week_is_marked_as_not_over(cafe, record):
    with cafe.scope():
        record()
    page = visitor(cafe.owner).get(PAGE).text

    assert page.count("(not over yet)") == 4  # a bar in each of three charts, and the table
    assert page.count("week-bar-open") == 1


def test_the_words_are_the_readers(cafe, records):
    german = visitor(cafe.owner, language="de").get(PAGE).text

    assert "Erteilt, abgelehnt und widerrufen nach Wochen" in german
    assert re.search(r"Erteilt <span[^>]*>3 in 26 Wochen", german)
    assert "läuft noch" in german
    assert "weeks" not in re.sub(r"<[^>]*>", "", german)


def test_places_in_the_picture_are_no_language(cafe, records):
    """German writes 1,5; a browser would read 1."""
    german = visitor(cafe.owner, language="de").get(PAGE).text
    places = re.findall(r' (?:x|y|x1|x2|y1|y2|width|height|dy)="([^"]*)"', german)

    assert len(places) > 100
    assert all(re.fullmatch(r"\d+(\.\d+)?%?", place) for place in places)
    assert "style=" not in german


def test_whom_somebody_looked_for_is_noted_and_mere_numbers_are_not(cafe, records):
    ours = visitor(cafe.owner)
    ours.get(PAGE)
    ours.get(f"{PAGE}?person={searched(ours, ADDRESS)}")

    with cafe.scope():
        entry = AuditEntry.objects.get(action="consents.read")
    assert entry.details == {"searched_for_a_person": True}


def test_the_neighbour_sees_nothing_of_it(cafe, dentist, records):
    theirs = visitor(dentist.owner)

    assert theirs.get(PAGE).status_code == 404
    assert totals(theirs.get("/app/zahnarzt-linde/consents/weeks/")) == {}


def test_the_list_does_not_count_the_weeks_itself(
    cafe: Business, records: list[ConsentRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("consent.ledger.week_views.consents_by_week")
    page = visitor(cafe.owner).get(f"{LIST}?decision=refused").text

    assert f'hx-get="{PAGE}?decision=refused"' in page
    assert f'<a href="{PAGE}?decision=refused">' in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_the_charts_in_the_list(
    page: Page, site_url: str, cafe: Business, records: list[ConsentRecord], width: int, theme: Any
) -> None:
    said: list[str] = []
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    session = visitor(cafe.owner).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site_url}])
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{site_url}{LIST}")

    expect(page.locator("#weeks svg[role=img]")).to_have_count(3)
    expect(page).to_have_title(re.compile("^Consents"))  # not that of the page they come from
    expect(page.get_by_role("img", name=re.compile("3 in 26"))).to_be_visible()
    bar = page.locator(".week-chart-granted .week .week-bar").last.bounding_box()
    assert bar
    assert bar["width"] >= 5
    assert bar["height"] >= 75
    page.locator("#weeks summary").click()
    expect(page.locator("#weeks table")).to_be_visible()
    assert problems(page) == []
    assert said == []
