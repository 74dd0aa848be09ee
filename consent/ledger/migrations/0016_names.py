"""What its rows are called where a person reads what is kept."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_identity_an_address")]

    operations = [
        migrations.AlterModelOptions(
            name="consentrecord",
            options={
                "ordering": ["-given_at", "-id"],
                "verbose_name_plural": "records of consent",
            },
        ),
    ]
