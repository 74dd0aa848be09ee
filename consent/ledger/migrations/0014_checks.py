"""What verifying the ledger found, each time."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.isolation.ids
from chatbo.foundation.isolation.operations import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("ledger", "0013_what_stands")]

    operations = [
        migrations.CreateModel(
            name="LedgerCheck",
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
                ("leaves", models.BigIntegerField()),
                ("heads", models.BigIntegerField()),
                ("found", models.PositiveIntegerField()),
                ("faults", models.JSONField(default=list)),
            ],
            options={"get_latest_by": "at"},
        ),
        AppendOnly("LedgerCheck"),
    ]
