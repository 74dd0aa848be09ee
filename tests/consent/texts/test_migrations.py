"""What the version before left behind stays in force: texts without kinds, approvals unsigned."""

import base64
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from chatbo.foundation.signed_notes import key_of, sign
from consent.texts.fingerprints import fingerprint
from tests.conftest import TEMPLATE, address_of
from tests.journey.databases import Database, fresh_database

# One worker runs them all: they share a database to copy.
pytestmark = pytest.mark.xdist_group("texts before")

NAME = "127.0.0.1:8000/texts"
IN_FORCE = (
    "from consent.texts.shipping import shipped_texts, submit_shipped_texts;"
    "from consent.texts.versions import text_in_force;"
    "print(sum(text_in_force(t.key, t.language).language == t.language"
    " for t in shipped_texts()), submit_shipped_texts())"
)


@pytest.fixture(scope="module")
def with_vouchers(django_db_setup: None) -> Iterator[Database]:
    """Taken back once to the version with vouchers; each test that needs it has a copy."""
    with fresh_database("texts_with_vouchers") as database:
        manage(database, "migrate", "texts", "0003", "--verbosity", "0")
        yield database


@pytest.fixture
def database(django_db_setup: None, request: pytest.FixtureRequest) -> Iterator[Database]:
    is_rotated = "rotated" in request.fixturenames
    like = request.getfixturevalue("with_vouchers").name if is_rotated else TEMPLATE
    with fresh_database("texts_before", like=like) as database:
        yield database


def manage(database: Database, *arguments: str, **changed: str) -> str:
    return managed(database, *arguments, **changed).stdout.strip()


def managed(
    database: Database, *arguments: str, **changed: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={
            **os.environ,
            "DATABASE_URL": database.app_url,
            "DATABASE_OWNER_URL": database.owner_url,
            **changed,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


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
    assert manage(database, "shell", "--no-imports", "-c", IN_FORCE) == f"{approvals} []"


@pytest.fixture
def rotated(database: Database) -> list[str]:
    """A database of the version with vouchers; the key that signed, and the two after it."""
    keys = [
        *settings.LEDGER_KEY,
        *(base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in b"ab"),
    ]
    first, second, third = (
        Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(key)) for key in keys
    )
    vouch(database, first, by=second)
    vouch(database, second, by=third)
    return keys


def vouch(database: Database, key: Ed25519PrivateKey, *, by: Ed25519PrivateKey) -> None:
    """As the version before did it."""
    vouched, signer = key_of(NAME, key), key_of(NAME, by)
    note = sign(NAME, by, f"{NAME}\nkey of before, 1\n{vouched}\n")
    with psycopg.connect(database.owner_url) as owner:
        owner.execute(
            "INSERT INTO texts_signerkey (id, key, note, signer) VALUES (%s, %s, %s, %s)",
            [uuid.uuid4(), str(vouched), note, str(signer)],
        )


def shown(database: Database, **changed: str) -> str:
    return manage(database, "shell", "--no-imports", "-c", IN_FORCE, **changed)


def in_store(place: Path, *keys: str) -> dict[str, str]:
    """The settings of a store outside with keys as the ledger kept them."""
    (place / "keys").mkdir(parents=True)
    for text in keys:
        private = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(text))
        key = key_of("127.0.0.1:8000/ledger", private)
        (place / "keys" / key.number.hex()).write_text(str(key))
    return {"OUTSIDE_STORE_URL": place.as_uri()}


def test_what_keys_signed_that_were_vouched_for_stays_in_force(
    database: Database, rotated: list[str], tmp_path: Path
) -> None:
    """Over two rotations, with the store that has the newest key only."""
    theirs = Ed25519PrivateKey.generate()
    vouch(database, theirs, by=theirs)
    at = in_store(tmp_path / "outside", rotated[2]) | {"LEDGER_KEY": rotated[2]}
    before = shown(database, LEDGER_KEY=",".join(rotated))

    manage(database, "migrate", "--verbosity", "0", **at)

    assert shown(database, **at) == before != "0 []"
    kept = "".join(place.read_text() for place in (tmp_path / "outside" / "keys").iterdir())
    assert base64.b64encode(b"\x01" + theirs.public_key().public_bytes_raw()).decode() not in kept


@pytest.mark.parametrize("store", ["away", "empty", "somebody's"])
def test_without_the_store_no_voucher_is_taken_away(
    database: Database, rotated: list[str], tmp_path: Path, store: str
) -> None:
    place = tmp_path / "outside"
    foreign = base64.urlsafe_b64encode(b"x" * 32).decode()
    at = in_store(place, *([foreign] if store == "somebody's" else [])) | {"LEDGER_KEY": rotated[2]}
    if store == "away":
        at["OUTSIDE_STORE_URL"] = (tmp_path / "nowhere").as_uri()

    refused = managed(database, "migrate", "--verbosity", "0", **at)

    assert refused.returncode != 0
    assert "put the keys back into LEDGER_KEY" in refused.stderr
    assert not (tmp_path / "nowhere").exists()
    with psycopg.connect(database.owner_url) as owner:
        assert owner.execute("SELECT count(*) FROM texts_signerkey").fetchone() == (2,)


def test_with_all_keys_back_in_the_ring_the_store_is_not_needed(
    database: Database, rotated: list[str], tmp_path: Path
) -> None:
    ring = ",".join(reversed(rotated))
    at = {"LEDGER_KEY": ring, "OUTSIDE_STORE_URL": (tmp_path / "nowhere").as_uri()}
    before = shown(database, **at)

    assert managed(database, "migrate", "--verbosity", "0", **at).returncode == 0

    assert shown(database, **at) == before != "0 []"
