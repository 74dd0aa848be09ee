"""What the dashboard counts of subscribers is read from an index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Indexes made CONCURRENTLY, so that nobody waits for them.

    dependencies = [("bots", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "subscriber",
            models.Index(
                condition=models.Q(("is_trial", False)),
                fields=["tenant_id", "channel", "last_seen_at"],
                name="subscriber_counted",
            ),
        ),
    ]
