"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0003_told_before_lifted"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="particulars",
            options={
                "verbose_name": "note on a request entered by hand",
                "verbose_name_plural": "notes on requests entered by hand",
            },
        ),
        migrations.AlterModelOptions(
            name="rightsrequest",
            options={
                "ordering": ["-created_at"],
                "verbose_name": "request entered by hand",
                "verbose_name_plural": "requests entered by hand",
            },
        ),
        migrations.AlterModelOptions(
            name="supplementarystatement",
            options={
                "ordering": ["at", "id"],
                "verbose_name": "supplementary statement",
                "verbose_name_plural": "supplementary statements",
            },
        ),
    ]
