"""Raw SQL stands in few files, and scopes are set in one: both are written down here."""

import ast
import re
from pathlib import Path

import pytest

from tests.foundation.isolation.source import called, places, product_files

RAW_SQL = {
    "chatbo/foundation/isolation/scopes.py": "tells the database whose scope is open",
    "chatbo/foundation/isolation/catalog.py": "reads the catalogs",
    "chatbo/foundation/isolation/checks.py": "reads the catalogs",
    "chatbo/foundation/isolation/starting.py": "reads the catalogs",
    "chatbo/foundation/isolation/operations.py": "makes the wall, in migrations",
    "chatbo/foundation/isolation/management/commands/migrate.py": "reads the catalogs",
    "chatbo/foundation/database_sessions.py": "hands a connection back without a trace",
    "chatbo/foundation/encryption/holding.py": "takes a lock",
    "chatbo/foundation/encryption/listings.py": "the directory's digests under a new key",
    "chatbo/foundation/encryption/owners.py": "finds whose rows are to be encrypted anew",
    "chatbo/foundation/encryption/rotation.py": "encrypts columns anew, in batches",
    "chatbo/foundation/turns.py": "takes a lock",
    "chatbo/foundation/personal_data/statements.py": "what Django wrote, many as one",
    "consent/ledger/recording.py": "all rows of a record in one statement",
    "consent/ledger/reading.py": "a million records as bare rows, in the open scope",
    "consent/ledger/sealing.py": "takes a lock; a block of leaves placed at once",
    "consent/ledger/holders.py": "people counted by what stands, a million at once",
    "consent/ledger/ending.py": "calls the two functions that delete records",
    "consent/erasure/leaving/kept.py": "calls the one function that deletes entries of the log",
    "consent/erasure/scanning/tables.py": "every row of every table, also of those without a model",
    "consent/erasure/scanning/scans.py": "reads the catalogs",
    "chatbo/conversation/intake.py": "what Meta waits for (benchmarks/webhook_to_stored.py)",
    "chatbo/dashboard/health.py": "asks whether the database answers",
}

SETS_A_SCOPE = {
    "chatbo/foundation/isolation/scopes.py": "here alone",
    "chatbo/foundation/isolation/catalog.py": "looks for presets in the catalogs",
    "chatbo/foundation/database_sessions.py": "forgets all settings",
}

WITH_A_STATEMENT = {"execute", "executemany", "stream", "copy", "raw", "extra", "RawSQL"}
SETTING = re.compile(
    r"set_config|\b(RE)?SET\s+((LOCAL|SESSION)\s+)?(ROLE|ALL|app\.|SESSION\s+AUTHORIZATION)"
    r"|row_security|session_replication_role|\bDISCARD\s+ALL\b",
    re.IGNORECASE,
)


def with_raw_sql(files: list[Path] | None = None) -> set[str]:
    found = set()
    for place in places(files or outside_of_migrations()):
        name, node = called(place.node), place.node
        if name in {"cursor", "callproc"} or (name in WITH_A_STATEMENT and is_sql(node)):
            found.add(place.file)
    return found


def is_sql(node: ast.AST) -> bool:
    """Whether it has a statement: Redis' ``execute()`` has none, an HTTP stream a method."""
    assert isinstance(node, ast.Call)
    if called(node) == "extra":
        return bool(node.keywords)
    http = bool(node.args) and ast.unparse(node.args[0]) in {"'GET'", "'POST'", "method"}
    return bool(node.args) and not http


def that_set_a_scope(files: list[Path] | None = None) -> set[str]:
    """Files with a string, no docstring, that changes who one is or what one sees."""
    found = set()
    said = set()
    for place in places(files or list(product_files())):
        node = place.node
        if isinstance(node, ast.Expr):
            said.add(node.value)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in said
            and SETTING.search(node.value)
        ):
            found.add(place.file)
    return found


def outside_of_migrations() -> list[Path]:
    """Migrations run as the owner of the tables; the check of the walls looks at what they made."""
    return [file for file in product_files() if "migrations" not in file.parts]


def test_exactly_these_files_speak_sql_themselves():
    assert with_raw_sql() == set(RAW_SQL)


def test_scopes_and_roles_are_set_in_one_file():
    assert that_set_a_scope() == set(SETS_A_SCOPE)


@pytest.mark.parametrize(
    "code",
    [
        "with connection.cursor() as cursor: pass",
        "own.execute('SELECT 1')",
        "Bot.objects.raw('SELECT * FROM bots_bot')",
        "Bot.objects.extra(where=['true'])",
        "Bot.objects.annotate(n=RawSQL('1', []))",
        "cursor.callproc('look')",
    ],
)
def test_a_new_file_with_raw_sql_is_found(tmp_path, code):
    file = tmp_path / "new.py"
    file.write_text(code)

    assert with_raw_sql([file]) == {"new.py"}


@pytest.mark.parametrize(
    "code",
    [
        "run(\"SELECT set_config('app.tenant_id', %s, true)\")",
        "run('SET LOCAL ROLE chatbo_platform')",
        "run(f'set app.tenant_id = {tenant}')",
        "run('RESET ROLE')",
        "run('SET row_security = off')",
        "run('set session authorization chatbo_owner')",
    ],
)
def test_a_new_file_that_sets_a_scope_is_found(tmp_path, code):
    file = tmp_path / "new.py"
    file.write_text(code)

    assert that_set_a_scope([file]) == {"new.py"}


def test_what_only_speaks_about_it_is_not(tmp_path):
    file = tmp_path / "new.py"
    file.write_text('"""Nobody calls SET ROLE here."""\n\npipeline.execute()\nrows.copy()\n')

    assert with_raw_sql([file]) == that_set_a_scope([file]) == set()
