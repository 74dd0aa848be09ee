"""What was promised at the request, tombstones, many people by one erasure, the certificate."""

import django.db.models.deletion
from django.db import migrations, models

import chatbo.foundation.isolation.ids
from chatbo.foundation.isolation.operations import AppendOnly

# Of what was asked for before policies were kept: it promises nothing, so that today's
# declarations count. The hash is that of the content as it is written here.
BEFORE = "cd8bd4d09e99335ca5beb53fe34a8bb482ef87428513ddf99b359a80b404e895"
BEFORE_ID = "01a22800-0000-7000-8000-000000000000"
FILL = f"""
    INSERT INTO erasure_erasurepolicy (id, sha256, content)
    VALUES ('{BEFORE_ID}', '{BEFORE}', '{{"ends": [], "form": 1, "subject": "bots.Subscriber"}}')
    ON CONFLICT DO NOTHING;
    UPDATE erasure_erasure
    SET policy_id = '{BEFORE_ID}', done = CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END;
"""  # noqa: S608 (a constant)


_ID = (
    "id",
    models.UUIDField(
        default=chatbo.foundation.isolation.ids.new_id,
        editable=False,
        primary_key=True,
        serialize=False,
    ),
)


def _policy(*, null: bool) -> models.ForeignKey:  # type: ignore[type-arg]  # generic only in the stubs
    return models.ForeignKey(
        db_constraint=False,
        null=null,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="erasure.erasurepolicy",
    )


class Migration(migrations.Migration):
    dependencies = [("erasure", "0002_newest")]

    operations = [
        migrations.CreateModel(
            name="ErasurePolicy",
            fields=[
                _ID,
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("content", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="KnownTombstone",
            fields=[
                _ID,
                ("name", models.CharField(max_length=100, unique=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="tombstone_expires")],
            },
        ),
        *(
            migrations.AddField("erasure", name, field)
            for name, field in {
                "request_id": models.UUIDField(null=True),
                "policy": _policy(null=True),
                "selection": models.JSONField(default=dict),
                "total": models.PositiveIntegerField(default=1),
                "done": models.PositiveIntegerField(default=0),
                "kept": models.JSONField(default=dict),
                "files": models.JSONField(default=list),
                "certificate": models.JSONField(null=True),
                "tombstoned_at": models.DateTimeField(null=True),
                "failed_at": models.DateTimeField(null=True),
                "warned_at": models.DateTimeField(null=True),
            }.items()
        ),
        migrations.AlterField("erasure", "subject_id", models.UUIDField(null=True)),
        migrations.AlterField("erasure", "channel_id", models.UUIDField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        AppendOnly("ErasurePolicy"),
    ]
