"""The tree over the records: leaves, tiles, heads, and what a record is hashed with."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.isolation.ids
import chatbo.foundation.isolation.scopes
import consent.ledger.models
from chatbo.foundation.isolation.operations import AppendOnly, IsolateTable

ONLY_GROWS = """
    CREATE FUNCTION refuse_shrinking() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR (NEW.level, NEW.index) <> (OLD.level, OLD.index)
            OR substring(NEW.hashes FOR length(OLD.hashes)) <> OLD.hashes
        THEN
            RAISE EXCEPTION 'rows of % only grow', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON ledger_tile
        FOR EACH ROW EXECUTE FUNCTION refuse_shrinking();
    REVOKE DELETE, TRUNCATE ON ledger_tile FROM chatbo_app, chatbo_platform;
"""

# Secs. 195, 199 BGB: three years from the end of the year. What was agreed to ends with a
# withdrawal or, for whom nothing leads to any more, with itself.
DUE = """
    CREATE FUNCTION delete_due_consents() RETURNS TABLE (tenant_id uuid, id uuid)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        WITH ended AS (
            SELECT record.tenant_id, record.subject_id, record.purpose,
                max(record.given_at) AS last,
                (array_agg(record.decision ORDER BY record.given_at DESC, record.id DESC))[1]
                    AS decision
            FROM public.ledger_consentrecord AS record
            GROUP BY record.tenant_id, record.subject_id, record.purpose
        ), due AS (
            SELECT * FROM ended
            WHERE last < make_timestamptz(
                    extract(year FROM now() AT TIME ZONE 'Europe/Berlin')::int - 3,
                    1, 1, 0, 0, 0, 'Europe/Berlin')
                AND (decision <> 'granted' OR NOT EXISTS (
                    SELECT FROM public.ledger_consentidentity AS identity
                    WHERE identity.tenant_id = ended.tenant_id
                        AND identity.subject_id = ended.subject_id))
        )
        DELETE FROM public.ledger_consentrecord AS record USING due, public.ledger_leaf AS leaf
        WHERE record.tenant_id = due.tenant_id AND record.subject_id = due.subject_id
            AND record.purpose = due.purpose
            AND leaf.tenant_id = record.tenant_id AND leaf.id = record.id
        RETURNING record.tenant_id, record.id
    $$;
    REVOKE EXECUTE ON FUNCTION delete_due_consents() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION delete_due_consents() TO chatbo_platform;
    REVOKE DELETE ON ledger_consentrecord FROM chatbo_app, chatbo_platform;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_of_person"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedKey",
            fields=[
                ("key", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="TreeHead",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "get_latest_by": "size",
            },
        ),
        migrations.AddField(
            model_name="consentidentity",
            name="salt",
            field=models.BinaryField(default=consent.ledger.models.new_salt, max_length=32),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="corrects_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="form_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="language",
            field=models.CharField(default="de", max_length=5),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="salt",
            field=models.BinaryField(default=consent.ledger.models.new_salt, max_length=32),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="shown_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="consentrecord",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("tap", "by a tap in the chat"),
                    ("tick", "by a tick in a form that was sent"),
                    ("click", "by a click on a button"),
                    ("link", "by the link in a confirmation mail"),
                    ("", "nothing was asked for"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="consentrecord",
            name="received_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="consentrecord",
            name="source",
            field=models.CharField(
                choices=[
                    ("signup", "sign-up"),
                    ("bot", "bot"),
                    ("tool", "conversion tool"),
                    ("page", "page"),
                ],
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Leaf",
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
                ("position", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
                ("identity_hash", models.BinaryField(max_length=32)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("position",), name="leaf_position_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PendingLeaf",
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
                ("hash", models.BinaryField(max_length=32)),
                ("identity_hash", models.BinaryField(max_length=32)),
                ("proof", models.BinaryField(max_length=32)),
                ("refused_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("refused_at", None)),
                        fields=["id"],
                        name="pending_leaf_next",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShownForm",
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
                ("sha256", models.CharField(max_length=64)),
                ("content", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("tenant_id", "sha256"), name="shown_form_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("level", "index"), name="tile_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="EndedRecord",
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
                ("note", models.TextField()),
            ],
        ),
        IsolateTable("Leaf"),
        AppendOnly("Leaf"),
        IsolateTable("PendingLeaf"),
        IsolateTable("ShownForm"),
        AppendOnly("ShownForm"),
        IsolateTable("EndedRecord"),
        AppendOnly("EndedRecord"),
        AppendOnly("TreeHead"),
        AppendOnly("PublishedKey"),
        migrations.RunSQL(ONLY_GROWS),
        migrations.RunSQL(DUE),
    ]
