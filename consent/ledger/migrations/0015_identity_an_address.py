"""A person has an identity, and so a pseudonym, for each address that they have had.

Processes of the release before name the old constraint when they make a new person: until they are
started anew they are refused that, and what they were about is tried again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_checks")]

    operations = [
        migrations.AddConstraint(
            model_name="consentidentity",
            constraint=models.UniqueConstraint(
                fields=("tenant_id", "person_id", "identifier_index"),
                name="identity_once_an_address",
            ),
        ),
        migrations.RemoveConstraint(model_name="consentidentity", name="identity_once"),
    ]
