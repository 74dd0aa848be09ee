"""What the version before left behind stays in force: texts without kinds, approvals unsigned."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from consent.texts.fingerprints import fingerprint
from tests.conftest import address_of
from tests.journey.databases import Database, fresh_database


@pytest.fixture
def database(django_db_setup: None) -> Iterator[Database]:
    with fresh_database("texts_before") as database:
        yield database


def manage(database: Database, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={
            **os.environ,
            "DATABASE_URL": database.app_url,
            "DATABASE_OWNER_URL": database.owner_url,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def as_before(database: Database) -> int:
    """The rows as the version before wrote them; how many approvals there are."""
    url = address_of(database.name, os.environ["TESTS_SUPERUSER_URL"])
    with psycopg.connect(url) as superuser:
        superuser.execute("SET session_replication_role = replica")
        for pk, key, language, number, title, body, kinds in superuser.execute(
            "SELECT id, key, language, number, title, body, placeholders FROM texts_textversion"
        ).fetchall():
            words = {"key": key, "language": language, "number": number}
            names = sorted(kinds)
            sha256 = fingerprint(**words, title=title, body=body, placeholders=names)
            superuser.execute(
                "UPDATE texts_textversion SET placeholders = %s, sha256 = %s WHERE id = %s",
                [json.dumps(names), sha256, pk],
            )
            superuser.execute(
                "UPDATE texts_approval SET sha256 = %s WHERE version_id = %s", [sha256, pk]
            )
        row = superuser.execute("SELECT count(*) FROM texts_approval").fetchone()
        assert row
        return int(row[0])


def test_texts_and_approvals_of_the_version_before_stay_in_force(database: Database) -> None:
    manage(database, "migrate", "texts", "0001", "--verbosity", "0")
    approvals = as_before(database)
    assert approvals > 40

    manage(database, "migrate", "--verbosity", "0")

    with psycopg.connect(database.owner_url) as owner:
        signed = owner.execute("SELECT count(*) FROM texts_approval WHERE note <> ''").fetchone()
        assert signed == (approvals,)
        with pytest.raises(psycopg.DatabaseError, match="never changed"):
            owner.execute("UPDATE texts_approval SET note = ''")
    asked = (
        "from consent.texts.shipping import shipped_texts, submit_shipped_texts;"
        "from consent.texts.versions import text_in_force;"
        "print(sum(text_in_force(t.key, t.language).language == t.language"
        " for t in shipped_texts()), submit_shipped_texts())"
    )
    assert manage(database, "shell", "--no-imports", "-c", asked) == f"{approvals} []"
