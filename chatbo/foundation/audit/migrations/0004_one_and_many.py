"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_ending"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "verbose_name": "entry of the log",
                "verbose_name_plural": "entries of the log",
            },
        ),
    ]
