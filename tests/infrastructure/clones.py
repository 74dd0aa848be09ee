"""A clone of one's own to start things in, and an installation that an ordinary user may read."""

import os
import shutil
import stat
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from chatbo import embedded

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = (".*", "node_modules", "var", "tests", "docs", "benchmarks")
NOT_LINKED = ("playwright", "mypy", "mypyc", "*mypyc*", "pip", "setuptools", "faker", "ruff*")


def make_clone(folder: Path) -> Path:
    """The working tree as it is now, without what others have put beside it."""
    clone = folder / "chatbo"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return clone


def delete_clone(folder: Path) -> None:
    """With the data that root's PostgreSQL has outside it."""
    var_dir = folder / "chatbo" / "var"
    if var_dir.exists() and var_dir.stat().st_uid == os.geteuid():
        embedded.discard(var_dir)
    shutil.rmtree(folder)


def give_to(owner: tuple[int, int], folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, *owner, follow_symlinks=False)


def rights(folders: Iterable[Path]) -> dict[Path, tuple[str, int, int]]:
    """Who may enter these folders and all above them."""
    found = {}
    for folder in {above for path in folders for above in (path, *path.parents)}:
        state = folder.stat()
        found[folder] = (stat.filemode(state.st_mode), state.st_uid, state.st_gid)
    return found


def folders_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()]


def readable_python(folder: Path) -> tuple[Path, dict[str, str]]:
    """This very Python with its packages, and the environment that it needs.

    Root's own may lie in a home that is closed to all others. Linked where that is possible, so
    it takes a second; no right of the original changes.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    here = Path(sys.executable).resolve()
    python = folder / "bin" / version
    python.parent.mkdir(parents=True)
    _link(here, python)
    for library in (here.parent.parent / "lib").glob("libpython*"):
        (folder / "lib").mkdir(exist_ok=True)
        _link(library, folder / "lib" / library.name)
    standard = folder / "lib" / version
    unneeded = shutil.ignore_patterns("site-packages", "test", "idlelib", "config-*")
    _link_tree(Path(sysconfig.get_path("stdlib")), standard, unneeded)
    packages = folder / "packages"
    _link_tree(Path(sysconfig.get_path("purelib")), packages, shutil.ignore_patterns(*NOT_LINKED))
    return python, {
        "PYTHONHOME": str(folder),
        "PYTHONPATH": str(packages),
        "LD_LIBRARY_PATH": str(folder / "lib"),
    }


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or somebody else's file
        shutil.copy2(source, target)


def _link_tree(source: Path, target: Path, ignore: object) -> None:
    shutil.copytree(source, target, copy_function=_link, symlinks=True, ignore=ignore)
