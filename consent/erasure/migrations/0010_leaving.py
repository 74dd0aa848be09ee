"""The end of a business; what the database itself demands of it; how its proofs leave."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.encryption.fields
import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.scopes
import consent.erasure.leaving.models
from chatbo.foundation.isolation.operations import IsolateTable

# Art. 25(2)(g) Data Act: thirty days at least. So nobody who writes a row makes a business look as if
# its time had come: what follows can delete its proofs of consent.
GUARD = """
    CREATE FUNCTION guard_ending() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            -- An hour for clocks that differ.
            IF NEW.ends_at < now() + interval '30 days' - interval '1 hour'
                OR NEW.state <> 'waiting'
            THEN
                RAISE EXCEPTION 'the end of a business leaves it thirty days'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.ends_at <> OLD.ends_at
            OR OLD.state IN ('cancelled', 'done') AND NEW.state <> OLD.state
            OR OLD.state = 'under_way' AND NEW.state NOT IN ('under_way', 'done')
            OR OLD.state = 'waiting' AND NEW.state NOT IN ('waiting', 'under_way', 'cancelled')
            OR NEW.state = 'under_way' AND NEW.ends_at > now()
        THEN
            RAISE EXCEPTION 'the end of a business takes its course'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER guard_ending BEFORE INSERT OR UPDATE ON erasure_tenantending
        FOR EACH ROW EXECUTE FUNCTION guard_ending();
"""

# Art. 28(3)(g) GDPR: a business's proofs go with it. Not those in which ChatBo is the controller,
# nor what is not in the tree yet. Forms that no record needs any more go with the last call.
LEAVE = """
    DROP TRIGGER append_only ON ledger_shownform;
    CREATE TRIGGER append_only BEFORE UPDATE ON ledger_shownform
        FOR EACH ROW EXECUTE FUNCTION refuse_change();

    CREATE FUNCTION delete_leaving_consents() RETURNS TABLE (tenant_id uuid, id uuid)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        DELETE FROM public.ledger_shownform AS form USING public.erasure_tenantending AS ending
        WHERE ending.tenant_id = form.tenant_id
            AND ending.state = 'under_way' AND ending.ends_at <= now()
            AND NOT EXISTS (
                SELECT FROM public.ledger_consentrecord AS record
                WHERE record.tenant_id = form.tenant_id AND record.form_sha256 = form.sha256);
        WITH leaving AS (
            SELECT record.tenant_id, record.id
            FROM public.erasure_tenantending AS ending
            JOIN public.ledger_consentrecord AS record ON record.tenant_id = ending.tenant_id
            JOIN public.ledger_leaf AS leaf
                ON leaf.tenant_id = record.tenant_id AND leaf.id = record.id
            WHERE ending.state = 'under_way' AND ending.ends_at <= now()
                AND record.controller = 'tenant'
            ORDER BY leaf.position LIMIT 500
        )
        DELETE FROM public.ledger_consentrecord AS record USING leaving
        WHERE record.tenant_id = leaving.tenant_id AND record.id = leaving.id
        RETURNING record.tenant_id, record.id
    $$;
    REVOKE EXECUTE ON FUNCTION delete_leaving_consents() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION delete_leaving_consents() TO chatbo_platform;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0009_person_exports"),
        ("ledger", "0016_names"),
        ("accounts", "0006_leaving"),
    ]

    operations = [
        migrations.CreateModel(
            name="TenantEnding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "tenant_id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.scopes.current_tenant_id, editable=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "code",
                    models.CharField(
                        default=chatbo.foundation.isolation.ids.new_code, max_length=32
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "can be taken back"),
                            ("under_way", "is being carried out"),
                            ("done", "carried out"),
                            ("cancelled", "taken back"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("return", "We want our data back first"),
                            ("deletion", "Deletion is enough"),
                        ],
                        max_length=10,
                        verbose_name="choice",
                    ),
                ),
                ("asked_by_id", models.UUIDField(null=True)),
                ("language", models.CharField(max_length=5)),
                (
                    "ends_at",
                    models.DateTimeField(
                        default=consent.erasure.leaving.models.after_grace, editable=False
                    ),
                ),
                ("left", models.JSONField(default=list)),
                ("steps", models.JSONField(default=dict)),
                ("erasure_id", models.UUIDField(null=True)),
                ("counts", models.JSONField(default=dict)),
                ("kept", models.JSONField(default=dict)),
                ("failed_at", models.DateTimeField(null=True)),
                ("certificate", models.JSONField(null=True)),
            ],
            options={
                "verbose_name_plural": "ends of the business",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="ending_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)),
                        fields=("tenant_id",),
                        name="ending_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TenantExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "tenant_id",
                    models.UUIDField(
                        default=chatbo.foundation.isolation.scopes.current_tenant_id, editable=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "is being prepared"),
                            ("ready", "ready"),
                            ("failed", "could not be made"),
                        ],
                        default="asked",
                        max_length=6,
                    ),
                ),
                ("language", models.CharField(max_length=5)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "key",
                    chatbo.foundation.encryption.fields.EncryptedTextField(
                        default=consent.erasure.leaving.models.new_key
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "files with everything",
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at", None)),
                        fields=["not_before"],
                        name="tenant_export_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant_id",), name="tenant_export_one")
                ],
            },
        ),
        IsolateTable("TenantEnding"),
        IsolateTable("TenantExport"),
        migrations.RunSQL(GUARD),
        migrations.RunSQL(LEAVE),
    ]
