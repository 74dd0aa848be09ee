"""Words outside about holds and restrictions: which this database knows, and how many came back."""

import django.utils.timezone
from django.db import migrations, models

import chatbo.foundation.isolation.ids


class Migration(migrations.Migration):
    dependencies = [("erasure", "0017_one_and_many")]

    operations = [
        migrations.CreateModel(
            name="KnownWord",
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
                ("name", models.CharField(max_length=100, unique=True)),
                ("noted_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "indexes": [models.Index(fields=["noted_at"], name="word_noted")],
            },
        ),
        migrations.AddField("replay", "put_back", models.PositiveIntegerField(default=0)),
    ]
