"""What sets a record right, without reading all the others: hardly any does."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # An index made CONCURRENTLY, so that nobody waits for it.

    dependencies = [("ledger", "0006_receipt_keys")]

    operations = [
        AddIndexConcurrently(
            "consentrecord",
            models.Index(
                condition=models.Q(("corrects_id", None), _negated=True),
                fields=["tenant_id", "corrects_id"],
                name="consent_correcting",
            ),
        ),
    ]
