"""Entries of the audit log end after three years, by one function of the database alone."""

from django.db import migrations

# Arts. 5(1)(e), 5(2), 32 GDPR: three years from the end of the year of the deed (``models.KEPT``).
DUE = """
    DROP TRIGGER append_only ON audit_auditentry;
    CREATE TRIGGER append_only BEFORE UPDATE ON audit_auditentry
        FOR EACH ROW EXECUTE FUNCTION refuse_change();

    CREATE FUNCTION delete_due_audit_entries() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        WITH due AS (
            SELECT entry.id FROM public.audit_auditentry AS entry
            WHERE entry.at < make_timestamptz(
                    extract(year FROM now() AT TIME ZONE 'Europe/Berlin')::int - 3,
                    1, 1, 0, 0, 0, 'Europe/Berlin')
            ORDER BY entry.at LIMIT 1000
        ), gone AS (
            DELETE FROM public.audit_auditentry AS entry USING due
            WHERE entry.id = due.id RETURNING 1
        )
        SELECT count(*) FROM gone
    $$;
    REVOKE EXECUTE ON FUNCTION delete_due_audit_entries() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION delete_due_audit_entries() TO chatbo_platform;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_searching")]

    operations = [
        migrations.RunSQL(DUE),
        migrations.AlterModelOptions(
            name="auditentry", options={"verbose_name_plural": "entries of the log"}
        ),
    ]
