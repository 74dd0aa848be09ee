"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("bots", "0005_unrestricted"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="bot",
            options={"verbose_name": "bot", "verbose_name_plural": "bots"},
        ),
        migrations.AlterModelOptions(
            name="channel",
            options={"verbose_name": "channel", "verbose_name_plural": "channels"},
        ),
        migrations.AlterModelOptions(
            name="menuwatch",
            options={
                "verbose_name": "watch over a menu",
                "verbose_name_plural": "watches over menus",
            },
        ),
        migrations.AlterModelOptions(
            name="rule",
            options={
                "ordering": ["position", "id"],
                "verbose_name": "rule",
                "verbose_name_plural": "rules",
            },
        ),
    ]
