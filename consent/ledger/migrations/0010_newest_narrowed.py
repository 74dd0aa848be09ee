"""The newest records with what the page filters by: counted without looking into them."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Indexes made CONCURRENTLY, so that nobody waits for them.

    dependencies = [("ledger", "0009_exports")]

    operations = [
        AddIndexConcurrently(
            "consentrecord",
            models.Index(
                fields=["tenant_id", "-given_at", "-id"],
                include=["decision", "purpose", "source", "text_version"],
                name="consent_newest_narrowed",
            ),
        ),
        RemoveIndexConcurrently("consentrecord", "consent_newest"),
    ]
