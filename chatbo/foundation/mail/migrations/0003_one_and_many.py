"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("mail", "0002_names_of_jobs"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="outgoingmail",
            options={"verbose_name": "outgoing mail", "verbose_name_plural": "outgoing mails"},
        ),
    ]
