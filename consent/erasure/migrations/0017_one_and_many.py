"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0016_warned_of_the_platform_s"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="hold",
            options={
                "ordering": ["ends_on", "id"],
                "verbose_name": "record held for a legal claim",
                "verbose_name_plural": "records held for a legal claim",
            },
        ),
    ]
