"""All records on one person, without reading the others'."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # Indexes made CONCURRENTLY, so that nobody waits for them.

    dependencies = [("ledger", "0002_newest")]

    operations = [
        AddIndexConcurrently(
            "consentrecord",
            models.Index(fields=["tenant_id", "subject_id"], name="consent_of_person"),
        ),
    ]
