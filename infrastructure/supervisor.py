"""Runs the whole demo in one terminal: servers, stand-ins, web, worker and schedule.

``python -m infrastructure.supervisor`` in the environment that ``bootstrap.py`` made; ends
everything it started on Ctrl-C or SIGTERM. What cannot be helped is said in one sentence.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from chatbo import embedded
from chatbo.embedded.record import free_port, is_free
from infrastructure import processes
from infrastructure.processes import Deaths, Process

ROOT = Path(__file__).resolve().parent.parent
ROOM_MB = 500
READY_SECONDS = 60
STAND_INS = {
    "META_GRAPH_URL": "/graph",
    "TELEGRAM_API_URL": "/telegram",
    "FACEBOOK_OAUTH_URL": "/facebook",
    "STANDINS_URL": "",
}
PASSWORD = "chatbo-demo-2026"
LOG_INS = [
    ("owner@cafe-morgenrot.example", "owner: bot live, contract in force"),
    ("owner@zahnarzt-linde.example", "owner: draft bot, contract not signed yet"),
    ("owner@fahrschule-kurve.example", "owner: signed contract waits for review"),
    ("partner@partner.example", "affiliate partner"),
    ("admin@chatbo.example", "platform admin"),
    ("lawyer@chatbo.example", "approves texts and templates"),
]


class RunError(Exception):
    """Why it cannot run: one sentence for the user, and perhaps the end of a log."""


class Stopped(Exception):  # noqa: N818 (a wish, not an error)
    """The user has pressed Ctrl-C, or the system asked to end."""


def say(line: str) -> None:
    print(line, flush=True)


def main() -> int:
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    if "MAKELEVEL" in os.environ and (tie := embedded.dies_with_parent(signal.SIGTERM)):
        tie()  # `make` killed: so are we
    try:
        run()
    except Stopped:
        return 0
    except (RunError, embedded.EmbeddedError) as error:
        sys.stdout.flush()
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _stop(number: int, frame: object) -> None:
    # Once is enough: what ends the children must not be interrupted by an impatient second one.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    raise Stopped


def run() -> None:
    begin = time.monotonic()
    port = read_port(os.environ.get("PORT", "8000"))
    var_dir = (ROOT / os.environ.get("VAR_DIR", "var")).resolve()
    os.chdir(ROOT)
    processes.adopt_orphans()
    with contextlib.ExitStack() as stack:
        stack.enter_context(embedded.claim(var_dir, "run.lock"))
        stack.callback(processes.end_adopted)  # when all that is known has ended
        check_room(var_dir)
        running = var_dir / "run" / "processes.json"
        running.parent.mkdir(mode=0o700, exist_ok=True)
        if count := processes.end_leftovers(running):
            say(f"Ended {count} processes that an earlier run has left behind.")
        check_port(port)

        environment = {**os.environ, "PORT": str(port), "VAR_DIR": str(var_dir)}
        environment.setdefault("DEBUG", "1")
        environment.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
        environment["PYTHONUNBUFFERED"] = "1"
        own = f"127.0.0.1,{environment.get('NO_PROXY') or environment.get('no_proxy', '')}"
        environment["NO_PROXY"] = environment["no_proxy"] = own.rstrip(",")
        servers = stack.enter_context(embedded_servers(var_dir, environment))
        started: list[Process] = []
        stack.callback(running.unlink, missing_ok=True)
        stack.callback(processes.end_all, started)

        def start(name: str, *command: str) -> Process:
            process = Process(
                name,
                [sys.executable, *command],
                environment=environment,
                log=var_dir / "logs" / f"{name}.log",
            )
            started.append(process)
            process.start()
            processes.record(running, started)
            return process

        for name, command in stand_ins(port, var_dir, environment):
            start(name, *command)  # their port is open before Django has loaded below
        if is_demo(environment):
            prepare(environment, "-m", "infrastructure.prepare", "seed_demo")
        else:
            prepare(environment, "-m", "infrastructure.prepare")
            prepare(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        for name, command in product(port, var_dir):
            start(name, *command)
        web = next(process for process in started if process.name == "web")
        wait_for(web, f"http://127.0.0.1:{port}/healthz")
        welcome(environment, seconds=time.monotonic() - begin)
        try:
            supervise(started, servers, running)
        finally:
            say("\nStopping ...")


def product(port: int, var_dir: Path) -> Iterator[tuple[str, list[str]]]:
    """The three processes of the product, as in production, only fewer of each."""
    web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "1", "--blocking-threads", "8", "--no-ws", "--log-level", "warning"]
    yield "web", ["-m", *web, "chatbo.wsgi:application"]
    celery = ["-m", "celery", "-A", "chatbo"]
    worker = ["--queues", "taps,default,bulk", "--concurrency", "2", "--loglevel", "INFO"]
    yield "worker", [*celery, "worker", *worker]
    schedule = ["--schedule", str(var_dir / "run" / "schedule"), "--pidfile", ""]
    yield "schedule", [*celery, "beat", *schedule, "--loglevel", "INFO"]


def stand_ins(
    port: int, var_dir: Path, environment: dict[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """The foreign platforms' stand-ins, for the addresses that are not set."""
    platforms = [name for name in STAND_INS if name != "STANDINS_URL"]
    if all(environment.get(name) for name in platforms) or not is_demo(environment):
        return
    own_port = port + 1 if is_free(port + 1) else free_port()
    for name, path in STAND_INS.items():
        if not environment.get(name):
            environment[name] = f"http://127.0.0.1:{own_port}{path}"
    command = ["-m", "standins", "--port", str(own_port), "--var", str(var_dir / "standins")]
    yield "standins", [*command, "--webhook", environment["BASE_URL"]]


@contextlib.contextmanager
def embedded_servers(
    var_dir: Path, environment: dict[str, str]
) -> Iterator[embedded.Servers | None]:
    """PostgreSQL and Redis, each where no address is set; their addresses go to the children."""
    own_postgres = not environment.get("DATABASE_URL")
    own_redis = not environment.get("REDIS_URL")
    if not is_demo(environment) or not (own_postgres or own_redis):
        yield None  # without DEBUG the settings demand the addresses
        return
    with embedded.start(var_dir, postgres=own_postgres, redis=own_redis, say=say) as servers:
        if own_postgres:
            environment["DATABASE_URL"] = servers.app_url
            environment["DATABASE_OWNER_URL"] = servers.owner_url
        if own_redis:
            environment["REDIS_URL"] = servers.redis_url
        yield servers


def is_demo(environment: dict[str, str]) -> bool:
    """Whether DEBUG is on, as the settings read it."""
    return environment["DEBUG"].lower() in {"1", "true", "on", "ok", "y", "yes"}


def prepare(environment: dict[str, str], *command: str) -> None:
    """Run to the end, or say with the last line of its output why that is impossible."""
    done = subprocess.run(
        [sys.executable, *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        log = Path(environment["VAR_DIR"]) / "logs" / "prepare.log"
        with embedded.open_log(log) as file:  # the first of a run on servers of others
            file.write((done.stdout + done.stderr).encode())
        last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        reason = re.sub(r"^[\w.]*(ImproperlyConfigured|CommandError): ", "", last)
        raise RunError(f"The database is not ready: {reason} (see {log})")


def wait_for(process: Process, url: str) -> None:
    """Until it answers, whatever it answers."""
    deadline = time.monotonic() + READY_SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        if not process.is_running or time.monotonic() > deadline:
            raise RunError(f"{process.name} does not start. {tail(process.log)}")
        try:
            with opener.open(url, timeout=5):
                return
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)


def supervise(started: list[Process], servers: embedded.Servers | None, running: Path) -> None:
    """Start again what dies; give up on what keeps dying."""
    deaths = {server.name: Deaths() for server in servers or ()}
    while True:
        time.sleep(0.3)
        for server in servers or ():
            if server.is_running:
                continue
            deaths[server.name].count()
            if deaths[server.name].are_too_many:
                raise RunError(f"{server.name} keeps ending. {tail(server.log)}")
            say(f"{server.name} has ended unexpectedly; starting it again (log: {server.log}).")
            server.revive()
        now = time.monotonic()
        for process in started:
            if process.is_running:
                continue
            if process.start_again_at is None:
                process.deaths.count()
                if process.deaths.are_too_many:
                    raise RunError(f"{process.name} keeps ending. {tail(process.log)}")
                process.start_again_at = now + process.deaths.pause
                say(
                    f"{process.name} has ended unexpectedly; starting it again in"
                    f" {process.deaths.pause:.0f} s (log: {process.log})."
                )
            elif now >= process.start_again_at:
                process.end(seconds=0)  # what is left of its group
                process.start()
                processes.record(running, started)


def welcome(environment: dict[str, str], *, seconds: float) -> None:
    rows = [("ChatBo", environment["BASE_URL"])]
    if environment.get("STANDINS_URL"):
        rows.append(("Phone, to play a person", f"{environment['STANDINS_URL']}/phone/"))
    rows.append(("Mail, logs, data", environment["VAR_DIR"]))
    left = max(len(row[0]) for row in [*rows, *LOG_INS])
    line = "-" * (left + 50)
    say(f"\n{line}")
    for name, value in rows:
        say(f"{name:<{left}}   {value}")
    if is_demo(environment):
        say(f"\n{'Log in as':<{left}}   Password of all: {PASSWORD}")
        for name, value in LOG_INS:
            say(f"{name:<{left}}   {value}")
    say(line)
    say(f"Up in {seconds:.1f} s. Stop with Ctrl-C.")


def tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in lines)])


def read_port(value: str) -> int:
    if value.isdecimal() and 0 < int(value) < 65535:
        return int(value)
    raise RunError(f"PORT is {value!r}: set it to a number from 1 to 65534.")


def check_port(port: int) -> None:
    if port < 1024 and os.geteuid() != 0:
        raise RunError(f"Port {port} is for root only: choose one from 1024 on, as PORT=8000.")
    if not is_free(port):
        raise RunError(
            f"Port {port} is taken: end what listens there, or choose another one, as"
            f" `make run PORT={port + 100}`."
        )


def check_room(var_dir: Path) -> None:
    free = shutil.disk_usage(var_dir).free // 1_000_000
    if free < ROOM_MB:
        raise RunError(f"The disk of {var_dir} has {free} MB left: make room for {ROOM_MB} MB.")


if __name__ == "__main__":
    sys.exit(main())
