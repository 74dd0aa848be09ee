"""Being told of a privacy policy is on record too. Nothing in the table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_newest_narrowed")]

    operations = [
        migrations.AlterField(
            model_name="consentrecord",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("terms", "terms of use"),
                    ("newsletter", "newsletter"),
                    ("third_party", "storage at third parties"),
                    ("privacy", "privacy policy"),
                    ("chat", "opening the chat"),
                    ("notice", "notice: this is a bot"),
                ],
                max_length=20,
            ),
        ),
    ]
