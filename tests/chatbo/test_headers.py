"""What every answer tells the browser: pages, errors, files, documents, redirects, webhooks."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from chatbo import urls
from chatbo.demo_secrets import demo_secrets
from chatbo.foundation.limits import LIMITS, STRANGERS, Limit, Per
from consent.embeds.tools import create_tool
from dpa.contracts.drafting import draft_contract
from tests.addresses import named_addresses
from tests.consent.embeds.conftest import live_bot
from tests.dpa.contracts.conftest import DATA
from tests.journey.databases import fresh_database
from tests.visitors import visitor

ROOT = Path(__file__).parents[2]
ADDRESSES = [address for _, address in named_addresses()]


def faults(headers: dict[str, str], *, for_other_sites: bool = False) -> list[str]:
    """What is missing in an answer's headers, or too wide."""
    policy = {
        name: values
        for name, *values in (
            part.split() for part in headers.get("content-security-policy", "").split(";") if part
        )
    }
    sources = [source for values in policy.values() for source in values]
    permitted = dict(
        part.strip().split("=", 1) for part in headers.get("permissions-policy", "=").split(",")
    )
    demanded = {
        "a policy": bool(policy),
        "framed by nobody": policy.get("frame-ancestors") == ["'none'"],
        "no inline, no eval, no wildcard": not [s for s in sources if "unsafe" in s or "*" in s],
        "scripts of our own": policy.get("script-src", policy.get("default-src"))
        in (["'self'"], ["'none'"]),
        "no foreign source": not [s for s in sources if not s.startswith("'") and s != "data:"],
        "nothing to plug in": policy.get("object-src", policy.get("default-src")) == ["'none'"],
        "no other base": policy.get("base-uri") == ["'none'"],
        "its letters": not headers.get("content-type", "").startswith("text/")
        or "charset=" in headers["content-type"],
        "no guessing of types": headers.get("x-content-type-options") == "nosniff",
        "referrer": headers.get("referrer-policy") in {"same-origin", "no-referrer"},
        "opener": headers.get("cross-origin-opener-policy") == "same-origin",
        "embedding": headers.get("cross-origin-resource-policy")
        == ("cross-origin" if for_other_sites else "same-origin"),
        "no camera": permitted.get("camera") == "()",
        "passkeys": permitted.get("publickey-credentials-get") == "(self)"
        and permitted.get("publickey-credentials-create") == "(self)",
        "nothing for others": set(permitted.values()) == {"()", "(self)"},
    }
    return [demand for demand, is_met in demanded.items() if not is_met]


def of(answer: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


# --- Every address ---


def answers(business: Any, address: str) -> Iterator[Any]:
    """To reading and writing, of a stranger and of a member."""
    for client in (Client(), visitor(business.owner)):
        for ask in (client.get, client.post):
            answer = ask(address)
            if answer.streaming:
                answer.getvalue()  # A download's file is closed at its end.
            yield answer


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.django_db
def test_every_address_protects_whoever_asks(cafe: Any, address: str) -> None:
    for answer in answers(cafe, address):
        assert faults(of(answer)) == [], answer.status_code


@pytest.mark.django_db
def test_answers_of_every_kind_were_among_them(cafe: Any) -> None:
    codes = {answer.status_code for address in ADDRESSES for answer in answers(cafe, address)}
    assert {200, 302, 403, 404, 405} <= codes


# --- Kinds of answers that need more than an address ---


def break_down(request: HttpRequest) -> HttpResponse:
    raise RuntimeError


class Broken:
    urlpatterns = [path("broken/", break_down), *urls.urlpatterns]
    handler400 = urls.handler400
    handler500 = urls.handler500


@pytest.mark.django_db
def test_an_error_of_ours_is_protected(settings: Any) -> None:
    settings.ROOT_URLCONF = Broken
    answer = Client(raise_request_exception=False).get("/broken/")
    assert answer.status_code == 500
    assert faults(of(answer)) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "host", "status"),
    [
        ("/nowhere/", "127.0.0.1", 404),
        ("/?q=%00", "127.0.0.1", 400),
        ("/", "forged.example", 400),
        ("/static/mark.svg", "127.0.0.1", 200),
        ("/static/nothing.svg", "127.0.0.1", 404),
    ],
)
def test_errors_and_files_are_protected(address: str, host: str, status: int) -> None:
    answer = Client().get(address, HTTP_HOST=host)
    assert answer.status_code == status
    assert faults(of(answer)) == []
    assert "access-control-allow-origin" not in of(answer)
    answer.close()


@pytest.mark.django_db
def test_a_forged_form_is_protected() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert faults(of(answer)) == []


@pytest.mark.django_db
def test_too_often_is_protected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, STRANGERS, (Limit(0, 60, Per.ADDRESS),))
    for headers in ({}, {"accept": "application/json"}):
        answer = Client().post("/verify/", headers=headers)
        assert answer.status_code == 429
        assert faults(of(answer)) == []


@pytest.mark.django_db
def test_a_document_is_protected(cafe: Any) -> None:
    with cafe.scope():
        contract = draft_contract(cafe.tenant, user=cafe.owner, data=DATA, language="de")
    address = reverse("contracts:draft", args=[cafe.tenant.slug, contract.pk])
    answer = visitor(cafe.owner).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert faults(of(answer)) == []
    answer.close()


@pytest.mark.django_db
def test_only_a_tools_loader_is_for_other_sites(cafe: Any) -> None:
    bot = live_bot(cafe)
    with cafe.scope():
        tool = create_tool(bot, label="Chat mit uns")
    loader = Client().get(reverse("tool:loader", args=[tool.pk]))
    page = Client().get(reverse("tool:page", args=[tool.pk]))
    assert (loader.status_code, page.status_code) == (200, 200)
    assert faults(of(loader), for_other_sites=True) == []
    assert loader["Access-Control-Allow-Origin"] == "*"
    assert faults(of(page)) == []
    assert "access-control-allow-origin" not in of(page)


# --- As in production ---


@pytest.fixture(scope="module")
def production(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process with production's settings answers, over TLS, to a walk of all addresses."""
    folder = tmp_path_factory.mktemp("production")
    with fresh_database("headers") as database:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "chatbo.settings",
            "VAR_DIR": str(folder),
            "BASE_URL": "https://chatbo.example",
            "TRUSTED_PROXIES": "10.0.0.0/8",
            "DATA_REGION": "eu-central-1",
            "DATABASE_URL": database.app_url,
            "REDIS_URL": f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/15",
            "FILES_URL": (folder / "files").as_uri(),
            "OUTSIDE_STORE_URL": (folder / "outside").as_uri(),
            "EMAIL_URL": "console:",
            **demo_secrets(folder),
            # The texts of this database were approved under the keys of this run.
            "LEDGER_KEY": ",".join(settings.LEDGER_KEY),
        }
        outcome = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("in_production.py"))],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert outcome.returncode == 0, outcome.stderr[-3000:]
    return json.loads(outcome.stdout.splitlines()[-1])


@pytest.mark.xdist_group("production")
def test_in_production_every_answer_is_protected_and_over_tls(production: dict[str, Any]) -> None:
    found = {
        f"{seen['method']} {seen['address']} {seen['status']}": faults(seen["headers"])
        for seen in production["seen"]
    }
    assert len(found) > 200
    assert {name: missing for name, missing in found.items() if missing} == {}
    assert [s for s in production["seen"] if s["status"] == 500] == []
    for seen in production["seen"]:
        hsts = seen["headers"].get("strict-transport-security")
        # A browser takes it over TLS only, and a server must not send it otherwise (RFC 6797, 7.2).
        expected = "max-age=63072000; includeSubDomains; preload" if seen["secure"] else None
        assert hsts == expected, seen["address"]


@pytest.mark.xdist_group("production")
def test_in_production_whoever_comes_without_tls_is_sent_to_it(production: dict[str, Any]) -> None:
    without = [seen for seen in production["seen"] if not seen["secure"]]
    assert [seen["status"] for seen in without] == [301, 403, 400]
    assert without[0]["headers"]["location"] == "https://chatbo.example/"


@pytest.mark.xdist_group("production")
def test_in_production_each_cookie_is_this_hosts_and_unseen_by_scripts(
    production: dict[str, Any],
) -> None:
    cookies = {cookie for seen in production["seen"] for cookie in seen["cookies"]}
    kept = [cookie for cookie in cookies if not re.match(r'[\w-]+="";', cookie)]
    names = {cookie.split("=")[0] for cookie in kept}
    assert {"__Host-session", "__Host-csrf", "__Host-language"} <= names
    assert {name for name in names if not name.startswith("__Host-")} == set()
    for cookie in kept:
        flags = {flag.strip().casefold() for flag in cookie.split(";")[1:]}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= flags, cookie.split("=")[0]
        assert not [flag for flag in flags if flag.startswith("domain")]


@pytest.mark.xdist_group("production")
def test_in_production_files_have_their_digest_in_the_name(production: dict[str, Any]) -> None:
    file = production["seen"][-1]
    assert re.search(r"^/static/mark\.[0-9a-f]{12}\.svg$", file["address"])
    assert production["static"] == file["status"] == 200
    assert "immutable" in file["headers"]["cache-control"]
    assert any(seen["static"] for seen in production["seen"])


@pytest.mark.django_db
def test_a_forged_claim_of_tls_is_not_believed(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True

    def ask(address: str) -> int:
        forwarded = {"x-forwarded-proto": "https"}
        return int(Client().get("/", REMOTE_ADDR=address, headers=forwarded).status_code)

    assert (ask("10.0.0.1"), ask("198.51.100.7")) == (200, 301)
