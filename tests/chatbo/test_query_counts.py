"""However much there is to show, a page asks the database as often as for one of it.

Every page behind a log-in is walked, from the list of addresses itself. A new page whose address
has a place that nothing fits into, or that shows rows of a table of which ``furnishing`` makes
none, turns this red: make some there.
"""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatbo.foundation.isolation import platform_scope
from tenants.accounts.models import User
from tenants.accounts.roles import ADMIN, DOORS, LAWYER, OWNER, PARTNER, SUPPORT
from tests.addresses import routes
from tests.chatbo.furnishing import House, build, furnish
from tests.searching import searched
from tests.visitors import visitor

PLACE = re.compile(r"<\w+:(\w+)>")
MANY = 30
NARROWED = {"ledger:export_pdf": "often"}
"""Of all records a PDF would be prepared; of one person's it comes at once."""


@pytest.fixture
def house(cafe: Any, queue: list[Any]) -> House:
    made = build(cafe.tenant, cafe.owner)
    furnish(made, up_to=1)
    return made


def addresses(area: str, house: House) -> dict[str, str]:
    """The pages of an area by name, with the ids of what there is in their places."""
    found = {}
    for name, route in routes():
        if f"/{route}".startswith(area) and DOORS[name].look:
            address = PLACE.sub(lambda place: house.ids[place[1]], f"/{route}")
            found[name] = address
    return found


def at_home(user: User) -> Client:
    """Somebody who has just logged in, as signing and exporting demand, and looked around."""
    client = visitor(user)
    client.get("/start/")
    return client


def queries(house: House) -> dict[str, list[str]]:
    """What each page asks the database."""
    asked = {}
    people = {
        OWNER: at_home(house.owner),
        ADMIN: at_home(house.admin),
        LAWYER: at_home(house.lawyer),
        SUPPORT: at_home(house.support),
        PARTNER: at_home(house.partner.user),
    }
    for area in ("/app/", "/platform/", "/partner/"):
        for name, address in addresses(area, house).items():
            client = next(people[role] for role in people if role in DOORS[name].look)
            words = NARROWED.get(name)
            asked_for = {"person": searched(client, words, address)} if words else {}
            if name == "rights:erase":  # Of nobody it leads away.
                asked_for = {"subject": house.ids["subscriber_id"]}
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(address, asked_for)
                if answer.streaming:
                    answer.getvalue()  # to its end, where the file is closed
            assert answer.status_code == 200, f"{name}: {answer.status_code} at {address}"
            asked[name] = [query["sql"] for query in captured.captured_queries]
    return asked


def test_thirty_rows_are_shown_by_as_many_queries_as_one(house: House) -> None:
    before = queries(house)
    furnish(house, up_to=MANY)
    after = queries(house)

    assert len(before) > 40
    more = {name: after[name] for name in before if len(after[name]) != len(before[name])}
    assert not more, "\n".join(
        f"{name}: {len(before[name])} queries for one, {len(asked)} for {MANY}, the last:\n"
        + "\n".join(asked[-10:])
        for name, asked in more.items()
    )


def test_of_every_table_of_a_business_there_are_rows_to_show(house: House) -> None:
    furnish(house, up_to=3)
    with platform_scope("test"):
        missing = [
            model.__name__
            for model in apps.get_models()
            if hasattr(model, "tenant_id") and model._default_manager.count() < 3
        ]
    assert not missing, "Make some of these in tests/chatbo/furnishing.py, for the pages to show."
