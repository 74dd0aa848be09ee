"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_leaving"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="invitation",
            options={"verbose_name": "invitation", "verbose_name_plural": "invitations"},
        ),
        migrations.AlterModelOptions(
            name="membership",
            options={"verbose_name": "member", "verbose_name_plural": "members"},
        ),
        migrations.AlterModelOptions(
            name="supportgrant",
            options={
                "verbose_name": "leave for support",
                "verbose_name_plural": "leaves for support",
            },
        ),
        migrations.AlterModelOptions(
            name="tenant",
            options={"verbose_name": "business", "verbose_name_plural": "businesses"},
        ),
        migrations.AlterModelOptions(
            name="user",
            options={"verbose_name": "account", "verbose_name_plural": "accounts"},
        ),
    ]
