"""The product as processes, once for all journeys of a worker; people with fixed log-ins in it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import override_settings

from tests.journey.databases import Database
from tests.journey.processes import Product
from tests.journey.processes import product as running_product

HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]


@pytest.fixture(scope="session")
def product(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: Any,
    _django_beside_playwright: None,
) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("journey") / "var") as running:
        people_in(running.database, django_db_blocker)
        yield running


@pytest.fixture(autouse=True)
def _logs_of_failures(request: pytest.FixtureRequest) -> Iterator[None]:
    """A failed journey shows what the processes said."""
    yield
    report = getattr(request.node, "outcome_of_call", None)
    if report is not None and report.failed and "product" in request.fixturenames:
        report.sections.append(("processes", request.getfixturevalue("product").logs()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.outcome_of_call = report  # type: ignore[attr-defined]  # read by the fixture above
    return report


def people_in(database: Database, blocker: Any) -> None:
    """ChatBo's admin and the affiliate partner, as the demo makes them."""
    from chatbo.dashboard.demo import people
    from tenants.accounts.models import PlatformRole

    # The processes know no MD5, with which other tests hash.
    with (
        blocker.unblock(),
        override_settings(PASSWORD_HASHERS=HASHERS),
        pytest.MonkeyPatch.context() as patch,
    ):
        connection = connections["default"]
        connection.close()
        patch.setitem(connection.settings_dict, "NAME", database.name)
        people.colleague(people.ADMIN, name="Vertragsprüfung", role=PlatformRole.ADMIN)
        people.partner()
        connection.close()
