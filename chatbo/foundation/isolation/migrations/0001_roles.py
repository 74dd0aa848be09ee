"""What every later table takes for granted: the roles' privileges, and the refusing trigger."""

from django.db import migrations

# The application may read and write rows, and nothing about the tables themselves.
PRIVILEGES = """
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chatbo_app, chatbo_platform;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT USAGE ON SEQUENCES TO chatbo_app, chatbo_platform;
    REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM chatbo_app, chatbo_platform;
    GRANT SELECT ON django_migrations TO chatbo_app, chatbo_platform;
"""

REFUSE_CHANGE = """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
"""


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(PRIVILEGES, migrations.RunSQL.noop),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change()"),
    ]
