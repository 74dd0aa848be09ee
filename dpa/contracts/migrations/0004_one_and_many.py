"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_names_of_jobs"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="contract",
            options={
                "ordering": ["-drafted_at"],
                "verbose_name": "contract",
                "verbose_name_plural": "contracts",
            },
        ),
        migrations.AlterModelOptions(
            name="signature",
            options={
                "ordering": ["at"],
                "verbose_name": "signature on a contract",
                "verbose_name_plural": "signatures on contracts",
            },
        ),
    ]
