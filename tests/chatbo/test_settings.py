"""Settings: each one documented, and a missing one named in a clear sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chatbo.demo_secrets import demo_secrets

BASE_DIR = Path(__file__).resolve().parents[2]
COMPLETE = {
    "BASE_URL": "https://chatbo.example",
    "DATA_REGION": "eu-central-1",
    "DATABASE_URL": "postgresql://chatbo_app:x@127.0.0.1:1/chatbo",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "x" * 60,
    "FIELD_KEYS": "A" * 43 + "=",
    "SEAL_KEY": "pem",
    "LEDGER_KEY": "A" * 43 + "=",
    "TOMBSTONE_KEY": "A" * 43 + "=",
    "FILES_URL": "file:///srv/files",
    "OUTSIDE_STORE_URL": "file:///srv/outside",
    "EMAIL_URL": "console:",
}


def load(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import chatbo.settings"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_setting_is_read_once_and_stands_in_the_document():
    code = "".join(
        (BASE_DIR / f"chatbo/{name}.py").read_text() for name in ("environment", "settings")
    )
    read = re.findall(r'(?:env\.\w+|demanded|secret|server_url|whole_days)\(\s*"([A-Z_]+)"', code)
    documented = re.findall(r"`([A-Z_]+)`", (BASE_DIR / "docs/settings.md").read_text())

    assert set(read) <= set(documented)
    assert set(COMPLETE) <= set(read)


def test_with_everything_set_it_starts_without_debug():
    assert load(**COMPLETE).returncode == 0


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_without_debug_a_missing_setting_is_named(name):
    outcome = load(**{key: value for key, value in COMPLETE.items() if key != name})

    assert outcome.returncode != 0
    assert name in outcome.stderr.splitlines()[-1]


@pytest.mark.parametrize("region", ["us-east-1", "Europa", "eu2", "ch-zrh"])
def test_data_outside_the_eea_is_refused(region):
    outcome = load(**COMPLETE | {"DATA_REGION": region})

    assert "EU or EEA" in outcome.stderr.splitlines()[-1]


@pytest.mark.parametrize("days", ["0", "-1", "ever", "1.5", "", "9" * 5000])
def test_a_backup_that_lasts_for_no_time_or_for_ever_is_refused(days):
    outcome = load(**COMPLETE | {"BACKUP_DAYS": days})

    assert outcome.returncode != 0
    assert "in days from 1 to 3650" in outcome.stderr.splitlines()[-1]


def test_a_second_factor_for_somebody_whom_nothing_asks_for_it_is_refused():
    outcome = load(**COMPLETE | {"REQUIRE_MFA": "platform,owner"})
    assert "REQUIRE_MFA names owner, which nothing enforces" in outcome.stderr


def test_django_finds_nothing_to_warn_of_in_production(tmp_path):
    """``manage.py check --deploy`` with all that production brings, and none of the demo.

    But for the operator's own address, which is an example until the operator enters it.
    """
    given = COMPLETE | demo_secrets(tmp_path) | {"VAR_DIR": str(tmp_path)}
    outcome = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.findall(r"\((\w+\.\w\d+)\)", outcome.stderr) == ["operator.W001"], outcome.stderr
    assert "1 issue (0 silenced)" in outcome.stderr
