"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0017_names_of_jobs"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="consentexport",
            options={
                "ordering": ["-created_at"],
                "verbose_name": "export of consents",
                "verbose_name_plural": "exports of consents",
            },
        ),
        migrations.AlterModelOptions(
            name="consentidentity",
            options={
                "verbose_name": "link to a record of consent",
                "verbose_name_plural": "links to records of consent",
            },
        ),
        migrations.AlterModelOptions(
            name="consentrecord",
            options={
                "ordering": ["-given_at", "-id"],
                "verbose_name": "record of consent",
                "verbose_name_plural": "records of consent",
            },
        ),
    ]
