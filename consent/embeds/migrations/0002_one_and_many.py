"""What one row is called, and what many are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("embeds", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="tool",
            options={
                "ordering": ["created_at", "id"],
                "verbose_name": "conversion tool",
                "verbose_name_plural": "conversion tools",
            },
        ),
    ]
