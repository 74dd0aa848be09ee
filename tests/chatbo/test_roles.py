"""Every address of the product, walked with every role and with none, to look and to act.

What should come of it is read from the one table (``tenants.accounts.roles``); an address without
a line there, or a line without an address, turns this red.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from celery import Task
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings
from django.urls import resolve

from chatbo.foundation.isolation import tenant_scope
from chatbo.foundation.searching import PARAMETER
from consent.erasure.models import PersonExport
from tenants.accounts.deeds import WORDS
from tenants.accounts.models import Membership, PlatformRole, User
from tenants.accounts.roles import (
    ADMIN,
    ANYBODY,
    DOORS,
    GUEST,
    LAWYER,
    PARTNER,
    SIGNATORY,
    SUPPORT,
    USER,
    Door,
    Role,
)
from tests.addresses import routes
from tests.chatbo.furnishing import House, build, furnish
from tests.conftest import Business, found_cafe, found_dentist
from tests.visitors import visitor

PLACE = re.compile(r"<\w+:(\w+)>|\(\?P<(\w+)>[^)]*\)")
CAST = (
    *(role.value for role in Role),
    *("signatory", "neighbour", "nobody's member", "admin", "lawyer", "support", "partner"),
)
ASKED = r"/accounts/(2fa/)?reauthenticate/"
LOG_IN = "/accounts/login/?next="
NO_SUCH_METHOD = 405


@dataclass(frozen=True)
class Address:
    name: str
    route: str

    @property
    def area(self) -> str:
        area = self.route.split("/")[0]
        return area if area in {"app", "platform", "partner"} else ""

    @property
    def door(self) -> Door:
        return DOORS[self.name]

    def filled(self, ids: dict[str, str]) -> str:
        """With what there is in the places of the ids; elsewhere something that fits."""
        path = PLACE.sub(lambda place: ids.get(place[1] or place[2], "x-1"), self.route)
        return "/" + path.replace("^", "").replace("$", "")


ADDRESSES = [Address(name, route) for name, route in routes()]
DASHBOARDS = [address for address in ADDRESSES if address.area]
PUBLIC = [address for address in ADDRESSES if ANYBODY in address.door.look | address.door.act]
OWN = [address for address in ADDRESSES if USER in address.door.look | address.door.act]


@pytest.fixture(scope="module")
def town(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, Business, str, dict[str, bytes]]]:
    """The house and its neighbour, built once: every test's transaction lies within this one."""

    class Around(TestCase):
        databases = {"default"}

    outside = tmp_path_factory.mktemp("outside").as_uri()
    with django_db_blocker.unblock():
        atomics = Around._enter_atomics()
    try:
        with (
            django_db_blocker.unblock(),
            override_settings(OUTSIDE_STORE_URL=outside),
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setattr(Task, "apply_async", lambda *arguments, **options: None)
            cafe, dentist = found_cafe(), found_dentist()
            house = build(cafe.tenant, cafe.owner)
            furnish(house, up_to=1)
            with tenant_scope(house.tenant.pk):
                names = PersonExport.objects.kept().values_list("file", flat=True)
                files = {name: content_of(name) for name in names}
        yield house, dentist, outside, files
    finally:
        with django_db_blocker.unblock():
            Around._rollback_atomics(atomics)


def content_of(name: str) -> bytes:
    with default_storage.open(name) as file:
        content: bytes = file.read()
    return content


@pytest.fixture
def house(town: Any, db: None, queue: list[Any], settings: Any) -> House:
    """As it was built, whatever an earlier test did to it."""
    made = deepcopy(town[0])
    # What the ids stand for in addresses that are not about this business.
    made.ids["tenant_id"] = str(made.tenant.pk)
    made.ids |= {"token": "x-1", "number": "1", "uidb36": "x", "slug": "terms", "pk": "1"}
    settings.REQUIRE_MFA = []
    settings.OUTSIDE_STORE_URL = town[2]
    with tenant_scope(made.tenant.pk):
        for name, content in town[3].items():
            # No transaction brings back the file of a copy that an earlier test has ended.
            if not default_storage.exists(name):
                default_storage.save(name, ContentFile(content))
    return made


@pytest.fixture
def cafe(house: House) -> Business:
    return Business(house.tenant, house.owner)


@pytest.fixture
def dentist(town: Any, house: House) -> Business:
    return deepcopy(town[1])


@pytest.fixture
def cast(house: House, cafe: Any, dentist: Any) -> dict[str, tuple[Client, dict[str, set[str]]]]:
    """Everybody, with what they are in each area."""

    def at_chatbo(role: PlatformRole, name: str) -> User:
        return User.objects.create_user(
            f"{name}.walks@chatbo.example", name=name, platform_role=role
        )

    inside = {role.value: (cafe.member(role.value), {"app": {role.value}}) for role in Role}
    inside["owner"][1]["app"].add(SIGNATORY)
    signs = User.objects.create_user("signs@cafe-morgenrot.example", name="Signs")
    with cafe.scope():
        Membership.objects.create(user=signs, role=Role.VIEWER, may_sign=True)
    people: dict[str, Any] = inside | {
        "signatory": (signs, {"app": {Role.VIEWER.value, SIGNATORY}}),
        "neighbour": (dentist.owner, {}),
        "nobody's member": (User.objects.create_user("new@nobody.example", name="N"), {}),
        # Whose own the draft of a text is: no other admin sees it.
        "admin": (house.admin, {"platform": {ADMIN}}),
        "lawyer": (at_chatbo(PlatformRole.LAWYER, "jurist"), {"platform": {LAWYER}}),
        # The café has let it in (``furnishing``), the dentist has not.
        "support": (
            at_chatbo(PlatformRole.SUPPORT, "support"),
            {"platform": {SUPPORT}, "app": {GUEST}},
        ),
        "partner": (house.partner.user, {"partner": {PARTNER}}),
    }
    assert set(people) == set(CAST)
    return {name: (visitor(user), roles) for name, (user, roles) in people.items()}


def tried(client: Client, method: str, path: str) -> Any:
    """What comes of it; whatever it did is undone."""
    with transaction.atomic():
        answer = client.get(path) if method == "GET" else client.post(path)
        transaction.set_rollback(True)
    return read(answer)


def read(answer: Any) -> Any:
    """To the end, which closes a file that is handed out."""
    if answer.streaming:
        list(answer.streaming_content)
    return answer


def is_open(answer: HttpResponse) -> bool:
    """A page, a form with faults, or sent on by what was done: not away."""
    is_away = answer.status_code == 302 and answer["Location"].startswith("/accounts/")
    return answer.status_code in {200, 302, 409, 422} and not is_away


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    assert {address.name for address in ADDRESSES} == set(DOORS)


def test_the_walk_goes_everywhere(house: House) -> None:
    assert len(ADDRESSES) > 120
    assert sum(address.area == "app" for address in DASHBOARDS) > 50
    for address in DASHBOARDS:
        assert not {place[1] for place in PLACE.finditer(address.route)} - set(house.ids)


@pytest.mark.parametrize("who", CAST)
def test_everybody_gets_in_where_the_table_says_so_and_nowhere_else(
    house: House, cast: dict[str, Any], who: str
) -> None:
    client, roles = cast[who]
    faults = []
    for address in DASHBOARDS:
        for method in ("GET", "POST"):
            answer = tried(client, method, address.filled(house.ids))
            if answer.status_code == NO_SUCH_METHOD:
                continue
            here = roles.get(address.area, set())
            if address.door.admits(here, method):
                fits = is_open(answer)
            else:
                fits = answer.status_code == (403 if address.area == "app" and here else 404)
            if not fits:
                faults.append(f"{method} {address.name}: {answer.status_code}")
    assert not faults


def test_a_stranger_is_sent_to_the_log_in(house: House) -> None:
    faults = []
    for address in [*DASHBOARDS, *OWN]:
        for method in ("GET", "POST"):
            path = address.filled(house.ids)
            answer = tried(Client(), method, path)
            sent = answer.status_code == 302 and answer["Location"].startswith(LOG_IN)
            if answer.status_code != NO_SUCH_METHOD and not sent:
                faults.append(f"{method} {address.name}: {answer.status_code}")
    assert not faults


def test_what_is_for_everybody_sends_nobody_to_the_log_in(house: House) -> None:
    """None of these fails, whatever stands in the place of an id that nobody knows."""
    faults = []
    for address in PUBLIC:
        for method in ("GET", "POST"):
            answer = tried(Client(), method, address.filled(house.ids))
            away = answer.headers.get("Location", "").startswith(LOG_IN)
            # Without a worker the product is not ready, and says so (503).
            if answer.status_code == 500 or away:
                faults.append(f"{method} {address.name}: {answer.status_code}")
    assert not faults


def test_whoever_is_logged_in_reaches_their_own_account(house: House, cast: dict[str, Any]) -> None:
    faults = []
    for name in ("viewer", "lawyer", "partner", "nobody's member"):
        client, _roles = cast[name]
        for address in OWN:
            answer = tried(client, "GET", address.filled(house.ids))
            away = answer.headers.get("Location", "").startswith(LOG_IN)
            if answer.status_code in {403, 500} or away:
                faults.append(f"{name}: {address.name}: {answer.status_code}")
    assert not faults


def test_what_cannot_be_taken_back_asks_again_who_one_is(house: House) -> None:
    """Signing, exporting, deleting, changing the locks: after ten minutes nobody is sure."""
    with_factor = house.partner.user
    TOTP.activate(with_factor, generate_totp_secret())
    RecoveryCodes.activate(with_factor)
    stale = {
        "app": [visitor(house.owner, seconds_ago=601)],
        "platform": [visitor(house.admin, seconds_ago=601)],
        # Some pages are only there for whoever has, or has not, a second factor.
        "": [visitor(user, seconds_ago=601) for user in (house.owner, with_factor)],
    }
    faults, seen = [], 0
    for address in ADDRESSES:
        for method in ("GET", "POST"):
            if not address.door.fresh or not address.door.demands_fresh(method):
                continue
            path = address.filled(house.ids)
            answers = [tried(client, method, path) for client in stale[address.area]]
            seen += 1
            if all(answer.status_code == NO_SUCH_METHOD for answer in answers):
                continue
            if not any(re.match(ASKED, answer.headers.get("Location", "")) for answer in answers):
                faults.append(f"{method} {address.name}: {answers[0].status_code}")
    assert not faults
    assert seen > 15


def test_what_asks_again_says_in_words_what_it_is(house: House) -> None:
    """And a file is known for one: it is offered by a page, since a download changes none."""
    asking = {name for name, door in DOORS.items() if door.fresh and (door.act or door.file_of)}
    assert asking - set(WORDS) == set()
    assert set(WORDS) - set(DOORS) == set()

    RecoveryCodes.activate(house.owner)
    client = visitor(house.owner)
    files = {
        address.name
        for address in ADDRESSES
        if address.door.fresh and address.area != "platform"
        if "attachment"
        in tried(client, "GET", address.filled(house.ids)).get("Content-Disposition", "")
    }
    assert files == {name for name, door in DOORS.items() if door.file_of}


def crawled(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """Every link and every form that somebody meets from there on, with its method.

    A search is sealed into its address anew on each page, and is one address all the same.
    """
    waiting, known = [start], {start}
    while waiting:
        path = waiting.pop()
        yield "GET", path
        answer = read(client.get(path))
        if answer.status_code != 200 or "html" not in answer.get("Content-Type", ""):
            continue
        page = answer.content.decode()
        for found in re.findall(r'href="(/app/[^"#]*)', page):
            link = found.replace("&amp;", "&")
            place = re.sub(rf"(?<=[?&]{PARAMETER}=)[^&]*", "", link)
            if place not in known and not re.search(r"[?&](page|sort|q)=", link):
                known.add(place)
                waiting.append(link)
        for form in re.findall(r'<form (?=[^>]*method="post")[^>]*>', page):
            action = re.search(r'action="([^"]*)"', form)
            if action is None or action[1].startswith("/app/"):
                yield "POST", action[1] if action else path


@pytest.mark.parametrize("who", ["editor", "dpo", "viewer", "signatory", "support"])
def test_nobody_is_offered_a_way_that_is_shut_to_them(
    house: House, cast: dict[str, Any], cafe: Any, who: str
) -> None:
    client, roles = cast[who]
    offered = set(crawled(client, f"/app/{cafe.tenant.slug}/"))
    shut = [
        f"{method} {path}"
        for method, path in offered
        if not DOORS[resolve(path.partition("?")[0]).view_name].admits(roles["app"], method)
    ]
    assert not shut
    assert len(offered) > 5


def test_what_one_business_s_owner_comes_across_is_shut_to_all_others(
    house: House, cast: dict[str, Any], cafe: Any
) -> None:
    """A crawl as the café's owner, replayed as the neighbour, each other role, and nobody."""
    found = set(crawled(visitor(cafe.owner), f"/app/{cafe.tenant.slug}/"))
    assert len(found) > 60
    outside: dict[str, Callable[[], Client]] = {
        "nobody": Client,
        **{
            name: (lambda client=cast[name][0]: client)
            for name in ("neighbour", "nobody's member", "admin", "lawyer", "partner")
        },
    }
    faults = []
    for name, client in outside.items():
        for method, path in found:
            answer = tried(client(), method, path)
            sent = answer.status_code == 302 and answer["Location"].startswith(LOG_IN)
            if not sent and answer.status_code not in {403, 404, NO_SUCH_METHOD}:
                faults.append(f"{name}: {method} {path}: {answer.status_code}")
    assert not faults


def test_the_walk_is_not_fooled_by_a_house_that_is_shut_to_all(house: House) -> None:
    assert visitor(house.owner).get(f"/app/{house.tenant.slug}/").status_code == 200
    assert visitor(house.admin).get("/platform/").status_code == 200
