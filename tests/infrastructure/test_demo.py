"""``make database-url`` and ``make demo-reset``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chatbo import embedded

ROOT = Path(__file__).resolve().parents[2]


def demo(word: str, var_dir: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "infrastructure.demo", word],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "There is no database yet: start it with `make run`."),
        (
            {"DATABASE_URL": "postgresql://a@b/c"},
            "DATABASE_URL is set, but DATABASE_OWNER_URL is not: set it.",
        ),
    ],
)
def test_where_no_address_is_known_it_says_why(
    tmp_path: Path, environment: dict[str, str], told: str
) -> None:
    done = demo("url", tmp_path / "var", **environment)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{told}\n")


def test_the_address_alone_is_printed(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "var", postgres=False) as servers:
        assert demo("url", tmp_path / "var").stdout == f"{servers.owner_url}\n"
    other = "postgresql://chatbo_owner@db/chatbo"
    assert demo("url", tmp_path / "var", DATABASE_OWNER_URL=other).stdout == f"{other}\n"


def test_reset_empties_what_is_ours_and_not_in_use(tmp_path: Path) -> None:
    var_dir = tmp_path / "var"
    with embedded.start(var_dir, postgres=False):
        (var_dir / "secrets.json").touch()
        refused = demo("reset", var_dir)
        assert refused.returncode == 1
        assert "is running in" in refused.stderr
        assert (var_dir / "secrets.json").exists()

    assert demo("reset", var_dir).stdout == f"{var_dir} is empty.\n"
    assert list(var_dir.iterdir()) == []


def test_reset_deletes_nobody_elses_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").touch()

    refused = demo("reset", tmp_path)

    assert refused.returncode == 1
    assert "was not made by ChatBo" in refused.stderr
    assert (tmp_path / "thesis.odt").exists()
