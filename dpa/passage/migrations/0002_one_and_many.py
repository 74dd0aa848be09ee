"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("passage", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="passageaddress",
            options={
                "verbose_name": "address of the privacy passage",
                "verbose_name_plural": "addresses of the privacy passage",
            },
        ),
    ]
