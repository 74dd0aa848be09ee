"""What the nightly search for erased people found."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.isolation.ids
from chatbo.foundation.isolation.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("erasure", "0007_recipients")]

    operations = [
        migrations.CreateModel(
            name="CompletenessScan",
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
                ("seconds", models.FloatField()),
                ("people", models.PositiveIntegerField()),
                ("looked_at", models.JSONField(default=dict)),
                ("found", models.PositiveIntegerField()),
                ("hits", models.JSONField(default=list)),
                ("unread", models.JSONField(default=list)),
                ("undeclared", models.JSONField(default=list)),
            ],
            options={"get_latest_by": "at"},
        ),
        AppendOnly("CompletenessScan"),
    ]
