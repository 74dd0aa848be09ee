"""Erasures that somebody asked for by letter, telephone, mail or in person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("erasure", "0014_names_of_jobs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="erasure",
            name="origin",
            field=models.CharField(
                choices=[
                    ("bot", "in the chat"),
                    ("tenant", "by you"),
                    ("by_hand", "by letter, telephone, mail or in person"),
                    ("platform", "through the platform"),
                    ("meta", "through Meta"),
                    ("retention", "retention period"),
                    ("ending", "end of the contract"),
                ],
                max_length=12,
            ),
        ),
    ]
