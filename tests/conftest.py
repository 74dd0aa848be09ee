"""The tests' ground: one real PostgreSQL and one real Redis a run (``tests.servers``).

The tests log in as the application's role, so row-level security is in force in every one of
them. The owner's role makes the database once; each worker of xdist gets a copy of it.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from consent.ledger.models import ConsentRecord
    from tenants.accounts.models import Tenant, User

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
TEMPLATE = "test_chatbo"
VERIFIER = Path(__file__).parents[1] / "static" / "verify" / "chatbo-verify.py"
Recording = Callable[..., "ConsentRecord"]


def pytest_configure(config: pytest.Config) -> None:
    """Give each worker databases of its own."""
    from django.conf import settings

    number = int(WORKER.removeprefix("gw") or 0) if WORKER else 0
    name = f"{TEMPLATE}_{WORKER or 'main'}"
    for database in settings.DATABASES.values():
        database["NAME"] = name
        database["OPTIONS"].pop("pool", None)
    # A worker's own Redis database: 0 is the leader's, whose tests run alone.
    redis_url = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{number + 1}"
    settings.REDIS_URL = settings.CELERY_BROKER_URL = redis_url
    settings.CACHES["default"]["LOCATION"] = redis_url
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    files = Path(os.environ["VAR_DIR"]) / f"files-{WORKER or 'main'}"
    settings.STORAGES["default"]["OPTIONS"]["location"] = str(files)
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns where it is missing.


def address_of(name: str, url: str) -> str:
    """A server's address with another database."""
    return f"{url.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(scope="session")
def database_name() -> str:
    return f"{TEMPLATE}_{WORKER or 'main'}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, database_name: str) -> Iterator[None]:
    """Migrate one template a run, as the owner; copy it for this worker."""
    from django.db import connections

    superuser = os.environ["TESTS_SUPERUSER_URL"]
    with (
        psycopg.connect(address_of("postgres", superuser), autocommit=True) as admin,
        _one_at_a_time("template.lock"),
    ):
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            admin.execute(f"CREATE DATABASE {TEMPLATE} OWNER chatbo_owner")
            with django_db_blocker.unblock():
                _fill_template()
        admin.execute(f"CREATE DATABASE {database_name} TEMPLATE {TEMPLATE} OWNER chatbo_owner")
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
    yield
    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()


def _fill_template() -> None:
    from django.core.management import call_command
    from django.db import connections

    from consent.texts.models import Approval, TextVersion
    from consent.texts.shipping import submit_shipped_texts
    from consent.texts.versions import decide_on_text
    from tenants.accounts.models import PlatformRole, User

    usual = connections["default"].settings_dict["NAME"]
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = TEMPLATE
    call_command("migrate", verbosity=0, interactive=False)
    submit_shipped_texts()
    lawyer = User.objects.create_user(
        "lawyer@chatbo.example", name="Lawyer", platform_role=PlatformRole.LAWYER
    )
    for version in TextVersion.objects.all():
        decide_on_text(version, lawyer=lawyer, verdict=Approval.Verdict.APPROVED)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = usual


@contextlib.contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    with (Path(os.environ["VAR_DIR"]) / name).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session", autouse=True)
def _tasks_known() -> None:
    """As in a worker: every room's tasks are imported, and with them what is swept."""
    from chatbo.celery import app

    app.loader.import_default_modules()


@pytest.fixture(scope="session", autouse=True)
def _emptied_as_superuser() -> None:
    """After a test that commits, empty the tables past triggers and policies.

    The application may not truncate, and should not. The template's texts stay.
    """
    from django.test import TransactionTestCase

    def flush(self: TransactionTestCase) -> None:
        empty_database(f"{TEMPLATE}_{WORKER or 'main'}")

    TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]  # Django's hook


@pytest.fixture(scope="session", autouse=True)
def _authenticated_just_now() -> None:
    """Who is logged in by ``force_login`` may sign and export; ``visitors`` has others."""
    from django.test import Client

    from tests.visitors import force_login

    Client.force_login = force_login  # type: ignore[method-assign]  # one place instead of forty


def empty_database(name: str) -> None:
    """Delete every row but the shipped texts, their approvals and the lawyer."""
    with psycopg.connect(address_of(name, os.environ["TESTS_SUPERUSER_URL"])) as admin:
        admin.execute("SET session_replication_role = replica")
        tables = admin.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
            " AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        for (table,) in tables:
            kept = {
                "texts_textversion": "number > 1 OR release = ''",
                "texts_approval": "version_id NOT IN"
                " (SELECT id FROM texts_textversion WHERE number = 1 AND release <> '')",
                "accounts_user": "email <> 'lawyer@chatbo.example'",
            }.get(table, "true")
            admin.execute(f'DELETE FROM "{table}" WHERE {kept}')


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    """What earlier tests pressed counts for nobody (``foundation.limits``)."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def outside_store(settings: Any, tmp_path: Path) -> Path:
    """Each test's own: what one published must not be missing in the next one's database."""
    folder = tmp_path / "outside"
    settings.OUTSIDE_STORE_URL = folder.as_uri()
    return folder


@pytest.fixture
def owner_db(db: None, database_name: str) -> Iterator[psycopg.Connection[Any]]:
    """The tables' owner, on a connection of its own: sees what was committed, past policies."""
    url = address_of(database_name, os.environ["DATABASE_OWNER_URL"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; as root it runs only without its sandbox."""
    found = shutil.which("chromium")
    own = {"executable_path": found, "args": ["--no-sandbox"]} if found else {}
    return browser_type_launch_args | own


@pytest.fixture(scope="session")
def _django_beside_playwright() -> None:
    """Playwright's loop runs in the tests' thread; Django would take it for its caller's."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture
def site_url(live_server: Any, settings: Any, _django_beside_playwright: None) -> str:
    """The product on a real port, as a browser reaches it; ``BASE_URL`` says the same."""
    settings.BASE_URL = live_server.url
    return str(live_server.url)


@dataclass
class Business:
    """A tenant of the tests with its owner."""

    tenant: "Tenant"
    owner: "User"

    def scope(self) -> AbstractContextManager[None]:
        from chatbo.foundation.isolation import tenant_scope

        return tenant_scope(self.tenant.pk)

    def member(self, role: str, *, may_sign: bool = False) -> "User":
        """Somebody with this role, who can log in like the owner."""
        from tenants.accounts.models import Membership

        user = _person(f"{role}.member@{self.tenant.slug}.example")
        with self.scope():
            Membership.objects.create(user=user, role=role, may_sign=may_sign)
        return user


def _person(address: str) -> "User":
    from allauth.account.models import EmailAddress

    from tenants.accounts.models import User

    name = address.partition("@")[0].title()
    user = User.objects.create_user(address, password="correct-horse-battery", name=name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _found(company: str, address: str) -> Business:
    from tenants.accounts.registration import found_tenant

    owner = _person(address)
    return Business(found_tenant(owner, company=company), owner)


def found_cafe() -> Business:
    return _found("Café Morgenrot", "owner@cafe-morgenrot.example")


def found_dentist() -> Business:
    return _found("Zahnarzt Linde", "owner@zahnarzt-linde.example")


@pytest.fixture
def cafe(db: None) -> Business:
    """The café that most tests are about."""
    return found_cafe()


@pytest.fixture
def dentist(db: None) -> Business:
    """The neighbour, who must never see anything of the café's."""
    return found_dentist()


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """``with commit():`` runs what waits for the commit, although the test rolls back."""

    def committing() -> AbstractContextManager[Any]:
        return django_capture_on_commit_callbacks(execute=True)

    return committing


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What was handed to Celery: (task name, *arguments). Nothing is sent."""
    from celery import Task

    calls: list[tuple[Any, ...]] = []

    def note(task: Any, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        calls.append((task.name, *(args or ())))

    monkeypatch.setattr(Task, "apply_async", note)
    return calls


@pytest.fixture
def record(db: None) -> Recording:
    """Record that somebody agreed to the newsletter, or what else is asked for; needs a scope."""
    from consent.ledger.models import ConsentRecord
    from consent.ledger.recording import record_consent
    from consent.texts.versions import text_in_force

    def recording(**more: Any) -> ConsentRecord:
        asked: dict[str, Any] = {
            "purpose": ConsentRecord.Purpose.NEWSLETTER,
            "decision": ConsentRecord.Decision.GRANTED,
            "source": ConsentRecord.Source.SIGNUP,
            "controller": ConsentRecord.Controller.PLATFORM,
            "way": ConsentRecord.Way.TICK,
        }
        return record_consent(text_in_force("consent-newsletter", "de"), **{**asked, **more})

    return recording


@pytest.fixture
def verify(tmp_path: Path) -> Callable[[bytes], tuple[int, str]]:
    """Run ``chatbo-verify`` on a file, as somebody does who has nothing else of ours."""
    from chatbo.foundation.signing import note_keys
    from consent.ledger.heads import origin

    def verifying(content: bytes) -> tuple[int, str]:
        (place := tmp_path / "taken.json").write_bytes(content)
        key = str(note_keys(origin())[0])
        command = [sys.executable, "-I", str(VERIFIER), "--key", key, str(place)]
        done = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return verifying
