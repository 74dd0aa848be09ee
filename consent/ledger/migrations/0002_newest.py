"""The newest records of a business, all or of one decision, without sorting."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Indexes made CONCURRENTLY, so that nobody waits for them.

    dependencies = [("ledger", "0001_initial")]

    operations = [
        AddIndexConcurrently(
            "consentrecord",
            models.Index(fields=["tenant_id", "-given_at", "-id"], name="consent_newest"),
        ),
        AddIndexConcurrently(
            "consentrecord",
            models.Index(
                fields=["tenant_id", "decision", "-given_at", "-id"], name="consent_decision_newest"
            ),
        ),
    ]
