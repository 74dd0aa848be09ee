"""Attempts to take the wall itself down, or to step over it by becoming somebody else."""

import psycopg
import pytest
from django.db import connection, transaction

from chatbo.foundation.isolation import platform_scope
from tests.foundation.isolation.conftest import Neighbours, attempt
from tests.foundation.isolation.planting import WALLED, label, rows, wall_of

REFUSED = ("must be owner", "permission denied", "must be superuser", "only superuser")

TO_A_TABLE = """
    ALTER TABLE {table} DISABLE ROW LEVEL SECURITY
    ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY
    ALTER TABLE {table} DISABLE TRIGGER ALL
    ALTER TABLE {table} DISABLE TRIGGER USER
    ALTER TABLE {table} ALTER {by} DROP NOT NULL
    ALTER TABLE {table} DROP CONSTRAINT "{name}_pkey"
    ALTER TABLE {table} OWNER TO chatbo_app
    ALTER TABLE {table} INHERIT isolation_directoryentry
    ALTER POLICY own ON {table} USING (true)
    ALTER POLICY own ON {table} WITH CHECK (true)
    ALTER POLICY platform ON {table} TO chatbo_app
    DROP POLICY own ON {table}
    CREATE POLICY mine ON {table} USING (true)
    CREATE RULE elsewhere AS ON INSERT TO {table} DO INSTEAD NOTHING
    CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
    CREATE INDEX ON {table} (id)
    CREATE STATISTICS mine ON id, {by} FROM {table}
    TRUNCATE {table}
    TRUNCATE {table} CASCADE
    DROP TABLE {table}
    COMMENT ON TABLE {table} IS 'mine'
    SECURITY LABEL ON TABLE {table} IS 'mine'
    CLUSTER {table} USING "{name}_pkey"
    REINDEX TABLE {table}
"""

IN_GENERAL = """
    SET ROLE chatbo_owner
    SET ROLE postgres
    SET LOCAL ROLE chatbo_owner
    SET SESSION AUTHORIZATION chatbo_owner
    SET SESSION AUTHORIZATION postgres
    SET session_replication_role = replica
    SET LOCAL session_replication_role = replica
    SELECT set_config('session_replication_role', 'replica', true)
    SELECT set_config('role', 'chatbo_owner', true)
    ALTER ROLE chatbo_app BYPASSRLS
    ALTER ROLE chatbo_app SUPERUSER
    ALTER ROLE chatbo_platform LOGIN
    ALTER DATABASE {database} SET app.tenant_id = '01900000-0000-7000-8000-000000000001'
    GRANT chatbo_owner TO chatbo_app
    GRANT chatbo_platform TO chatbo_app WITH INHERIT TRUE
    CREATE ROLE another
    REASSIGN OWNED BY chatbo_owner TO chatbo_app
    DROP OWNED BY chatbo_owner
    ALTER DEFAULT PRIVILEGES FOR ROLE chatbo_owner GRANT ALL ON TABLES TO PUBLIC
    SELECT pg_reload_conf()
    ALTER FUNCTION refuse_change() SECURITY DEFINER
    DROP FUNCTION refuse_change() CASCADE
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE sql AS ''
    DROP FUNCTION tenants_of_user() CASCADE
    CREATE OR REPLACE FUNCTION tenants_of_user() RETURNS uuid[] LANGUAGE sql AS 'SELECT NULL'
    CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'
    CREATE FUNCTION public.mine(text) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true'
    CREATE TABLE mine (id int)
    CREATE TABLE public.mine AS SELECT * FROM bots_bot
    CREATE VIEW mine AS SELECT * FROM bots_bot
    CREATE MATERIALIZED VIEW mine AS SELECT * FROM bots_bot
    CREATE SEQUENCE mine
    CREATE TYPE mine AS (id int)
    CREATE SCHEMA mine
    CREATE EXTENSION dblink
    CREATE EXTENSION file_fdw
    CREATE FOREIGN DATA WRAPPER mine
    CREATE PUBLICATION mine FOR ALL TABLES
    CREATE SUBSCRIPTION mine CONNECTION '' PUBLICATION mine WITH (connect = false)
    CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION refuse_change()
    COPY bots_bot TO '/tmp/bots'
    COPY bots_bot TO PROGRAM 'cat'
    SELECT pg_read_file('pg_hba.conf')
    SELECT pg_ls_dir('.')
    SELECT lo_import('/etc/passwd')
    SELECT pg_create_logical_replication_slot('mine', 'test_decoding')
    SELECT * FROM pg_authid
    SELECT * FROM pg_statistic
    UPDATE pg_class SET relrowsecurity = false
    DELETE FROM pg_policy
"""


def statements(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("model", WALLED, ids=label)
def test_the_application_changes_nothing_about_a_table(neighbours: Neighbours) -> None:
    name = neighbours.model._meta.db_table
    by = wall_of(neighbours.model).by
    for scope in (neighbours.as_me(), platform_scope("a test tries to break the wall")):
        with scope:
            for statement in statements(TO_A_TABLE):
                said = attempt(statement.format(table=neighbours.table, name=name, by=by))
                assert isinstance(said, str), statement
                assert any(words in said for words in (*REFUSED, "no security label")), said
    neighbours.assert_untouched()


@pytest.mark.parametrize("statement", statements(IN_GENERAL))
def test_the_application_gets_no_power_that_it_was_not_given(
    db: None, database_name: str, statement: str
) -> None:
    said = attempt(statement.format(database=database_name))

    assert isinstance(said, str)
    assert any(words in said for words in (*REFUSED, "Must have", "privilege")), said


@pytest.mark.parametrize("model", WALLED, ids=label)
def test_the_application_hands_no_right_on(neighbours: Neighbours) -> None:
    """PostgreSQL answers with a warning, and grants nothing."""

    def rights() -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relacl::text FROM pg_class WHERE oid = %s::regclass", [neighbours.table]
            )
            return cursor.fetchone()

    before = rights()
    for statement in ("GRANT ALL ON {} TO PUBLIC", "REVOKE ALL ON {} FROM chatbo_platform"):
        attempt(statement.format(neighbours.table))

    assert rights() == before


def test_the_servers_settings_are_out_of_reach(db: None, other_session: psycopg.Connection) -> None:
    """By a session of its own: the statement runs in no transaction."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        other_session.execute("ALTER SYSTEM SET row_security = off")


@pytest.mark.parametrize("model", WALLED, ids=label)
def test_switching_row_security_off_gives_an_error_instead_of_rows(neighbours: Neighbours) -> None:
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL row_security = off")
        said = attempt(f"SELECT * FROM {neighbours.table}")

    assert "row-level security" in str(said)


@pytest.mark.parametrize("model", WALLED[:1], ids=label)
def test_an_anonymous_block_has_no_more_power_than_its_caller(neighbours: Neighbours) -> None:
    said = attempt(
        f"DO $$ BEGIN IF EXISTS (SELECT FROM {neighbours.table})"
        " THEN RAISE EXCEPTION 'seen'; END IF; END $$"
    )
    assert said == 0
    assert "must be owner" in str(
        attempt(f"DO $$ BEGIN ALTER TABLE {neighbours.table} NO FORCE ROW LEVEL SECURITY; END $$")
    )


def test_the_wall_stands_after_all_attempts(db: None) -> None:
    for model in WALLED:
        assert rows(model) == []
