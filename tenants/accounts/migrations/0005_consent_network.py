"""How much of a network address records of consent keep: shortened, as it was for everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_names_for_members"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="consent_network",
            field=models.CharField(
                choices=[("none", "none"), ("shortened", "shortened"), ("full", "in full")],
                default="shortened",
                max_length=10,
                verbose_name="network address in records of consent",
            ),
        ),
    ]
