"""Since when somebody's data are stored and not used (Art. 18 GDPR)."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Indexes made CONCURRENTLY, so that nobody waits for them.

    dependencies = [("bots", "0003_names_of_jobs")]

    operations = [
        migrations.AddField("subscriber", "restricted_at", models.DateTimeField(null=True)),
        AddIndexConcurrently(
            "subscriber",
            models.Index(
                condition=models.Q(("restricted_at__isnull", False)),
                fields=["tenant_id", "id"],
                name="subscriber_restricted",
            ),
        ),
    ]
