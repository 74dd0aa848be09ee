"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("texts", "0005_days_that_can_be_read"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="textversion",
            options={"verbose_name": "text", "verbose_name_plural": "texts"},
        ),
    ]
