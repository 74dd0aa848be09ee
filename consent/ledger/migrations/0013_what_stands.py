"""When a record ends follows from what stands on its purpose, as ``weighing`` says it."""

from django.db import migrations

# Secs. 195, 199 BGB: three years from the end of the year in which a consent ended. It ends with a
# withdrawal alone or, for whom nothing leads to any more, with itself. What never was a consent,
# or came after its end, ends with itself; what was set right, with what set it right.
DUE = """
    CREATE OR REPLACE FUNCTION delete_due_consents() RETURNS TABLE (tenant_id uuid, id uuid)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        WITH correction AS (
            SELECT correcting.tenant_id, correcting.corrects_id, max(correcting.given_at) AS at
            FROM public.ledger_consentrecord AS correcting
            WHERE correcting.corrects_id IS NOT NULL
            GROUP BY correcting.tenant_id, correcting.corrects_id
        ), standing AS (
            SELECT DISTINCT ON (said.tenant_id, said.subject_id, said.purpose)
                said.tenant_id, said.subject_id, said.purpose, said.decision, said.given_at
            FROM public.ledger_consentrecord AS said
            WHERE NOT EXISTS (
                SELECT FROM correction
                WHERE correction.tenant_id = said.tenant_id AND correction.corrects_id = said.id)
            ORDER BY said.tenant_id, said.subject_id, said.purpose,
                CASE said.decision WHEN 'shown' THEN 0 WHEN 'refused' THEN 1 ELSE 2 END DESC,
                said.given_at DESC, said.id DESC
        ), due AS (
            SELECT record.tenant_id, record.id
            FROM public.ledger_consentrecord AS record
            LEFT JOIN correction
                ON correction.tenant_id = record.tenant_id AND correction.corrects_id = record.id
            LEFT JOIN standing
                ON standing.tenant_id = record.tenant_id
                AND standing.subject_id = record.subject_id
                AND standing.purpose = record.purpose
            WHERE greatest(record.given_at, correction.at, standing.given_at)
                    < make_timestamptz(
                        extract(year FROM now() AT TIME ZONE 'Europe/Berlin')::int - 3,
                        1, 1, 0, 0, 0, 'Europe/Berlin')
                AND (standing.decision IS DISTINCT FROM 'granted' OR NOT EXISTS (
                    SELECT FROM public.ledger_consentidentity AS identity
                    WHERE identity.tenant_id = record.tenant_id
                        AND identity.subject_id = record.subject_id))
        )
        DELETE FROM public.ledger_consentrecord AS record USING due, public.ledger_leaf AS leaf
        WHERE record.tenant_id = due.tenant_id AND record.id = due.id
            AND leaf.tenant_id = record.tenant_id AND leaf.id = record.id
        RETURNING record.tenant_id, record.id
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_text_without_lock")]

    operations = [migrations.RunSQL(DUE)]
