"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("affiliates", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="partner",
            options={"verbose_name": "partner", "verbose_name_plural": "partners"},
        ),
        migrations.AlterModelOptions(
            name="referral",
            options={"verbose_name": "recommendation", "verbose_name_plural": "recommendations"},
        ),
    ]
