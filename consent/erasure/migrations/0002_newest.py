"""The newest erasures of a business, one by its code, and those that are not done."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Indexes made CONCURRENTLY, so that nobody waits for them.

    dependencies = [("erasure", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "erasure", models.Index(fields=["tenant_id", "-created_at"], name="erasure_newest")
        ),
        AddIndexConcurrently(
            "erasure", models.Index(fields=["tenant_id", "code"], name="erasure_by_code")
        ),
        AddIndexConcurrently(
            "erasure",
            models.Index(
                condition=models.Q(("deleted_at", None)), fields=["due_at"], name="erasure_not_done"
            ),
        ),
    ]
