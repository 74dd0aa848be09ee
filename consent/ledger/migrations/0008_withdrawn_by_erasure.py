"""A consent can end by the erasure of the person's data, which is a way of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_correcting"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consentrecord",
            name="way",
            field=models.CharField(
                blank=True,
                choices=[
                    ("tap", "by a tap in the chat"),
                    ("tick", "by a tick in a form that was sent"),
                    ("click", "by a click on a button"),
                    ("link", "by the link in a confirmation mail"),
                    ("erasure", "by the erasure of the person's data"),
                    ("", "nothing was asked for"),
                ],
                max_length=10,
            ),
        ),
    ]
