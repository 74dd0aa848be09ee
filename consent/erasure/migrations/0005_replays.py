"""When a tombstone was noted, instead of when it goes; and what was carried out again."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.isolation.ids


class Migration(migrations.Migration):
    dependencies = [("erasure", "0004_demanded")]

    operations = [
        migrations.CreateModel(
            name="Replay",
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
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("entries", models.PositiveIntegerField(default=0)),
                ("removed", models.PositiveIntegerField(default=0)),
                ("tenants", models.JSONField(default=list)),
            ],
            options={"get_latest_by": "at"},
        ),
        migrations.RemoveIndex("knowntombstone", "tombstone_expires"),
        migrations.RemoveField("knowntombstone", "expires_at"),
        migrations.AddField(
            "knowntombstone",
            "noted_at",
            models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            "knowntombstone", models.Index(fields=["noted_at"], name="tombstone_noted")
        ),
    ]
